//! Access to the lists of a snapshot, and snapshots put together from lists.

use std::sync::Arc;

use super::forms::Forms;
use super::keys::Keys;
use super::naming::Naming;
use super::relationships::{adjacency, entities_of};
use super::rows::Rows;
use super::tag::Sum;
use super::{
    Entity, EntityIndex, IndexSet, Indexed, JudgementIndex, Layered, LeftOut, List, Listed,
    RecordIndex, Relationship, RelationshipIndex, Shared, Snapshot,
};
use crate::model::{Event, IdKey, Judgement, Link, Record, Tie};

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
    pub fn entities(&self) -> &Layered<EntityIndex, Entity> {
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
    pub fn judgements(&self) -> &Layered<JudgementIndex, Judgement> {
        &self.judgements
    }

    /// Relationships between entities, grouped by (source, target, kind), ascending.
    pub fn relationships(&self) -> &Layered<RelationshipIndex, Relationship> {
        &self.relationships
    }

    /// Tells if an agreement withholds fields of a record.
    pub fn is_withheld(&self, record: RecordIndex) -> bool {
        self.left_out.withheld.contains(record)
    }

    /// Adds a judgement, as if it had been there when the records were clustered.
    #[cfg(test)]
    pub(crate) fn add_judgement(&mut self, said: Judgement) {
        let mut edit = self.judgements.edit();
        let key = |it: &Judgement| (it.a, it.b, it.label.agency.clone(), it.user.clone());
        edit.put(vec![said], key).unwrap();
        self.judgements = edit.done();
    }

    /// Clears the tag and the state of masking and withholding, so that two snapshots can be compared by their lists.
    #[must_use]
    pub fn bare(self) -> Self {
        let (tag, sum) = ([0; 16], Sum::default());
        Self { tag, sum, left_out: LeftOut::default(), ..self }
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
        let (records, ties, events) =
            (shared(self.records), shared(self.ties), shared(self.events));
        let (links, judgements) = (shared(self.links), Indexed::from(self.judgements));
        let at = |id| records.find_by_key(&id, |record| record.id);
        let (forms, sighted) = (Forms::default(), IndexSet::default());
        let apart = (&forms, &sighted);
        let naming = Naming::of((&records, &at), apart, &ties, &events, &links, &judgements);
        Snapshot {
            tag: [0; 16],
            sum: Sum::default(),
            id_key: self.id_key,
            entity_of: entities_of(&entities, &records).into(),
            records: records.into(),
            ties: ties.into(),
            events: events.into(),
            links: links.into(),
            judgements: judgements.into(),
            adjacency: adjacency(&entities, &relationships),
            relationships: relationships.into(),
            evidence: Rows::default(),
            entities: entities.into(),
            naming,
            forms,
            keys: Keys::default(),
            left_out: LeftOut::default(),
        }
    }
}

fn shared<T: Listed>(items: Vec<T>) -> Shared<T> {
    Arc::new(items.into_iter().map(Arc::new).collect())
}
