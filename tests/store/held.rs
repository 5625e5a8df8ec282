//! What a reader of a view holds, and how it follows the store by its changes.

use std::collections::BTreeMap;

use accord::govern::View;
use accord::model::{ClassId, Event, EventId, Judgement, Link, Record, RecordId, Tie, TieId};
use accord::store::{Changes, SnapshotSink, Store};

/// The visible part of a store.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Held {
    pub revision: u64,
    pub records: BTreeMap<RecordId, (ClassId, Record)>,
    pub ties: BTreeMap<TieId, Tie>,
    pub events: BTreeMap<EventId, Event>,
    pub links: BTreeMap<(RecordId, RecordId), Link>,
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
        // A link goes with a record, without being named: also with one that was put again since.
        let named = &changes.records;
        self.links.retain(|(a, b), _| !named.contains_key(a) && !named.contains_key(b));
        put(&mut self.records, changes.records);
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
    fn record(&mut self, class: ClassId, record: Record) {
        self.records.insert(record.id, (class, record));
    }

    fn tie(&mut self, tie: Tie) {
        self.ties.insert(tie.id, tie);
    }

    fn event(&mut self, event: Event) {
        self.events.insert(event.id, event);
    }

    fn link(&mut self, link: Link) {
        self.links.insert((link.a, link.b), link);
    }

    fn judgement(&mut self, judgement: Judgement) {
        self.judgements.entry((judgement.a, judgement.b)).or_default().push(judgement);
    }
}
