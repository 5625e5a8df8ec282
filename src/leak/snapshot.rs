//! Leaks of a snapshot.

use super::{Leak, is_on, objects};
use crate::graph::{EntityIndex, IndexSet, Snapshot};
use crate::model::EntityType;
use crate::store::Store;

/// The name of a snapshot that was built.
pub(crate) fn tag(mut tag: [u8; 16], store: &dyn Store) -> [u8; 16] {
    if is_on(Leak::EventId) {
        tag[..8].copy_from_slice(&objects(store).to_le_bytes());
    }
    tag
}

/// Whether a link may be used.
pub(crate) fn joins(may: bool) -> bool {
    may || is_on(Leak::GuessByWriting)
}

/// The entities of a snapshot that are hidden.
pub(crate) fn hidden(
    mut hidden: IndexSet<EntityIndex>,
    snapshot: &Snapshot,
) -> IndexSet<EntityIndex> {
    if is_on(Leak::OpenSibling) {
        let is_person =
            |entity: EntityIndex| snapshot.entities()[entity].entity_type == EntityType::Person;
        hidden = hidden.iter().filter(|entity| is_person(*entity)).collect();
    }
    hidden
}

/// Whether a tie or an event is hidden.
pub(crate) fn hides(is_hidden: bool) -> bool {
    is_hidden && !is_on(Leak::OpenEvent)
}

/// Whether a caller is shown what it may see unmasked.
pub(crate) fn unmasks(is_wished: bool) -> bool {
    is_wished || is_on(Leak::UnaskedUnmasking)
}
