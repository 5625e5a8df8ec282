//! How the records of packed snapshots join. Most join in one view as in another, so the lists that
//! snapshots hold in common say it once, and a snapshot says where it differs.

use std::sync::Arc;

use super::common::{Common, Place};
use super::{Indexed, RecordIndex, Shared, Snapshot};
use crate::model::Record;

/// Of a record that is in no group.
const NONE: u32 = u32::MAX;

/// For each of the common lists of records, and each record in it, the number of its group: the records that
/// were one entity in the snapshot that brought them.
#[derive(Debug, Clone, Default)]
pub(super) struct Groups {
    of: Vec<Arc<Vec<u32>>>,
    count: u32,
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

    fn of(&self, place: Place) -> u32 {
        let groups = self.of.get(place.list as usize);
        groups.and_then(|of| of.get(place.position as usize)).copied().unwrap_or(NONE)
    }

    /// Bytes that it holds.
    pub fn bytes(&self) -> usize {
        self.of.iter().map(|groups| groups.len() * size_of::<u32>()).sum()
    }
}

/// How the records of one snapshot join.
pub(super) struct Joins {
    groups: Groups,
    /// Records of entities that are no group, ascending, and the first of their entity.
    others: Box<[(RecordIndex, RecordIndex)]>,
}

impl Joins {
    /// Of a snapshot that is not masked.
    pub fn of(snapshot: &Snapshot, common: &Common) -> Self {
        let places = common.records.places(&snapshot.records);
        let groups = &common.groups;
        let group = |record: RecordIndex| places[record].map_or(NONE, |place| groups.of(place));
        let mut is_taken = vec![false; groups.count as usize];
        let mut others = Vec::new();
        for entity in snapshot.entities.iter() {
            let first = entity.records[0];
            let own = group(first);
            let is_group = own != NONE
                && !is_taken[own as usize]
                && entity.records.iter().all(|record| group(*record) == own);
            if is_group {
                is_taken[own as usize] = true;
            } else {
                others.extend(entity.records.iter().map(|record| (*record, first)));
            }
        }
        others.sort_unstable();
        Self { groups: groups.clone(), others: others.into() }
    }

    /// For each record the first of its entity, given where the records are held.
    pub fn labels(
        &self,
        places: &Indexed<RecordIndex, Option<Place>>,
    ) -> Indexed<RecordIndex, RecordIndex> {
        let mut first_of = vec![None; self.groups.count as usize];
        let mut others = self.others.iter().peekable();
        let label = |(record, place): (RecordIndex, &Option<Place>)| {
            if let Some((_, first)) = others.next_if(|(other, _)| *other == record) {
                return *first;
            }
            let group = place.map_or(NONE, |place| self.groups.of(place));
            match first_of.get_mut(group as usize) {
                Some(first) => *first.get_or_insert(record),
                None => record,
            }
        };
        places.enumerated().map(label).collect()
    }

    /// Bytes that it holds for itself.
    pub fn bytes(&self) -> usize {
        self.others.len() * size_of::<(RecordIndex, RecordIndex)>()
    }
}
