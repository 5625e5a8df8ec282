//! Reviews move objects to another class, and purges remove all of a class.

use accord::govern::View;
use accord::model::{
    BlockKey, ClassId, ClassSet, Event, Handling, Record, Tie, Timestamp, Verdict,
};
use accord::store::{Batch, Ids, NewRecord, Purged, SqliteStore, Store};

use super::contract::{apply, collect, everything};
use super::fixture::{
    Collected, event, form, judgement, link, person, phone, records, stored, tie,
};
use super::on_both;
use crate::policy::{seeing, time};

pub const BEFORE: &str = "2027-01-01T00:00:00Z";
pub const AFTER: &str = "2030-01-01T00:00:00Z";

/// Rows of agency a, which must be reviewed, and of b, which need not.
pub struct Rows {
    pub a1: Record,
    pub a2: Record,
    pub other: Record,
    pub b1: Record,
    pub tie: Tie,
    pub event: Event,
    /// An event of b in which a record of a takes part.
    pub joint: Event,
    pub batch: Batch,
}

pub fn rows() -> Rows {
    let reviewed = |mut record: Record| {
        record.label.review_by = Some(time(BEFORE));
        record
    };
    let a1 = reviewed(person("a", "1", Handling::Shared));
    let a2 = reviewed(phone("a", "1/phone", Handling::Shared));
    let other = reviewed(person("a", "9", Handling::Shared));
    let b1 = person("b", "1", Handling::Shared);
    let mut tie = tie("a", a1.id, a2.id, Handling::Shared);
    let mut event = event("a", "1", &[a1.id, a2.id], Handling::Shared);
    tie.label.review_by = Some(time(BEFORE));
    event.label.review_by = Some(time(BEFORE));
    let joint = super::fixture::event("b", "1", &[a1.id, b1.id], Handling::Shared);
    let batch = Batch {
        ties: vec![tie.clone()],
        events: vec![event.clone(), joint.clone()],
        links: vec![link(form(&a1), form(&b1), 4.25), link(form(&a1), form(&other), 2.0)],
        judgements: vec![judgement(a1.id, b1.id, Verdict::Same, Handling::Shared)],
        ..records(&[&a1, &a2, &other, &b1])
    };
    Rows { a1, a2, other, b1, tie, event, joint, batch }
}

impl Rows {
    /// The objects of the row of `a1`.
    pub fn ids(&self) -> Ids {
        Ids {
            records: vec![self.a1.id, self.a2.id],
            ties: vec![self.tie.id],
            events: vec![self.event.id],
        }
    }
}

/// A view by when their objects must be reviewed.
pub fn seen_by(store: &dyn Store, wanted: impl Fn(Option<Timestamp>) -> bool) -> View {
    let classes = store.classes().unwrap().into_iter();
    seeing(classes.filter(|(_, class)| wanted(class.label.review_by)).map(|(id, _)| id).collect())
}

pub fn review(store: &dyn Store, ids: &Ids, by: &str) {
    let mut transaction = store.begin(&crate::unlogged::MAKING).unwrap();
    transaction.set_review(ids, time(by)).unwrap();
    transaction.commit().unwrap();
}

pub fn purge(store: &dyn Store, classes: &ClassSet) -> Purged {
    let mut transaction = store.begin(&crate::unlogged::MAKING).unwrap();
    let purged = transaction.purge(classes).unwrap();
    transaction.commit().unwrap();
    purged
}

#[test]
fn what_is_reviewed_moves_with_all_that_rests_on_it_and_nothing_else_moves() {
    on_both(|store| {
        let rows = rows();
        apply(store, &rows.batch).unwrap();
        let whole = everything(store);
        let revision = store.revision().unwrap();
        review(store, &rows.ids(), AFTER);
        assert!(store.revision().unwrap() > revision);
        let due = seen_by(store, |by| by == Some(time(BEFORE)));
        let rest = seen_by(store, |by| by != Some(time(BEFORE)));
        // Objects that were not reviewed stay where they were.
        assert_eq!(collect(store, &due).records, std::slice::from_ref(&rows.other));
        // The rest is seen without its class, and says by when it must be reviewed now.
        let seen = collect(store, &rest);
        assert_eq!((seen.records.len(), seen.ties.len(), seen.events.len()), (3, 1, 2));
        assert_eq!((seen.links.len(), seen.judgements.len()), (1, 1));
        let by = |label: &accord::model::Label| label.review_by;
        let reviewed = seen.records.iter().filter(|record| by(&record.label) == Some(time(AFTER)));
        assert_eq!(reviewed.count(), 2);
        assert_eq!(by(&seen.ties[0].label), Some(time(AFTER)));
        for found in &seen.events {
            let own = found.id == rows.event.id;
            assert_eq!(by(&found.label), own.then(|| time(AFTER)));
            assert_eq!(found.participants.len(), 2);
        }
        // Blocks are of the class after.
        let after = |record: &Record| {
            let mut record = stored(record);
            record.record.label.review_by = Some(time(AFTER));
            record.form()
        };
        let mut forms = vec![after(&rows.a1), after(&rows.a2), form(&rows.b1)];
        forms.sort();
        assert_eq!(store.candidates(rest.sight(), &[BlockKey(7)]).unwrap(), forms);
        assert_eq!(store.candidates(due.sight(), &[BlockKey(7)]).unwrap(), [form(&rows.other)]);
        let read = store.records(rest.sight(), &[rows.a1.id]).unwrap();
        assert_eq!(by(&read[0].label), Some(time(AFTER)));
        let read = store.events(rest.sight(), &[rows.event.id, rows.joint.id]).unwrap();
        assert_eq!((by(&read[0].label), read[1].participants.len()), (Some(time(AFTER)), 2));
        // With the class as of before, all is as it was but for the date.
        let all = everything(store);
        assert_eq!(all.judgements, whole.judgements);
        let mut links = vec![
            link(after(&rows.a1), form(&rows.b1), 4.25),
            link(after(&rows.a1), form(&rows.other), 2.0),
        ];
        links.sort_by_key(|link| (link.a, link.b));
        assert_eq!(all.links, links);
        assert_eq!(all.records.len(), whole.records.len());
    });
}

