//! Which records of the common lists were one entity in the snapshot that brought them.

use std::sync::Arc;

use super::{Indexed, RecordIndex, Shared, Snapshot};
use crate::model::Record;

/// Where an object is held.
#[derive(Debug, Clone, Copy)]
pub(super) struct Place {
    /// In which of the lists.
    pub list: u32,
    /// And where in it.
    pub position: u32,
}

/// Of a record that is in no group.
pub(super) const NONE: u32 = u32::MAX;

/// For each of the common lists of records, and each record in it, the number of its group: the records that
/// were one entity in the snapshot that brought them.
#[derive(Debug, Clone, Default)]
pub(super) struct Groups {
    of: Vec<Arc<Vec<u32>>>,
    pub(super) count: u32,
}

impl Groups {
    /// Takes in the groups of the list that a snapshot brought, the last one.
    pub fn add(
        &mut self,
        snapshot: &Snapshot,
        places: &Indexed<RecordIndex, Option<Place>>,
        brought: &Shared<Record>,
    ) {
        let list = self.of.len() as u32;
        let mut groups = vec![NONE; brought.len()];
        for entity in snapshot.entities.iter() {
            let places = || entity.records.iter().filter_map(|record| places[*record]);
            let known = places().map(|place| self.of(place)).find(|group| *group != NONE);
            let group = known.unwrap_or(self.count);
            let mut is_used = false;
            for place in places().filter(|place| place.list == list) {
                groups[place.position as usize] = group;
                is_used = true;
            }
            self.count += u32::from(is_used && known.is_none());
        }
        self.of.push(Arc::new(groups));
    }

    /// Passes over a list that says nothing of how records join.
    pub fn add_none(&mut self) {
        self.of.push(Arc::default());
    }

    pub(super) fn of(&self, place: Place) -> u32 {
        let groups = self.of.get(place.list as usize);
        groups.and_then(|of| of.get(place.position as usize)).copied().unwrap_or(NONE)
    }

    /// Bytes that it holds.
    pub fn bytes(&self) -> usize {
        self.of.iter().map(|groups| groups.len() * size_of::<u32>()).sum()
    }
}
