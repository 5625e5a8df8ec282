//! Groups of shared records: records that formed one entity in the snapshot that added them.

use std::sync::Arc;

use super::{Indexed, RecordIndex, Shared, Snapshot};
use crate::model::Record;

/// The place of a shared object.
#[derive(Debug, Clone, Copy)]
pub(super) struct Place {
    /// The number of the shared list, counted from 0.
    pub list: u32,
    /// The rank in that list, counted from 0.
    pub position: u32,
}

/// The group number of a record that is in no group.
pub(super) const NONE: u32 = u32::MAX;

/// The group number of each record of each shared list. A group is the records that formed one entity in the snapshot
/// that added them.
#[derive(Debug, Clone, Default)]
pub(super) struct Groups {
    of: Vec<Arc<Vec<u32>>>,
    pub(super) count: u32,
}

impl Groups {
    /// Adds the groups of the records that a snapshot added to the shared ones: `brought` is the newest shared list,
    /// and `places` tells where each record of the snapshot is shared.
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

    /// Adds a list whose records are in no group.
    pub fn add_none(&mut self) {
        self.of.push(Arc::default());
    }

    pub(super) fn of(&self, place: Place) -> u32 {
        let groups = self.of.get(place.list as usize);
        groups.and_then(|of| of.get(place.position as usize)).copied().unwrap_or(NONE)
    }

    /// Bytes of the group numbers.
    pub fn bytes(&self) -> usize {
        self.of.iter().map(|groups| groups.len() * size_of::<u32>()).sum()
    }
}