#[test]
fn handing_in_again_what_was_reviewed_changes_nothing() {
    on_both(|store| {
        let rows = rows();
        apply(store, &rows.batch).unwrap();
        review(store, &rows.ids(), AFTER);
        let (before, revision) = (everything(store), store.revision().unwrap());
        let mut transaction = store.begin(&crate::unlogged::MAKING).unwrap();
        assert_eq!(transaction.known(&[rows.a1.id]).unwrap()[&rows.a1.id], rows.a1);
        drop(transaction);
        let again = Batch { judgements: Vec::new(), links: Vec::new(), ..rows.batch.clone() };
        assert_eq!(apply(store, &again).unwrap(), Default::default());
        // A review that sets the same date again, or one of absent objects, does not either.
        review(store, &rows.ids(), AFTER);
        let nobody = person("z", "1", Handling::Own);
        review(store, &Ids { records: vec![nobody.id], ..Ids::default() }, AFTER);
        assert_eq!((everything(store), store.revision().unwrap()), (before, revision));
        // It can be moved back, and on.
        review(store, &rows.ids(), BEFORE);
        let due = seen_by(store, |by| by == Some(time(BEFORE)));
        assert_eq!(collect(store, &due).records.len(), 3);
        review(store, &rows.ids(), "2029-01-01T00:00:00Z");
        assert_eq!(collect(store, &due).records.len(), 1);
    });
}

#[test]
fn a_purge_removes_all_of_a_class_with_what_rests_on_it_and_nothing_else() {
    on_both(|store| {
        let rows = rows();
        apply(store, &rows.batch).unwrap();
        review(store, &Ids { records: vec![rows.other.id], ..Ids::default() }, AFTER);
        let classes_before = store.classes().unwrap();
        let due = seen_by(store, |by| by == Some(time(BEFORE)));
        let purged = purge(store, due.classes());
        let count = |id: ClassId| purged.get(&id).copied().unwrap_or(0);
        assert_eq!(classes_before.iter().map(|(id, _)| count(*id)).sum::<u64>(), 4);
        assert!(purged.keys().all(|class| due.classes().contains(*class)), "{purged:?}");
        let left = everything(store);
        let mut joint = rows.joint.clone();
        joint.participants.retain(|part| part.record == rows.b1.id);
        let mut other = rows.other.clone();
        other.label.review_by = Some(time(AFTER));
        let mut records = vec![other, rows.b1.clone()];
        records.sort_by_key(|record| record.id);
        assert_eq!(left, Collected { records, events: vec![joint], ..Collected::default() });
        assert_eq!(store.classes().unwrap(), classes_before);
        // Its blocking keys are gone: only what is left is found by them.
        let mut transaction = store.begin(&crate::unlogged::MAKING).unwrap();
        let holders = transaction.candidates(None, &[BlockKey(7)]).unwrap();
        assert_eq!(holders.len(), 2, "{holders:?}");
        assert!(transaction.known(&[rows.a1.id, rows.a2.id]).unwrap().is_empty());
        drop(transaction);
        // Nothing is left to purge, and that changes nothing.
        let revision = store.revision().unwrap();
        assert!(purge(store, due.classes()).is_empty());
        assert_eq!(store.revision().unwrap(), revision);
        // Another row of the same id may be handed in afterwards.
        let mut anew = rows.a1.clone();
        anew.source = "other".into();
        apply(store, &super::fixture::records(&[&anew])).unwrap();
        assert_eq!(everything(store).records.len(), 3);
    });
}

#[test]
fn a_purge_that_is_dropped_leaves_everything() {
    on_both(|store| {
        apply(store, &rows().batch).unwrap();
        let before = everything(store);
        let due = seen_by(store, |by| by.is_some());
        let mut transaction = store.begin(&crate::unlogged::MAKING).unwrap();
        assert!(!transaction.purge(due.classes()).unwrap().is_empty());
        drop(transaction);
        assert_eq!(everything(store), before);
    });
}

#[test]
fn what_was_purged_is_not_left_in_the_file() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("s.accord");
    let store = SqliteStore::open(&path, true).unwrap();
    let rows = rows();
    let mut batch = rows.batch.clone();
    for NewRecord { record, .. } in &mut batch.records {
        if record.label.agency == "a" {
            record.raw.insert("name".into(), format!("Canary-{}", record.local_id));
        }
    }
    apply(&store, &batch).unwrap();
    let holds = || {
        let files = std::fs::read_dir(folder.path()).unwrap();
        let bytes: Vec<u8> =
            files.flat_map(|file| std::fs::read(file.unwrap().path()).unwrap()).collect();
        bytes.windows(7).any(|window| window == b"Canary-")
    };
    assert!(holds());
    purge(&store, seen_by(&store, |by| by.is_some()).classes());
    assert!(!holds());
}
