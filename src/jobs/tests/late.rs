//! Tests of links that are found after the answer to a write.

use super::*;
use crate::govern::Sight;
use crate::graph::Links;
use crate::model::{Class, ClassSet};
use crate::store::Ids;

/// The classes of some tiers: bit n for tier n, and bit n + 4 for rows of tier n that a review has moved.
fn tiers(store: &dyn Store, tiers: u8) -> Sight {
    let classes = store.classes().unwrap().into_iter();
    let bit = |class: &Class| class.label.tier + 4 * u8::from(class.label.review_by.is_some());
    let of_them = classes.filter(|(_, class)| tiers >> bit(class) & 1 == 1);
    Sight::to_link(of_them.map(|(id, _)| id).collect())
}

/// The objects of some tiers in a store.
pub(super) fn everything(store: &dyn Store, of: u8) -> Everything {
    let mut found = Everything::default();
    store.stream(&tiers(store, of), &mut found).unwrap();
    found
}

/// A store that several processes can share.
fn shared() -> (tempfile::TempDir, Arc<dyn Store>) {
    let folder = tempfile::tempdir().unwrap();
    let store = Arc::new(SqliteStore::open(&folder.path().join("s.db"), true).unwrap());
    (folder, store)
}

fn late(store: &Arc<dyn Store>) -> LateLinks<Endings> {
    LateLinks::new(Arc::clone(store), Arc::new(Endings)).unwrap()
}

/// A row whose records, ties and events are of a tier.
fn tiered(no: usize, (from, to): (u32, u32), tier: u8) -> Vec<RowOutput> {
    let mut rows = outputs(&[row(no, from, to)]);
    for row in &mut rows {
        row.records.iter_mut().for_each(|it| it.label.tier = tier);
        row.ties.iter_mut().for_each(|it| it.label.tier = tier);
        row.events.iter_mut().for_each(|it| it.label.tier = tier);
    }
    rows
}

/// Moves the records of a row to another class, as a review does.
fn review(store: &dyn Store, row: &RowOutput) {
    let records = row.records.iter().map(|record| record.id).collect();
    let mut transaction = store.begin(&MAKING).unwrap();
    let ids = Ids { records, ..Ids::default() };
    transaction.set_review(&ids, Timestamp::from_micros(1).unwrap()).unwrap();
    transaction.commit().unwrap();
}

/// An event beside a write.
#[derive(Debug, Clone)]
enum Beside {
    Nothing,
    /// The process ends and is started again.
    Restart,
    /// The write goes to another process of the same store.
    Elsewhere,
    /// A row written before is reviewed.
    Review(prop::sample::Index),
    /// A caller who sees these tiers asks.
    Asks(u8),
    /// A caller who sees these tiers and that of the new row asks.
    SeesIt(u8),
}

