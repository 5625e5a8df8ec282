//! Entities: finding them, what they are made of, what is around them, how they move.

pub mod get;
pub mod neighbours;
pub mod routes;
pub mod search;

use crate::api::problem::{Code, Problem};
use crate::graph::Snapshot;

/// The index of the entity with this id in the caller's view.
///
/// # Errors
/// The same for an id that is not one, that never was, and that the caller may not see.
pub(super) fn find(snapshot: &Snapshot, id: &str) -> Result<u32, Problem> {
    let id = id.parse().ok();
    id.and_then(|id| snapshot.entity(id)).ok_or_else(|| Problem::new(Code::NotFound))
}
