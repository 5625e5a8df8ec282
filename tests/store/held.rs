//! What a reader of a view holds, and how it follows the store by its changes.

use std::collections::BTreeMap;

use accord::govern::View;
use accord::model::{
    ClassId, Event, EventId, FormId, FormLink, Judgement, Record, RecordId, Tie, TieId,
};
use accord::store::{Changes, SnapshotSink, Store};

/// The visible part of a store.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Held {
    pub revision: u64,
    pub records: BTreeMap<RecordId, (ClassId, FormId, Record)>,
    pub ties: BTreeMap<TieId, Tie>,
    pub events: BTreeMap<EventId, Event>,
    pub links: BTreeMap<(FormId, FormId), FormLink>,
    pub judgements: BTreeMap<(RecordId, RecordId), Vec<Judgement>>,
}

impl Held {
    /// What a stream gives.
    pub fn of(store: &dyn Store, view: &View) -> Self {
        let mut held = Self::default();
        held.revision = store.stream(view.sight(), &mut held).unwrap();
        held
    }

    /// Follows the store.
    pub fn apply(&mut self, changes: Changes) {
        self.revision = changes.revision;
        put(&mut self.records, changes.records);
        // A link goes with the last record of a form, without being named.
        let mut forms: BTreeMap<FormId, usize> = BTreeMap::new();
        self.records.values().for_each(|(_, form, _)| *forms.entry(*form).or_default() += 1);
        let has = |form: &FormId, least| forms.get(form).is_some_and(|count| *count >= least);
        self.links.retain(|(a, b), _| has(a, if a == b { 2 } else { 1 }) && has(b, 1));
        put(&mut self.ties, changes.ties);
        put(&mut self.events, changes.events);
        self.links.extend(changes.links.into_iter().map(|link| ((link.a, link.b), link)));
        for (pair, judgements) in changes.judgements {
            self.judgements.insert(pair, judgements);
        }
        self.judgements.retain(|_, judgements| !judgements.is_empty());
    }
}

fn put<K: Ord, V>(held: &mut BTreeMap<K, V>, changes: BTreeMap<K, Option<V>>) {
    for (id, change) in changes {
        match change {
            Some(object) => held.insert(id, object),
            None => held.remove(&id),
        };
    }
}

impl SnapshotSink for Held {
    fn record(&mut self, class: ClassId, form: FormId, record: Record) {
        self.records.insert(record.id, (class, form, record));
    }

    fn tie(&mut self, tie: Tie) {
        self.ties.insert(tie.id, tie);
    }

    fn event(&mut self, event: Event) {
        self.events.insert(event.id, event);
    }

    fn link(&mut self, link: FormLink) {
        self.links.insert((link.a, link.b), link);
    }

    fn judgement(&mut self, judgement: Judgement) {
        self.judgements.entry((judgement.a, judgement.b)).or_default().push(judgement);
    }
}
