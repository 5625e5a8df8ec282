//! Assembling a snapshot from the visible objects of a view and the clustering of its records.

use std::sync::Arc;

use rayon::prelude::*;

use super::forms::Forms;
use super::keys::Keys;
use super::naming::Naming;
use super::positions::Positions;
use super::relationships::{adjacency, entities_of, relationships};
use super::tag::Sum;
use super::{Entity, EntityIndex, Indexed, JudgementIndex, LeftOut, RecordIndex, Shared, Snapshot};
use crate::model::{Event, IdKey, Judgement, Link, Record, Tie};

/// The visible objects of a view, each list in ascending order and spread.
#[derive(Clone)]
pub(super) struct Visible {
    pub records: Shared<Record>,
    pub ties: Shared<Tie>,
    pub events: Shared<Event>,
    pub links: Shared<Link>,
    pub judgements: Arc<Indexed<JudgementIndex, Judgement>>,
}

impl Visible {
    /// Makes the snapshot. `labels` holds for each record the smallest record of its cluster, and `positions` the
    /// positions of the records by their ids.
    pub fn assemble(
        self,
        sum: Sum,
        id_key: &IdKey,
        (labels, positions): (&Indexed<RecordIndex, RecordIndex>, &Positions),
        (forms, left_out): (Forms, LeftOut),
    ) -> Snapshot {
        let entities = entities(&self.records, id_key, labels);
        let entity_of = entities_of(&entities, &self.records);
        let entity = |id| -> Option<EntityIndex> { Some(entity_of[positions.of_id(id)?]) };
        let (relationships, evidence) = relationships(entity, (&self.ties, &self.events));
        let adjacency = adjacency(&entities, &relationships);
        let at = |id| positions.of_id(id);
        let of = (&*self.records, &at as &dyn Fn(_) -> _);
        let apart = (&forms, &*left_out.sighted);
        let naming = Naming::of(of, apart, &self.ties, &self.events, &self.links, &self.judgements);
        Snapshot {
            tag: sum.tag(id_key),
            sum,
            id_key: id_key.clone(),
            records: self.records.into(),
            entities: entities.trimmed().into(),
            entity_of: entity_of.trimmed().into(),
            ties: self.ties.into(),
            events: self.events.into(),
            links: self.links.into(),
            judgements: self.judgements.into(),
            relationships: relationships.trimmed().into(),
            adjacency,
            evidence,
            naming,
            forms,
            keys: Keys::default(),
            left_out,
        }
    }
}

/// Makes the entities, ascending by id, one for each cluster. Records ascend, so the first of a cluster is its
/// smallest.
fn entities(
    records: &Indexed<RecordIndex, Arc<Record>>,
    id_key: &IdKey,
    labels: &Indexed<RecordIndex, RecordIndex>,
) -> Indexed<EntityIndex, Entity> {
    let mut members: Vec<(RecordIndex, RecordIndex)> =
        labels.enumerated().map(|(record, label)| (*label, record)).collect();
    members.par_sort_unstable();
    let clusters: Vec<&[(RecordIndex, RecordIndex)]> =
        members.chunk_by(|(one, _), (other, _)| one == other).collect();
    let entity = |cluster: &&[(RecordIndex, RecordIndex)]| {
        let first = &records[cluster[0].1];
        let entity_type = first.entity_type();
        Entity {
            id: id_key.entity(entity_type, first.id),
            entity_type,
            records: cluster.iter().map(|(_, record)| *record).collect(),
        }
    };
    let mut entities: Vec<Entity> = clusters.par_iter().map(entity).collect();
    entities.par_sort_unstable_by_key(|entity| entity.id);
    Indexed::from(entities).spread()
}
