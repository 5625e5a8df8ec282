//! Building the snapshot of a view.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use rayon::prelude::*;

use super::assemble::Visible;
use super::clusters::{Pairs, clustered};
use super::forms::{Forms, is_of_duplicate, links_of_records};
use super::judged::verdicts;
use super::masks::{Hides, is_of_victim};
use super::positions::Positions;
use super::shared_objects::{Interner, SharedObjects};
use super::tag::{self, Sum, Tagged};
use super::{IndexSet, Indexed, LeftOut, RecordIndex, Snapshot, withheld};
use crate::govern::{Fields, View};
use crate::leak;
use crate::model::{
    ClassId, EntityType, Event, FormId, FormLink, IdKey, Judgement, Kind, Label, Link, Record,
    RecordId, Tie,
};
use crate::resolve::Engine;
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

/// The options of building a snapshot: masking, and the objects that it shares with other snapshots.
#[derive(Default)]
pub struct Setting<'a> {
    /// `Some` if the snapshot is to be masked: the records about victims whose rows the caller may see unmasked all the
    /// same. `None` if nothing is masked.
    pub unmasked: Option<&'a BTreeSet<RecordId>>,
    /// The objects of the snapshots in use; an object that is equal to one of them is held once.
    pub shared: Option<&'a SharedObjects>,
}

/// Builds the snapshot of a view as [`build`] does, with the options of a [`Setting`]. If it is to be masked, the
/// records about victims that a caller of the view's agency may not see unmasked are linked to nothing that the caller
/// can read or write. The content itself is left out afterwards, by [`Snapshot::masked`].
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
    let none = SharedObjects::default();
    let shared = setting.shared.unwrap_or(&none);
    let mut part = Part::new(shared);
    let revision = store.stream(view.sight(), &mut part)?;
    part.records = std::mem::take(&mut part.records).spread();
    let positions = Positions::of(&part.records);
    let stripped = part.withhold(view, engine, shared);
    let hides = setting.unmasked.map(|unmasked| {
        let hides = Hides::of(view.agency(), (&part.records, &positions), unmasked);
        part.forget_judgements_of(view.agency(), &hides, &positions);
        hides
    });
    let linked = part.link(shared, hides.as_ref(), &positions);
    let mut snapshot = part.resolve(id_key, engine, (stripped, hides, linked), &positions);
    snapshot.tag = leak::tag(snapshot.tag, store);
    Ok((snapshot, revision))
}

/// The interners of a part, one for each kind of object.
struct Interners<'a> {
    records: Interner<'a, Record>,
    ties: Interner<'a, Tie>,
    events: Interner<'a, Event>,
}

/// The visible part of a store, as it is streamed.
struct Part<'a> {
    interners: Interners<'a>,
    records: Indexed<RecordIndex, Arc<Record>>,
    ties: Vec<Arc<Tie>>,
    events: Vec<Arc<Event>>,
    /// For each record its form.
    forms: Vec<FormId>,
    form_links: Vec<FormLink>,
    judgements: Vec<Judgement>,
}

/// The links of a view's records, and what tells which of them stand for others.
struct Linked {
    forms: Forms,
    links: Vec<Arc<Link>>,
    /// Records that something sets apart from the others of their form.
    apart: IndexSet<RecordIndex>,
}

impl SnapshotSink for Part<'_> {
    fn record(&mut self, _class: ClassId, form: FormId, record: Record) {
        self.records.push(self.interners.records.intern(record));
        self.forms.push(form);
    }

    fn tie(&mut self, tie: Tie) {
        self.ties.push(self.interners.ties.intern(tie));
    }

    fn event(&mut self, event: Event) {
        self.events.push(self.interners.events.intern(event));
    }

    fn link(&mut self, link: FormLink) {
        self.form_links.push(link);
    }

    fn judgement(&mut self, judgement: Judgement) {
        self.judgements.push(judgement);
    }
}

