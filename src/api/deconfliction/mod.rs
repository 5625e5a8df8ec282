//! Pointers: whom to call about what another agency holds, and nothing else of it.

pub mod announce;
pub mod ask;
pub mod cancel;
pub mod silent;

use std::collections::BTreeSet;

use serde::Serialize;
use utoipa::ToSchema;

use super::desks::tell;
use super::problem::Problem;
use super::scope::Scope;
use crate::govern::{MessageKind, Policy};
use crate::model::{Timestamp, hex};

/// How long a pointer is good for: three days.
const POINTER_MICROS: i64 = 3 * 86_400_000_000;

/// Whom to call.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct Pointer {
    /// The other agency's general desk.
    pub desk: String,
    /// How it is reached; absent when the agency has not said.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub channel: Option<String>,
    /// Names the matter between both desks.
    pub ticket: String,
    /// Until when the ticket is good.
    pub expires: Timestamp,
}

/// Pointers.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct Pointers {
    /// At most one for each agency, by agency. Not told: what it holds, how much, and what of that which
    /// was asked for.
    pub pointers: Vec<Pointer>,
}

/// What both sides call one conversation.
fn ticket(scope: &Scope) -> String {
    format!("tkt_{}", hex(&(scope.state.random)()[..16]))
}

/// Points the asker to each agency and tells both sides. The others are told before the answer leaves.
fn point(
    scope: &Scope,
    (policy, asker): (&Policy, &str),
    agencies: &BTreeSet<String>,
    [to_other, to_self]: [MessageKind; 2],
) -> Result<Pointers, Problem> {
    let expires = scope.at.as_micros().saturating_add(POINTER_MICROS);
    let mut pointers = Vec::new();
    for agency in agencies {
        let ticket = ticket(scope);
        tell(scope, policy, (agency, asker), to_other, &ticket)?;
        tell(scope, policy, (asker, agency), to_self, &ticket)?;
        let (desk, channel) = policy.desk(agency);
        let expires = Timestamp::from_micros(expires).unwrap_or(scope.at);
        pointers.push(Pointer { desk, channel, ticket, expires });
    }
    Ok(Pointers { pointers })
}
