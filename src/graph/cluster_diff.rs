//! How the records of compact snapshots join. Most join in one view as in another, so the lists that
//! snapshots hold in common say it once, and a snapshot says where it differs.

use super::groups::{Groups, NONE, Place};
use super::shared_objects::SharedObjects;
use super::{Indexed, RecordIndex, Snapshot};

/// How the records of one snapshot join.
pub(super) struct ClusterDiff {
    groups: Groups,
    /// Records of entities that are no group, ascending, and the first of their entity.
    others: Box<[(RecordIndex, RecordIndex)]>,
}

impl ClusterDiff {
    /// Of a snapshot that is not masked.
    pub fn of(snapshot: &Snapshot, shared: &SharedObjects) -> Self {
        let places = shared.records.places(&snapshot.records);
        let groups = &shared.groups;
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