fn beside() -> impl Strategy<Value = Beside> {
    prop_oneof![
        Just(Beside::Nothing),
        Just(Beside::Restart),
        Just(Beside::Elsewhere),
        any::<prop::sample::Index>().prop_map(Beside::Review),
        any::<u8>().prop_map(Beside::Asks),
        any::<u8>().prop_map(Beside::SeesIt),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    /// Independent of the writer, the tiers visible to it, the process, reviews and restarts: a caller finds all links
    /// of the records visible to it, and in the end all links are those of a write in one step.
    #[test]
    fn links_that_are_found_later_are_those_of_one_step(
        rows in proptest::collection::vec((0u32..300, 0u32..300, 0u8..4, any::<u8>(), beside()), 1..30),
    ) {
        let at_once = Bench::new();
        let (_folder, store) = shared();
        let mut process = late(&store);
        let mut written: Vec<RowOutput> = Vec::new();
        for (no, (from, to, tier, seen, beside)) in rows.into_iter().enumerate() {
            let output = || tiered(no, (from, to), tier);
            submit(&at_once.store, &Endings, output(), now(), &MAKING).unwrap();
            let within = tiers(store.as_ref(), seen);
            let elsewhere = matches!(beside, Beside::Elsewhere).then(|| late(&store));
            elsewhere.as_ref().unwrap_or(&process).submit(output(), now(), within.classes(), &MAKING).unwrap();
            written.extend(output());
            let of = match beside {
                Beside::Nothing | Beside::Elsewhere => continue,
                Beside::Restart => {
                    process = late(&store);
                    continue;
                }
                Beside::Review(which) => {
                    let row = which.get(&written);
                    review(store.as_ref(), row);
                    review(&at_once.store, row);
                    continue;
                }
                Beside::Asks(of) => of,
                Beside::SeesIt(of) => of | 1 << tier,
            };
            process.complete(&tiers(store.as_ref(), of)).unwrap();
            prop_assert_eq!(everything(store.as_ref(), of), everything(&at_once.store, of));
        }
        link_what_is_left(store.as_ref(), &Endings).unwrap();
        prop_assert_eq!(everything(store.as_ref(), u8::MAX), at_once.everything());
        prop_assert!(store.unlinked(0).unwrap().is_empty());
    }
}

fn until(so: impl Fn() -> bool) {
    while !so() {
        std::thread::yield_now();
    }
}

#[test]
fn what_a_writer_does_not_see_is_linked_after_the_requests_and_tells_it_nothing() {
    let (_folder, store) = shared();
    let late = late(&store).running().unwrap();
    submit(store.as_ref(), &Endings, tiered(1, (11, 12), 0), now(), &MAKING).unwrap();
    let own = tiers(store.as_ref(), 0b10);
    let request = late.in_progress();
    let report = late.submit(tiered(2, (11, 12), 1), now(), own.classes(), &MAKING).unwrap();
    assert_eq!((report.records_new, report.links), (2, 0));
    let sees = || store.late_revision(&tiers(store.as_ref(), 0b10)).unwrap();
    let (revision, before) = (store.revision().unwrap(), sees());
    std::thread::sleep(std::time::Duration::from_millis(200));
    assert!(!late.is_done() && everything(store.as_ref(), u8::MAX).links.is_empty());
    drop(request);
    until(|| late.is_done());
    assert_eq!(everything(store.as_ref(), u8::MAX).links.len(), 2);
    assert_eq!((store.revision().unwrap(), sees()), (revision, before));
}

#[test]
fn what_a_program_that_was_stopped_has_left_is_taken_up_at_the_next_start() {
    let (_folder, store) = shared();
    let none = ClassSet::default();
    let first = late(&store);
    first.submit(tiered(1, (11, 12), 0), now(), &none, &MAKING).unwrap();
    first.submit(tiered(2, (11, 12), 1), now(), &none, &MAKING).unwrap();
    drop(first);
    assert!(everything(store.as_ref(), u8::MAX).links.is_empty());
    assert_eq!(store.unlinked(0).unwrap().len(), 4);
    let second = late(&store).running().unwrap();
    until(|| second.is_done());
    assert_eq!(everything(store.as_ref(), u8::MAX).links.len(), 2);
    assert_eq!(store.unlinked(0).unwrap(), []);
}

#[test]
fn links_that_cannot_be_stored_are_not_lost_and_are_told_of() {
    let (folder, store) = shared();
    let late = late(&store).running().unwrap();
    let meddling = rusqlite::Connection::open(folder.path().join("s.db")).unwrap();
    meddling.execute_batch("ALTER TABLE late RENAME TO gone").unwrap();
    for (no, tier) in [(1, 0), (2, 1)] {
        late.submit(tiered(no, (11, 12), tier), now(), &ClassSet::default(), &MAKING).unwrap();
    }
    until(|| late.is_failing());
    assert_eq!(store.unlinked(0).unwrap().len(), 4);
    assert!(late.complete(&tiers(store.as_ref(), u8::MAX)).is_err(), "an answer would lack them");
    meddling.execute_batch("ALTER TABLE gone RENAME TO late").unwrap();
    until(|| late.is_done() && !late.is_failing());
    assert_eq!(everything(store.as_ref(), u8::MAX).links.len(), 2);
    assert_eq!(store.unlinked(0).unwrap(), []);
}

#[test]
fn what_was_removed_meanwhile_is_not_linked() {
    let (_folder, store) = shared();
    let late = late(&store);
    for (no, tier) in [(1, 0), (2, 1)] {
        late.submit(tiered(no, (11, 12), tier), now(), &ClassSet::default(), &MAKING).unwrap();
    }
    let mut transaction = store.begin(&MAKING).unwrap();
    transaction.purge(tiers(store.as_ref(), 0b10).classes()).unwrap();
    transaction.commit().unwrap();
    let late = late.running().unwrap();
    until(|| late.is_done());
    assert!(everything(store.as_ref(), u8::MAX).links.is_empty());
}
