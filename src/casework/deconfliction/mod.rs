//! Pointers: whom to call about what another agency holds, and nothing else of it.

mod ask;
mod operations;
pub mod silent;

use std::collections::BTreeSet;

pub use ask::{Enquiry, IDENTIFIERS_MAX, Identifier, ask};
pub use operations::{RADIUS_METRES, announce, cancel};

use super::desks::tell;
use super::{Casework, CaseworkError};
use crate::govern::{MessageKind, PointerId, Question};
use crate::model::Timestamp;

/// How long a pointer is good for: three days.
const POINTER_MICROS: i64 = 3 * 86_400_000_000;

/// Gives random bytes.
pub type Random<'a> = &'a dyn Fn() -> [u8; 32];

/// Whom to call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pointer {
    /// The other agency's general desk.
    pub desk: String,
    /// How it is reached.
    pub channel: Option<String>,
    /// Names the matter between both desks.
    pub ticket: PointerId,
    /// Until when the ticket is good.
    pub expires: Timestamp,
}

/// Points the asker to each agency and tells both sides. The others are told before the answer leaves.
fn point(
    work: Casework<'_>,
    question: &Question<'_>,
    agencies: &BTreeSet<String>,
    [to_other, to_self]: [MessageKind; 2],
    random: Random<'_>,
) -> Result<Vec<Pointer>, CaseworkError> {
    let (policy, asker) = (work.policy()?, question.principal.agency.as_str());
    let expires = question.at.as_micros().saturating_add(POINTER_MICROS);
    let mut pointers = Vec::new();
    for agency in agencies {
        // What both sides call one conversation.
        let ticket = PointerId::of_random(random());
        tell(work, question, &policy, (agency, asker), (to_other, ticket.into()))?;
        tell(work, question, &policy, (asker, agency), (to_self, ticket.into()))?;
        let (desk, channel) = policy.desk(agency);
        let expires = Timestamp::from_micros(expires).unwrap_or(question.at);
        pointers.push(Pointer { desk, channel, ticket, expires });
    }
    Ok(pointers)
}
