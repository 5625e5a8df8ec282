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

/// Tells if a snapshot with masked content keeps a link; with the leak on it keeps all.
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

/// Tells if a tie or an event is masked; with the leak on none is.
pub(crate) fn hides(is_hidden: bool) -> bool {
    is_hidden && !is_on(Leak::OpenEvent)
}

/// Tells if a caller that may unmask is shown data unmasked.
pub(crate) fn unmasks(is_wished: bool) -> bool {
    is_wished || is_on(Leak::UnaskedUnmasking)
}
