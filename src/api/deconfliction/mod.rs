//! Pointers: whom to call about what another agency holds, and nothing else of it.

pub mod announce;
pub mod ask;
pub mod cancel;

use serde::Serialize;
use utoipa::ToSchema;

use crate::casework::deconfliction as casework;
use crate::govern::PointerId;
use crate::model::Timestamp;

/// Whom to call.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct Pointer {
    /// The other agency's general desk.
    pub desk: String,
    /// How it is reached; absent when the agency has not said.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub channel: Option<String>,
    /// Names the matter between both desks.
    pub ticket: PointerId,
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

impl From<Vec<casework::Pointer>> for Pointers {
    fn from(found: Vec<casework::Pointer>) -> Self {
        let pointer = |it: casework::Pointer| Pointer {
            desk: it.desk,
            channel: it.channel,
            ticket: it.ticket,
            expires: it.expires,
        };
        Self { pointers: found.into_iter().map(pointer).collect() }
    }
}
