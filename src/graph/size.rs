//! How much memory a snapshot holds for itself.

use std::mem::size_of;

use super::{Entity, RecordIndex, Relationship, Snapshot};

/// A pointer, and its share of what the allocator keeps about it.
const POINTER: usize = size_of::<usize>();

impl Snapshot {
    /// About how many bytes the snapshot holds for itself: its lists, entities and relationships. Objects
    /// do not count: they are held in common (see [`super::SharedObjects`]).
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
    }
}
