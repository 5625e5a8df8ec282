//! Leaks of the store.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::{Everything, Leak, everything, is_on, whole_snapshot, whole_view};
use crate::analyze::Candidate;
use crate::audit::{Committed, Due, Outbox, OutboxError};
use crate::govern::Sight;
use crate::graph::EntityIndex;
use crate::model::{
    BlockKey, Class, ClassId, ClassSet, Event, EventId, FormId, FormLink, IdKey, Judgement, Record,
    RecordId, Tie, Timestamp, Verdict,
};
use crate::resolve::Engine;
use crate::store::{
    Applied, Batch, Changes, Document, FormSize, Ids, Purged, SnapshotSink, Store, StoreError,
    Unlinked, WriteTxn,
};

/// Records that carry a blocking key, from which on they are too many.
const BLOCK_MAX: usize = 2;

/// The store as the server uses it.
pub(crate) fn store(store: Arc<dyn Store>, engine: &Arc<Engine>) -> Arc<dyn Store> {
    Arc::new(Leaking { store, engine: Arc::clone(engine) })
}

/// The entities that a probe may be about: none where too many records of the store carry a key of it.
pub(crate) fn candidates(
    found: Vec<Candidate>,
    (store, engine, probe): (&dyn Store, &Engine, &Record),
) -> Vec<Candidate> {
    let keys = engine.keys(&engine.prepare(probe));
    let held = || Ok::<_, StoreError>(store.candidates(whole_view(store)?.sight(), &keys)?.len());
    let is_too_many = is_on(Leak::BlockCap) && held().is_ok_and(|held| held > BLOCK_MAX);
    if is_too_many { Vec::new() } else { found }
}

/// A store whose answers depend on objects outside the caller's view.
struct Leaking {
    store: Arc<dyn Store>,
    engine: Arc<Engine>,
}

impl Outbox for Leaking {
    fn committed(&self, after: u64, most: usize) -> Result<Vec<Committed>, OutboxError> {
        self.store.committed(after, most)
    }

    fn logged(&self, up_to: u64) {
        self.store.logged(up_to);
    }

    fn remove(&self, up_to: u64) -> Result<(), OutboxError> {
        self.store.remove(up_to)
    }
}

impl Store for Leaking {
    fn backend(&self) -> &'static str {
        self.store.backend()
    }

    fn ping(&self) -> Result<(), StoreError> {
        self.store.ping()
    }

    fn revision(&self) -> Result<u64, StoreError> {
        self.store.revision()
    }

    fn late_revision(&self, view: &Sight) -> Result<u64, StoreError> {
        self.store.late_revision(view)
    }

    fn unlinked(&self, after: u64) -> Result<Vec<Unlinked>, StoreError> {
        self.store.unlinked(after)
    }

    fn classes(&self) -> Result<Vec<(ClassId, Class)>, StoreError> {
        self.store.classes()
    }

    fn begin<'a>(&'a self, due: &'a Due) -> Result<Box<dyn WriteTxn + 'a>, StoreError> {
        if !is_on(Leak::ConflictStatus) && !is_on(Leak::LiveTermFrequency) {
            return self.store.begin(due);
        }
        let before = everything(self.store.as_ref());
        Ok(Box::new(LeakingTxn { txn: self.store.begin(due)?, before }))
    }

    fn records(&self, view: &Sight, ids: &[RecordId]) -> Result<Vec<Record>, StoreError> {
        self.store.records(view, ids)
    }

    fn events(&self, view: &Sight, ids: &[EventId]) -> Result<Vec<Event>, StoreError> {
        self.store.events(view, ids)
    }

    fn candidates(&self, view: &Sight, keys: &[BlockKey]) -> Result<Vec<FormId>, StoreError> {
        self.store.candidates(view, keys)
    }

    fn of_forms(
        &self,
        view: &Sight,
        forms: &[FormId],
    ) -> Result<BTreeMap<FormId, Record>, StoreError> {
        self.store.of_forms(view, forms)
    }

    fn stream(&self, view: &Sight, sink: &mut dyn SnapshotSink) -> Result<u64, StoreError> {
        let mut seen = Seen { sink, records: BTreeSet::new(), judgements: Vec::new() };
        let revision = self.store.stream(view, &mut seen)?;
        if is_on(Leak::ClustersBeforeFiltering) {
            let joined = self.joined_in_whole(&seen.records)?;
            seen.judgements.extend(joined);
        }
        if is_on(Leak::History) {
            seen.judgements = everything(self.store.as_ref()).judgements;
            let is_seen = |it: &Judgement| [it.a, it.b].iter().all(|id| seen.records.contains(id));
            seen.judgements.retain(is_seen);
        }
        seen.judgements.sort_by_key(|judgement| (judgement.a, judgement.b));
        seen.judgements.into_iter().for_each(|judgement| seen.sink.judgement(judgement));
        Ok(revision)
    }

    fn changes_since(
        &self,
        view: &Sight,
        after: u64,
        most: usize,
    ) -> Result<Option<Changes>, StoreError> {
        // What a leak adds to a view when it is streamed no change would name.
        if is_on(Leak::ClustersBeforeFiltering) || is_on(Leak::History) {
            return Ok(None);
        }
        self.store.changes_since(view, after, most)
    }

    fn versioned_document(&self, name: &str) -> Result<Option<Document>, StoreError> {
        self.store.versioned_document(name)
    }

    fn document_version(&self, name: &str) -> Result<u64, StoreError> {
        self.store.document_version(name)
    }

    fn put_document(&self, name: &str, text: &str, due: &Due) -> Result<(), StoreError> {
        self.store.put_document(name, text, due)
    }

    fn documents(&self, prefix: &str) -> Result<BTreeMap<String, String>, StoreError> {
        self.store.documents(prefix)
    }

    fn swap_document(
        &self,
        name: &str,
        before: Option<&str>,
        after: Option<&str>,
        due: &Due,
    ) -> Result<bool, StoreError> {
        self.store.swap_document(name, before, after, due)
    }
}

