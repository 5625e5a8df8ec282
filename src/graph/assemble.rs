//! From what a view shows and how its records join to a snapshot.

use std::sync::Arc;

use rayon::prelude::*;

use super::positions::Positions;
use super::relationships::{adjacency, relationships};
use super::{Entity, LeftOut, Shared, Snapshot};
use crate::model::{Event, IdKey, Judgement, Link, Record, Tie};

/// What a view shows, in ascending order.
#[derive(Clone)]
pub(super) struct Visible {
    pub records: Shared<Record>,
    pub ties: Shared<Tie>,
    pub events: Shared<Event>,
    pub links: Shared<Link>,
    pub judgements: Arc<Vec<Judgement>>,
}

impl Visible {
    /// The snapshot, given for each record the smallest one of its cluster, and where the records stand.
    pub fn assemble(
        self,
        tag: [u8; 16],
        id_key: &IdKey,
        (labels, positions): (&[u32], &Positions),
        left_out: LeftOut,
    ) -> Snapshot {
        let entities = entities(&self.records, id_key, labels);
        let mut entity_of = vec![0; self.records.len()];
        for (entity, index) in entities.iter().zip(0u32..) {
            entity.records.iter().for_each(|record| entity_of[*record as usize] = index);
        }
        let entity = |id| -> Option<u32> { Some(entity_of[positions.of_id(id)? as usize]) };
        let relationships = relationships(entity, &self.ties, &self.events);
        let (offsets, adjacency) = adjacency(entities.len(), &relationships);
        Snapshot {
            tag,
            id_key: id_key.clone(),
            records: self.records,
            entities: trimmed(entities),
            entity_of: trimmed(entity_of),
            ties: self.ties,
            events: self.events,
            links: self.links,
            judgements: self.judgements,
            relationships: trimmed(relationships),
            offsets: trimmed(offsets),
            adjacency: trimmed(adjacency),
            left_out,
        }
    }
}

/// The clusters, by id. Records ascend, so the first of a cluster is its smallest.
fn entities(records: &[Arc<Record>], id_key: &IdKey, labels: &[u32]) -> Vec<Entity> {
    let mut members: Vec<(u32, u32)> = labels.iter().copied().zip(0u32..).collect();
    members.par_sort_unstable();
    let clusters: Vec<&[(u32, u32)]> =
        members.chunk_by(|(one, _), (other, _)| one == other).collect();
    let entity = |cluster: &&[(u32, u32)]| {
        let first = &records[cluster[0].1 as usize];
        let entity_type = first.entity_type();
        Entity {
            id: id_key.entity(entity_type, first.id),
            entity_type,
            records: cluster.iter().map(|(_, record)| *record).collect(),
        }
    };
    let mut entities: Vec<Entity> = clusters.par_iter().map(entity).collect();
    entities.par_sort_unstable_by_key(|entity| entity.id);
    entities
}

/// A list that holds no more memory than it needs.
pub(super) fn trimmed<T>(mut items: Vec<T>) -> Arc<Vec<T>> {
    items.shrink_to_fit();
    Arc::new(items)
}
