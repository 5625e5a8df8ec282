//! A write and its entry are one commit: both are there or neither is.

use accord::audit::{AuditLog, Due, Entry, Line, verify};
use accord::model::Handling;
use accord::store::{self, Store, StoreError};

use super::contract::everything;
use super::fixture::{person, records, time};
use super::on_both;
use crate::unlogged::MAKING;

fn due(request: &str) -> Due {
    Due::of(Entry::apart((time(1), request.to_owned()), "a", Some("u"), "test".to_owned()))
}

/// The requests whose entries the store has committed, in its order.
fn committed(store: &dyn Store) -> Vec<String> {
    let found = store.committed(0, 1_000).unwrap();
    assert!(found.is_sorted_by(|a, b| a.position < b.position));
    found.into_iter().map(|it| it.entry.request).collect()
}

fn put(store: &dyn Store, local_id: &str, due: &Due) -> Result<(), StoreError> {
    let mut transaction = store.begin(due)?;
    transaction.put(&records(&[&person("a", local_id, Handling::Own)]))?;
    transaction.commit()
}

#[test]
fn an_entry_is_committed_with_what_it_is_about_once_for_each_act() {
    on_both(|store| {
        let first = due("first");
        put(store, "1", &first).unwrap();
        assert_eq!(committed(store), ["first"]);
        let stored = first.stored();
        assert_eq!(stored.len(), 1);
        assert_eq!(store.committed(0, 9).unwrap()[0].write, stored[0].0);
        // Later commits of the same act.
        put(store, "2", &first).unwrap();
        store.put_document("d", "one", &first).unwrap();
        assert!(store.swap_document("d", Some("one"), Some("two"), &first).unwrap());
        assert_eq!(committed(store), ["first"]);
        store.put_document("d", "three", &due("second")).unwrap();
        assert!(store.swap_document("d", Some("three"), None, &due("third")).unwrap());
        assert!(store.swap_document("e", None, Some("x"), &due("fourth")).unwrap());
        put(store, "3", &MAKING).unwrap();
        assert_eq!(committed(store), ["first", "second", "third", "fourth"]);
        assert_eq!(
            store.committed(store.committed(0, 2).unwrap()[1].position, 9).unwrap().len(),
            2
        );
    });
}

#[test]
fn handing_in_the_same_again_is_an_act_with_an_entry_and_changes_nothing() {
    on_both(|store| {
        put(store, "1", &due("first")).unwrap();
        let revision = store.revision().unwrap();
        put(store, "1", &due("again")).unwrap();
        assert_eq!(store.revision().unwrap(), revision);
        assert_eq!(committed(store), ["first", "again"]);
    });
}

#[test]
fn what_is_undone_leaves_no_entry_and_what_has_none_is_undone() {
    on_both(|store| {
        let lost = due("lost");
        let mut transaction = store.begin(&lost).unwrap();
        transaction.put(&records(&[&person("a", "1", Handling::Own)])).unwrap();
        drop(transaction);
        assert!(!store.swap_document("d", Some("not there"), Some("x"), &lost).unwrap());
        assert!(lost.stored().is_empty());
        assert!(committed(store).is_empty());
        let nothing = Due::awaited();
        assert!(matches!(put(store, "2", &nothing), Err(StoreError::Unlogged(_))));
        assert!(matches!(store.put_document("d", "x", &nothing), Err(StoreError::Unlogged(_))));
        let swapped = store.swap_document("d", None, Some("x"), &nothing);
        assert!(matches!(swapped, Err(StoreError::Unlogged(_))));
        assert!(everything(store).records.is_empty());
        assert_eq!(store.document("d").unwrap(), None);
        // An act whose entries come to be known on the way: all of them, in one commit.
        let awaited = Due::awaited();
        let mut transaction = store.begin(&awaited).unwrap();
        transaction.put(&records(&[&person("a", "3", Handling::Own)])).unwrap();
        ["x", "y"].iter().for_each(|it| awaited.add(due(it).first().unwrap()));
        transaction.commit().unwrap();
        assert_eq!(committed(store), ["x", "y"]);
        assert_eq!(awaited.stored().len(), 2);
    });
}

#[test]
fn what_is_in_the_log_goes_with_the_next_commit_and_positions_are_not_used_again() {
    on_both(|store| {
        ["1", "2", "3"].iter().for_each(|it| put(store, it, &due(it)).unwrap());
        let last = store.committed(0, 9).unwrap()[2].position;
        store.logged(store.committed(0, 9).unwrap()[1].position);
        assert_eq!(committed(store).len(), 3);
        put(store, "4", &due("4")).unwrap();
        assert_eq!(committed(store), ["3", "4"]);
        store.remove(u64::from(u32::MAX)).unwrap();
        put(store, "5", &due("5")).unwrap();
        assert!(store.committed(last + 1, 9).unwrap().len() == 1);
    });
}

#[test]
fn the_log_takes_what_a_store_has_committed_once_whoever_dies_in_between() {
    on_both(|store| {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("log");
        let log = AuditLog::open(&path).unwrap();
        put(store, "1", &due("1")).unwrap();
        log.settle(store, None).unwrap();
        put(store, "2", &due("2")).unwrap();
        // Another starts after this one was killed, with the store as that left it.
        let again = AuditLog::open(&path).unwrap();
        again.empty(store).unwrap();
        assert!(committed(store).is_empty());
        put(store, "3", &due("3")).unwrap();
        again.empty(store).unwrap();
        let text = std::fs::read_to_string(&path).unwrap();
        let line = |line| serde_json::from_str::<Line>(line).unwrap().entry;
        let entries: Vec<Entry> = text.lines().map(line).collect();
        let requests: Vec<&str> = entries.iter().map(|it| it.request.as_str()).collect();
        assert_eq!(requests, ["1", "2", "3"]);
        assert!(entries.iter().all(|it| it.write.as_ref().is_some_and(|id| id.len() == 32)));
        verify(&path).unwrap();
    });
}

#[test]
fn a_store_of_another_format_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("s.accord");
    let address = path.to_str().unwrap().parse().unwrap();
    put(store::open(&address, true).unwrap().as_ref(), "1", &MAKING).unwrap();
    let other = rusqlite::Connection::open(&path).unwrap();
    // In format 4 all but a victim's phone and address bore no victim's label.
    for version in [3, 4, 8] {
        other.pragma_update(None, "user_version", version).unwrap();
        assert!(matches!(store::open(&address, false), Err(StoreError::Format(_))));
    }
}
