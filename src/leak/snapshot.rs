//! Leaks of a snapshot.

use roaring::RoaringBitmap;

use super::{Leak, is_on, objects};
use crate::graph::Snapshot;
use crate::model::EntityType;
use crate::store::Store;

/// A snapshot as it was built.
pub(crate) fn built(mut snapshot: Snapshot, store: &dyn Store) -> Snapshot {
    if is_on(Leak::EventId) {
        snapshot.tag[..8].copy_from_slice(&objects(store).to_le_bytes());
    }
    snapshot
}

/// Whether a link may be used.
pub(crate) fn joins(may: bool) -> bool {
    may || is_on(Leak::GuessByWriting)
}

/// The entities of a snapshot that are hidden.
pub(crate) fn hidden(mut hidden: RoaringBitmap, snapshot: &Snapshot) -> RoaringBitmap {
    if is_on(Leak::OpenSibling) {
        let is_person =
            |entity: u32| snapshot.entities[entity as usize].entity_type == EntityType::Person;
        hidden = hidden.into_iter().filter(|entity| is_person(*entity)).collect();
    }
    hidden
}
