//! Building the snapshot of a view.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::donors::Donors;
use super::judged::verdicts;
use super::relationships::{adjacency, relationships};
use super::{Entity, LeftOut, Snapshot, masked, withheld};
use crate::govern::{Fields, View};
use crate::model::{
    Class, ClassId, EntityType, Event, IdKey, Judgement, Kind, Label, Link, Record, RecordId, Tie,
    Verdict,
};
use crate::resolve::{Engine, cluster};
use crate::store::{SnapshotSink, Store, StoreError};

/// Builds the snapshot of a view from the store, and tells the revision it is of.
///
/// The result depends on the visible objects, the model's cluster parameters and the key of ids
/// only: not on order, batches or threads.
///
/// # Errors
/// When the store does not answer.
pub fn build(
    store: &dyn Store,
    view: &View,
    id_key: &IdKey,
    engine: &Engine,
) -> Result<(Snapshot, u64), StoreError> {
    build_in(store, view, id_key, engine, &Setting::default())
}

/// For whom a snapshot is built, and what it may hold in common with others.
#[derive(Default)]
pub struct Setting<'a> {
    /// Where people who may be victims are masked: the records about victims of which the caller may see
    /// the content all the same.
    pub unmasked: Option<&'a BTreeSet<RecordId>>,
    /// Snapshots in use.
    pub donors: &'a [Arc<Snapshot>],
}

/// The same for callers to whom people who may be victims are masked: what a caller may not see of a
/// person joins nothing (see [`masked::joins`]).
///
/// # Errors
/// When the store does not answer.
pub fn build_in(
    store: &dyn Store,
    view: &View,
    id_key: &IdKey,
    engine: &Engine,
    setting: &Setting<'_>,
) -> Result<(Snapshot, u64), StoreError> {
    let mut part = Part::new(Donors::new(setting.donors));
    let revision = store.stream(&view.classes, &mut part)?;
    #[cfg(feature = "seeded-leaks")]
    part.join_by_the_whole(store, engine)?;
    let stripped = part.withhold(view, engine, setting.donors);
    if let Some(unmasked) = setting.unmasked {
        part.unlink(unmasked);
    }
    let snapshot = part.resolve(id_key, engine, stripped);
    #[cfg(feature = "seeded-leaks")]
    if crate::leak::is_on(crate::leak::Leak::EventId) {
        let mut snapshot = snapshot;
        snapshot.tag[..8].copy_from_slice(&crate::leak::objects(store).to_le_bytes());
        return Ok((snapshot, revision));
    }
    Ok((snapshot, revision))
}

/// Pairs of records by their positions.
type Pairs = Vec<(u32, u32)>;

/// The visible part of a store, as it is streamed.
struct Part<'a> {
    donors: Donors<'a>,
    records: Vec<Arc<Record>>,
    ties: Vec<Arc<Tie>>,
    events: Vec<Arc<Event>>,
    links: Vec<Arc<Link>>,
    judgements: Vec<Judgement>,
}

impl SnapshotSink for Part<'_> {
    fn record(&mut self, _class: ClassId, record: Record) {
        self.records.push(self.donors.records.held(record));
    }

    fn tie(&mut self, tie: Tie) {
        self.ties.push(self.donors.ties.held(tie));
    }

    fn event(&mut self, event: Event) {
        self.events.push(self.donors.events.held(event));
    }

    fn link(&mut self, link: Link) {
        self.links.push(self.donors.links.held(link));
    }

    fn judgement(&mut self, judgement: Judgement) {
        self.judgements.push(judgement);
    }
}

#[cfg(feature = "seeded-leaks")]
impl Part<'_> {
    /// Joins visible records that are one only in the whole store.
    fn join_by_the_whole(&mut self, store: &dyn Store, engine: &Engine) -> Result<(), StoreError> {
        if !crate::leak::is_on(crate::leak::Leak::ClustersBeforeFiltering) {
            return Ok(());
        }
        let mut whole = Part::new(Donors::new(&[]));
        store.stream(&View::whole_store(&store.classes()?).classes, &mut whole)?;
        let mut groups: BTreeMap<u32, Vec<&Arc<Record>>> = BTreeMap::new();
        for (record, label) in whole.records.iter().zip(whole.labels(engine)) {
            if self.position(record.id).is_some() {
                groups.entry(label).or_default().push(record);
            }
        }
        let Ok(joined) = crate::model::Timestamp::from_micros(0) else { return Ok(()) };
        for pair in groups.values().flat_map(|group| group.windows(2)) {
            self.judgements.push(Judgement {
                a: pair[0].id,
                b: pair[1].id,
                verdict: Verdict::Same,
                user: "leak".to_owned(),
                at: joined,
                label: pair[0].label.clone(),
            });
        }
        Ok(())
    }
}

