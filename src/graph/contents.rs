//! Access to the lists of a snapshot, and snapshots put together from lists.

use std::sync::Arc;

use super::relationships::{Adjacency, entities_of};
use super::{
    Entity, EntityIndex, Indexed, JudgementIndex, LeftOut, Listed, RecordIndex, Relationship,
    RelationshipIndex, Snapshot, shared,
};
use crate::model::{Event, IdKey, Judgement, Link, Record, Tie};

/// A list of objects that other snapshots may hold too.
type List<T> = Indexed<<T as Listed>::Index, Arc<T>>;

impl Snapshot {
    /// The tag of the snapshot: a keyed hash of the visible objects, which changes exactly when the objects of the view
    /// change, and tells nothing of objects outside the view.
    pub fn tag(&self) -> [u8; 16] {
        self.tag
    }

    /// The key that entity ids, case ids and pseudonyms are hashed with.
    pub(crate) fn id_key(&self) -> &IdKey {
        &self.id_key
    }

    /// Visible records, ascending by the id under which they are stored. An answer names them by
    /// [`Snapshot::record_id`].
    pub fn records(&self) -> &List<Record> {
        &self.records
    }

    /// Entities, ascending by the id that they would have if nothing were masked. An answer names them by
    /// [`Snapshot::entity_id`].
    pub fn entities(&self) -> &Indexed<EntityIndex, Entity> {
        &self.entities
    }

    /// The entity that a record belongs to.
    #[inline]
    pub fn entity_of(&self, record: RecordIndex) -> EntityIndex {
        self.entity_of[record]
    }

    /// Visible ties, ascending by id.
    pub fn ties(&self) -> &List<Tie> {
        &self.ties
    }

    /// Visible events, ascending by id; participations of hidden records are absent.
    pub fn events(&self) -> &List<Event> {
        &self.events
    }

    /// Links between visible records, ascending by pair.
    pub fn links(&self) -> &List<Link> {
        &self.links
    }

    /// Visible judgements.
    pub fn judgements(&self) -> &Indexed<JudgementIndex, Judgement> {
        &self.judgements
    }

    /// Relationships between entities, grouped by (source, target, kind), ascending.
    pub fn relationships(&self) -> &Indexed<RelationshipIndex, Relationship> {
        &self.relationships
    }

    /// Tells if an agreement withholds fields of a record.
    pub fn is_withheld(&self, record: RecordIndex) -> bool {
        self.left_out.withheld.contains(record)
    }

    /// Adds a judgement, as if it had been there when the records were clustered.
    #[cfg(test)]
    pub(crate) fn add_judgement(&mut self, said: Judgement) {
        Arc::make_mut(&mut self.judgements).push(said);
    }

    /// Clears the tag and the state of masking and withholding, so that two snapshots can be compared by their lists.
    #[must_use]
    pub fn bare(self) -> Self {
        Self { tag: [0; 16], left_out: LeftOut::default(), ..self }
    }
}

/// The lists of a snapshot that is put together by hand, for tests and measurements. They must be in the order that the
/// lists of a [`Snapshot`] have.
#[derive(Default)]
pub struct Parts {
    /// The key that ids are hashed with.
    pub id_key: IdKey,
    /// Records.
    pub records: Vec<Record>,
    /// Entities; each record belongs to exactly one.
    pub entities: Vec<Entity>,
    /// Ties.
    pub ties: Vec<Tie>,
    /// Events.
    pub events: Vec<Event>,
    /// Links.
    pub links: Vec<Link>,
    /// Judgements.
    pub judgements: Vec<Judgement>,
    /// Relationships, which need not follow from the ties and events.
    pub relationships: Vec<Relationship>,
}

impl Parts {
    /// Makes the snapshot, with nothing withheld or masked, and without evidence for its relationships.
    pub fn snapshot(self) -> Snapshot {
        let entities = Indexed::from(self.entities);
        let relationships = Indexed::from(self.relationships);
        Snapshot {
            tag: [0; 16],
            id_key: self.id_key,
            entity_of: entities_of(&entities, self.records.len()).into(),
            records: shared(self.records),
            ties: shared(self.ties),
            events: shared(self.events),
            links: shared(self.links),
            judgements: Arc::new(self.judgements.into()),
            adjacency: Adjacency::of(entities.len(), &relationships).into(),
            relationships: relationships.into(),
            evidence: Arc::default(),
            entities: entities.into(),
            left_out: LeftOut::default(),
        }
    }
}
