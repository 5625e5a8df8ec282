//! Pointers: the desks to call about objects that other agencies hold, without any other information about the objects.

pub mod announce;
pub mod ask;
pub mod cancel;

use serde::Serialize;
use utoipa::ToSchema;

use crate::casework::deconfliction as casework;
use crate::govern::PointerId;
use crate::model::Timestamp;

/// A pointer: the desk of another agency to call.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct Pointer {
    /// The other agency's general desk.
    pub desk: String,
    /// The desk's telephone number or other channel; absent when the agency has not registered one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub channel: Option<String>,
    /// The id of the matter, known to both desks.
    pub ticket: PointerId,
    /// The time until which the ticket is valid.
    pub expires: Timestamp,
}

/// Pointers.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct Pointers {
    /// At most one pointer for each agency, by agency. A pointer does not tell which of the identifiers the agency
    /// holds, nor which objects or how many.
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