impl<'a> Part<'a> {
    fn new(donors: Donors<'a>) -> Self {
        Self {
            donors,
            records: Vec::new(),
            ties: Vec::new(),
            events: Vec::new(),
            links: Vec::new(),
            judgements: Vec::new(),
        }
    }

    /// Takes out what agreements keep back; tells which records are affected.
    fn withhold(
        &mut self,
        view: &View,
        engine: &Engine,
        donors: &[Arc<Snapshot>],
    ) -> BTreeMap<u32, Fields> {
        let mut stripped = BTreeMap::new();
        if view.withheld.is_empty() {
            return stripped;
        }
        let mut donors = Donors::new(donors);
        let fields = |kind: Kind, label: &Label| -> Fields {
            let class = Class { kind, label: label.clone() };
            view.withheld.get(&class).copied().unwrap_or_default()
        };
        for (position, record) in (0u32..).zip(&mut self.records) {
            let fields = fields(record.entity_type().into(), &record.label);
            if !fields.is_empty() {
                let mut less = Record::clone(record);
                withheld::strip_record(&mut less, fields);
                *record = donors.records.held(less);
                stripped.insert(position, fields);
            }
        }
        self.ties.retain(|tie| !withheld::is_withheld(tie, fields(Kind::Tie, &tie.label)));
        for event in &mut self.events {
            let fields = fields(Kind::Event, &event.label);
            if !fields.is_empty() {
                let mut less = Event::clone(event);
                withheld::strip_event(&mut less, fields);
                *event = donors.events.held(less);
            }
        }
        let links = std::mem::take(&mut self.links);
        let positions = stripped.keys().copied().collect();
        self.links = withheld::relink(engine, &self.records, &positions, links);
        stripped
    }

    /// Takes out the links by which the content of a masked person would show.
    fn unlink(&mut self, unmasked: &BTreeSet<RecordId>) {
        let mut links = std::mem::take(&mut self.links);
        links.retain(|link| {
            let ends = self.position(link.a).zip(self.position(link.b));
            ends.is_none_or(|(a, b)| {
                masked::joins(&self.records[a as usize], &self.records[b as usize], unmasked)
            })
        });
        self.links = links;
    }

    fn resolve(self, id_key: &IdKey, engine: &Engine, stripped: BTreeMap<u32, Fields>) -> Snapshot {
        let labels = self.labels(engine);
        let mut members: BTreeMap<u32, Vec<u32>> = BTreeMap::new();
        for (record, label) in labels.iter().enumerate() {
            members.entry(*label).or_default().push(record as u32);
        }
        let mut entities: Vec<Entity> = members
            .into_values()
            .map(|records| {
                // Members ascend and records are in order of id: the first is the smallest.
                let first = &self.records[records[0] as usize];
                let entity_type = first.entity_type();
                Entity {
                    id: id_key.entity(entity_type, first.id),
                    entity_type,
                    records: records.into(),
                }
            })
            .collect();
        entities.sort_by_key(|entity| entity.id);
        let mut entity_of = vec![0; self.records.len()];
        for (index, entity) in entities.iter().enumerate() {
            entity.records.iter().for_each(|record| entity_of[*record as usize] = index as u32);
        }
        let relationships =
            relationships(&self.records, &entities, &entity_of, &self.ties, &self.events);
        let (offsets, adjacency) = adjacency(entities.len(), &relationships);
        Snapshot {
            tag: self.tag(id_key, &stripped),
            id_key: id_key.clone(),
            records: trimmed(self.records),
            entities: trimmed(entities),
            entity_of: trimmed(entity_of),
            ties: trimmed(self.ties),
            events: trimmed(self.events),
            links: trimmed(self.links),
            judgements: trimmed(self.judgements),
            relationships: trimmed(relationships),
            offsets: trimmed(offsets),
            adjacency: trimmed(adjacency),
            left_out: LeftOut {
                withheld: Arc::new(stripped.into_keys().collect()),
                ..LeftOut::default()
            },
        }
    }

