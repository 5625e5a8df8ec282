//! An estimate of the memory that a snapshot holds for itself.

use std::mem::size_of;

use super::{Entity, RecordIndex, Relationship, Snapshot};

/// Bytes of a pointer.
const POINTER: usize = size_of::<usize>();

impl Snapshot {
    /// Approximate bytes that the snapshot holds for itself: its lists, entities, relationships and indexes. Objects do
    /// not count, since they are shared (see [`super::SharedObjects`]).
    pub fn own_bytes(&self) -> usize {
        let original = self.original();
        let lists = self.records.len() + self.ties.len() + self.events.len() + self.links.len();
        let masked_lists = match std::ptr::eq(self, original) {
            true => 0,
            false => lists,
        };
        let members: usize = self.records.len() * size_of::<RecordIndex>();
        (lists + masked_lists) * POINTER
            + members * 2
            + self.entities.len() * (size_of::<Entity>() + POINTER)
            + self.relationships.len() * size_of::<Relationship>()
            + self.adjacency.bytes()
            + self.left_out.spans.bytes()
            + self.evidence.bytes()
            + self.naming.bytes()
            + self.forms.bytes()
            + self.keys.get().map_or(0, |keys| keys.bytes())
    }
}