impl<'a> Part<'a> {
    fn new(shared: &'a SharedObjects) -> Self {
        let interners = Interners {
            records: shared.records.interner(),
            ties: shared.ties.interner(),
            events: shared.events.interner(),
        };
        Self {
            interners,
            records: Indexed::default(),
            ties: Vec::new(),
            events: Vec::new(),
            forms: Vec::new(),
            form_links: Vec::new(),
            judgements: Vec::new(),
        }
    }

    /// Removes the fields that agreements withhold, and finds the forms of what is left and their links; returns the
    /// affected records with the fields withheld of each.
    fn withhold(
        &mut self,
        view: &View,
        engine: &Engine,
        shared: &SharedObjects,
    ) -> BTreeMap<RecordIndex, Fields> {
        let mut stripped = BTreeMap::new();
        if view.withheld().is_empty() {
            return stripped;
        }
        let (mut records, mut events) = (shared.records.interner(), shared.events.interner());
        let fields = |kind, label: &Label| view.withheld_from(kind, label);
        let positions: Vec<RecordIndex> = self.records.indexes().collect();
        let with_forms = self.records.iter_mut().zip(&mut self.forms);
        for (position, (record, form)) in positions.into_iter().zip(with_forms) {
            let fields = fields(record.entity_type().into(), &record.label);
            if !fields.is_empty() {
                let mut redacted = Record::clone(record);
                withheld::strip_record(&mut redacted, fields);
                *form = withheld::form(engine, &redacted);
                *record = records.intern(redacted);
                stripped.insert(position, fields);
            }
        }
        self.ties.retain(|tie| !withheld::is_withheld(tie, fields(Kind::Tie, &tie.label)));
        for event in &mut self.events {
            let fields = fields(Kind::Event, &event.label);
            if !fields.is_empty() {
                let mut redacted = Event::clone(event);
                withheld::strip_event(&mut redacted, fields);
                *event = events.intern(redacted);
            }
        }
        let links = std::mem::take(&mut self.form_links);
        let changed = stripped.keys().copied().collect();
        self.form_links = withheld::relink(engine, (&self.records, &self.forms), &changed, links);
        stripped
    }

    /// Makes the links between records, without those by which hidden content would show.
    fn link(
        &mut self,
        shared: &SharedObjects,
        hides: Option<&Hides>,
        positions: &Positions,
    ) -> Linked {
        let of = self.records.along(std::mem::take(&mut self.forms).into_iter());
        let forms = Forms::of(Arc::new(of));
        let judged = self.judgements.iter().flat_map(|it| [it.a, it.b]);
        let mut apart: IndexSet<RecordIndex> = judged
            .filter_map(|id| positions.of_id(id))
            .collect::<BTreeSet<_>>()
            .into_iter()
            .collect();
        hides.iter().flat_map(|hides| hides.sighted.iter()).for_each(|at| apart.insert(at));
        let joins = |a, b| {
            hides.is_none_or(|hides| {
                leak::joins(hides.joins((a, &self.records[a]), (b, &self.records[b])))
            })
        };
        let links = std::mem::take(&mut self.form_links);
        let is_apart = |at| apart.contains(at);
        let links = links_of_records(&self.records, &forms, links, is_apart, joins);
        let mut interner = shared.links.interner();
        let links = links.into_iter().map(|link| interner.intern(link)).collect();
        Linked { forms, links, apart }
    }

    /// Removes the judgements of the caller's agency on other agencies' hidden records: whatever an agency writes, it
    /// is shown the same of them. Otherwise the one of two hidden records that stays with a third would tell which of
    /// them agrees more with it.
    fn forget_judgements_of(&mut self, agency: &str, hides: &Hides, positions: &Positions) {
        let is_foreign =
            |id| positions.of_id(id).is_some_and(|record| hides.foreign.contains(record));
        let is_forgotten = |judgement: &Judgement| {
            judgement.label.agency == agency && (is_foreign(judgement.a) || is_foreign(judgement.b))
        };
        self.judgements.retain(|judgement| !is_forgotten(judgement));
    }