    /// Records never change, so their ids stand for them; so do those of ties and events. What may
    /// change under its name goes in with its content: scores, judgements, who takes part.
    /// What is kept back of a record stands for what is left of it, which may be masked.
    fn tag(&self, id_key: &IdKey, stripped: &BTreeMap<u32, Fields>) -> [u8; 16] {
        let mut hasher = blake3::Hasher::new();
        for record in &self.records {
            hasher.update(&record.id.0);
        }
        hasher.update(b"ties");
        for tie in &self.ties {
            hasher.update(&tie.id.0);
        }
        hasher.update(b"events");
        for event in &self.events {
            hasher.update(&event.id.0);
            hasher.update(&(event.participants.len() as u64).to_le_bytes());
        }
        hasher.update(b"links");
        for link in &self.links {
            hasher.update(&link.a.0);
            hasher.update(&link.b.0);
            hasher.update(&link.bits.to_le_bytes());
        }
        hasher.update(b"judgements");
        for judgement in &self.judgements {
            hasher.update(&judgement.a.0);
            hasher.update(&judgement.b.0);
            hasher.update(&[judgement.verdict as u8]);
            hasher.update(&judgement.at.as_micros().to_le_bytes());
            let label = &judgement.label;
            hasher.update(&[label.category as u8, label.tier, label.handling as u8]);
            for text in [&judgement.user, &label.agency] {
                hasher.update(&(text.len() as u64).to_le_bytes());
                hasher.update(text.as_bytes());
            }
        }
        hasher.update(b"stripped");
        for (record, fields) in stripped {
            hasher.update(&record.to_le_bytes());
            hasher.update(&fields.bits().to_le_bytes());
        }
        id_key.tag("snapshot", &[hasher.finalize().as_bytes()])
    }

    /// For each record the smallest record of its cluster. Types never mix: each is clustered with
    /// its own parameters.
    fn labels(&self, engine: &Engine) -> Vec<u32> {
        let mut labels: Vec<u32> = (0..self.records.len() as u32).collect();
        let (must, cannot) = self.judged();
        let scored = self
            .links
            .iter()
            .filter_map(|link| Some((self.position(link.a)?, self.position(link.b)?, link.bits)));
        let scored: Vec<(u32, u32, f64)> = scored.collect();
        for entity_type in EntityType::ALL {
            let of_type = |record: u32| self.records[record as usize].entity_type() == entity_type;
            let links = scored.iter().filter(|(a, b, _)| of_type(*a) && of_type(*b));
            let links: Vec<_> = links.copied().collect();
            let both = |pair: &&(u32, u32)| of_type(pair.0) && of_type(pair.1);
            let must: Vec<_> = must.iter().filter(both).copied().collect();
            let cannot: Vec<_> = cannot.iter().filter(both).copied().collect();
            let parameters = engine.cluster_parameters(entity_type);
            let found = cluster(self.records.len(), &links, &must, &cannot, &parameters);
            for (record, label) in found.into_iter().enumerate() {
                if of_type(record as u32) {
                    labels[record] = label;
                }
            }
        }
        labels
    }

    /// Must-links and cannot-links: the verdicts that stand.
    fn judged(&self) -> (Pairs, Pairs) {
        let (mut must, mut cannot) = (Vec::new(), Vec::new());
        for ((a, b), verdict) in verdicts(&self.judgements) {
            let Some(pair) = self.position(a).zip(self.position(b)) else { continue };
            match verdict {
                Verdict::Same => must.push(pair),
                Verdict::NotSame => cannot.push(pair),
                Verdict::Unsure => {}
            }
        }
        (must, cannot)
    }

    fn position(&self, id: RecordId) -> Option<u32> {
        self.records.binary_search_by_key(&id, |record| record.id).ok().map(|at| at as u32)
    }
}

/// A list that holds no more memory than it needs.
fn trimmed<T>(mut items: Vec<T>) -> Arc<Vec<T>> {
    items.shrink_to_fit();
    Arc::new(items)
}