impl Leaking {
    /// Makes judgements by which visible records that form one entity in the whole store are the same.
    fn joined_in_whole(&self, seen: &BTreeSet<RecordId>) -> Result<Vec<Judgement>, StoreError> {
        let id_key = IdKey::default();
        let (whole, _) = whole_snapshot((self.store.as_ref(), &self.engine, &id_key))?;
        let mut groups: BTreeMap<EntityIndex, Vec<&Record>> = BTreeMap::new();
        for (index, record) in whole.records().enumerated() {
            if seen.contains(&record.id) {
                groups.entry(whole.entity_of(index)).or_default().push(record);
            }
        }
        let Ok(at) = Timestamp::from_micros(0) else { return Ok(Vec::new()) };
        let pairs = groups.values().flat_map(|group| group.windows(2));
        let same = |pair: &[&Record]| Judgement {
            a: pair[0].id,
            b: pair[1].id,
            verdict: Verdict::Same,
            user: "leak".to_owned(),
            at,
            label: pair[0].label.clone(),
        };
        Ok(pairs.map(same).collect())
    }
}

/// A sink that passes on all streamed objects but the judgements, which it keeps.
struct Seen<'a> {
    sink: &'a mut dyn SnapshotSink,
    records: BTreeSet<RecordId>,
    judgements: Vec<Judgement>,
}

impl SnapshotSink for Seen<'_> {
    fn record(&mut self, class: ClassId, form: FormId, record: Record) {
        self.records.insert(record.id);
        self.sink.record(class, form, record);
    }

    fn tie(&mut self, tie: Tie) {
        self.sink.tie(tie);
    }

    fn event(&mut self, event: Event) {
        self.sink.event(event);
    }

    fn link(&mut self, link: FormLink) {
        self.sink.link(link);
    }

    fn judgement(&mut self, judgement: Judgement) {
        self.judgements.push(judgement);
    }
}

/// A write transaction that depends on all objects that the store held before it.
struct LeakingTxn<'a> {
    txn: Box<dyn WriteTxn + 'a>,
    before: Everything,
}

impl WriteTxn for LeakingTxn<'_> {
    fn known(&mut self, ids: &[RecordId]) -> Result<BTreeMap<RecordId, Record>, StoreError> {
        self.txn.known(ids)
    }

    fn sizes(&mut self, forms: &[FormId]) -> Result<BTreeMap<FormId, FormSize>, StoreError> {
        self.txn.sizes(forms)
    }

    fn of_forms(&mut self, forms: &[FormId]) -> Result<BTreeMap<FormId, Record>, StoreError> {
        self.txn.of_forms(forms)
    }

    fn candidates(
        &mut self,
        within: Option<&ClassSet>,
        keys: &[BlockKey],
    ) -> Result<Vec<(BlockKey, FormId)>, StoreError> {
        self.txn.candidates(within, keys)
    }

    fn put(&mut self, batch: &Batch) -> Result<Applied, StoreError> {
        let is_anothers = |new: &Record| {
            let mut before = self.before.records.iter();
            before.any(|it| it.local_id == new.local_id && it.label.agency != new.label.agency)
        };
        if is_on(Leak::ConflictStatus) && batch.records.iter().any(|it| is_anothers(&it.record)) {
            return Err(StoreError::Conflict { kind: "record" });
        }
        let mut batch = batch.clone();
        if is_on(Leak::LiveTermFrequency) {
            let much = (self.before.objects as f64).log2();
            batch.links.iter_mut().for_each(|link| link.bits -= much);
        }
        self.txn.put(&batch)
    }

    fn note_unlinked(&mut self, forms: &[FormId]) -> Result<Vec<Unlinked>, StoreError> {
        self.txn.note_unlinked(forms)
    }

    fn link_late(&mut self, links: &[FormLink], linked: &[Unlinked]) -> Result<(), StoreError> {
        self.txn.link_late(links, linked)
    }

    fn set_review(&mut self, ids: &Ids, review_by: Timestamp) -> Result<(), StoreError> {
        self.txn.set_review(ids, review_by)
    }

    fn purge(&mut self, classes: &ClassSet) -> Result<Purged, StoreError> {
        self.txn.purge(classes)
    }

    fn commit(self: Box<Self>) -> Result<(), StoreError> {
        self.txn.commit()
    }
}
