//! The result of linking two sets of records.

use super::records::Records;

/// The result of record linkage: the records of two sets and the links found between them.
pub struct Linked {
    pub(super) records: Records,
    pub(super) links: Vec<(u32, u32, f64)>,
}

impl Linked {
    /// The records of both sets.
    pub fn records(&self) -> &Records {
        &self.records
    }

    /// How many links there are.
    pub fn len(&self) -> usize {
        self.links.len()
    }

    /// Returns true if there are no links.
    pub fn is_empty(&self) -> bool {
        self.links.is_empty()
    }

    /// The links: the own ids of a record of the first set and one of the second, and their log2 odds of being one.
    pub fn links(&self) -> impl Iterator<Item = (&str, &str, f64)> {
        self.links.iter().map(|(a, b, bits)| {
            (self.records.local_id(*a as usize), self.records.local_id(*b as usize), *bits)
        })
    }
}
