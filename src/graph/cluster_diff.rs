//! The clustering of a compact snapshot: which of its records form an entity. Most records are clustered alike in all
//! views, so the groups are kept once for all snapshots, and each snapshot keeps its differences from them.

use super::groups::{Groups, NONE, Place};
use super::shared_objects::SharedObjects;
use super::{Indexed, RecordIndex, Snapshot};

/// The clustering of one snapshot, as its differences from the common groups.
pub(super) struct ClusterDiff {
    groups: Groups,
    /// The records of entities that do not match one group, ascending, each with the first record of its entity.
    others: Box<[(RecordIndex, RecordIndex)]>,
}

impl ClusterDiff {
    /// Compares the entities of a snapshot, which must not be masked, with the common groups.
    pub fn of(snapshot: &Snapshot, shared: &SharedObjects) -> Self {
        let places = shared.records.places(&snapshot.records.flat());
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

    /// Returns for each record the first record of its entity; `places` tells where each record is shared.
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
        places.along(places.enumerated().map(label))
    }

    /// Bytes of the differences, without the common groups.
    pub fn bytes(&self) -> usize {
        self.others.len() * size_of::<(RecordIndex, RecordIndex)>()
    }
}
