//! Pointers: the contact of another agency that holds a matching record, without any content of the record.

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

/// The time for which a pointer is valid, in microseconds: three days.
const POINTER_MICROS: i64 = 3 * 86_400_000_000;

/// A source of random bytes.
pub type Random<'a> = &'a dyn Fn() -> [u8; 32];

/// A pointer: the contact of another agency, and a ticket for the matter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pointer {
    /// The other agency's general desk.
    pub desk: String,
    /// The channel by which the desk is reached; `None` if the agency has registered none.
    pub channel: Option<String>,
    /// The ticket that names the matter between both desks.
    pub ticket: PointerId,
    /// The time until which the ticket is valid.
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
        // The name of the conversation for both sides.
        let ticket = PointerId::of_random(random());
        tell(work, question, &policy, (agency, asker), (to_other, ticket.into()))?;
        tell(work, question, &policy, (asker, agency), (to_self, ticket.into()))?;
        let (desk, channel) = policy.desk(agency);
        let expires = Timestamp::from_micros(expires).unwrap_or(question.at);
        pointers.push(Pointer { desk, channel, ticket, expires });
    }
    Ok(pointers)
}