    fn resolve(
        self,
        id_key: &IdKey,
        engine: &Engine,
        (stripped, hides, linked): (BTreeMap<RecordIndex, Fields>, Option<Hides>, Linked),
        positions: &Positions,
    ) -> Snapshot {
        let labels = self.labels(engine, &linked, positions);
        let masked = hides.is_some().then_some(positions);
        let sum = self.sum(id_key, &stripped, &linked.links, masked);
        let withheld = Arc::new(stripped.into_keys().collect());
        let left_out = LeftOut::before(withheld, hides.unwrap_or_default());
        let visible = Visible {
            records: self.records.trimmed(),
            ties: Indexed::from(self.ties).spread().trimmed(),
            events: Indexed::from(self.events).spread().trimmed(),
            links: Indexed::from(linked.links).spread().trimmed(),
            judgements: Indexed::from(self.judgements).spread().trimmed(),
        };
        visible.assemble(sum, id_key, (&labels, positions), (linked.forms, left_out))
    }

    /// Sums up the visible objects for the tag of the snapshot. Where victims are masked, the scores of links of
    /// records about victims do not go in.
    fn sum(
        &self,
        id_key: &IdKey,
        stripped: &BTreeMap<RecordIndex, Fields>,
        links: &[Arc<Link>],
        masked: Option<&Positions>,
    ) -> Sum {
        let is_of_victim = |id| {
            let at = masked.and_then(|positions| positions.of_id(id));
            at.is_some_and(|at| is_of_victim(&self.records[at].label))
        };
        let withheld = |at| stripped.get(&at).map_or(0, |fields| fields.bits());
        let records: Vec<_> = self.records.enumerated().collect();
        let records = summed(&records, |(at, it)| tag::record(id_key, it, withheld(*at)));
        let ties = summed(&self.ties, |it| tag::tie(id_key, it));
        let events = summed(&self.events, |it| tag::event(id_key, it));
        let links =
            summed(links, |it| tag::link(id_key, it, !is_of_victim(it.a) && !is_of_victim(it.b)));
        let judgements = summed(&self.judgements, |it| tag::judgement(id_key, it));
        [ties, events, links, judgements].into_iter().fold(records, Sum::and)
    }

    /// For each record the smallest record of its cluster.
    fn labels(
        &self,
        engine: &Engine,
        linked: &Linked,
        positions: &Positions,
    ) -> Indexed<RecordIndex, RecordIndex> {
        let types: Vec<EntityType> = self.records.iter().map(|it| it.entity_type()).collect();
        let number = |id| positions.of_id(id).map(|at| self.records.rank(at) as u32);
        let scored = |link: &&Arc<Link>| {
            let ends = (positions.of_id(link.a)?, positions.of_id(link.b)?);
            let rank = |at| self.records.rank(at) as u32;
            let is_apart = |at| linked.apart.contains(at);
            let is_of_duplicate = is_of_duplicate(&linked.forms, is_apart, ends);
            Some((is_of_duplicate, (rank(ends.0), rank(ends.1), link.bits)))
        };
        let (duplicates, links): (Vec<_>, Vec<_>) = linked
            .links
            .iter()
            .filter_map(|link| scored(&link))
            .partition(|(is_of_duplicate, _)| *is_of_duplicate);
        let pairs_of = |scored: Vec<(bool, _)>| scored.into_iter().map(|(_, pair)| pair).collect();
        let scored = (pairs_of(links), pairs_of(duplicates));
        let pairs = Pairs::of(scored, verdicts(&self.judgements), number);
        let labels = clustered(engine, &types, &pairs).into_iter();
        self.records.along(labels.map(|label| self.records.nth(label as usize)))
    }
}

fn summed<T: Sync>(items: &[T], hash: impl Fn(&T) -> Tagged + Sync) -> Sum {
    let add = |mut sum: Sum, item| {
        sum.add(hash(item));
        sum
    };
    items.par_iter().fold(Sum::default, add).reduce(Sum::default, Sum::and)
}
