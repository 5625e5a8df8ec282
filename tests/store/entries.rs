//! A write and its entry are one commit: both are there or neither is.

use accord::audit::{AuditLog, Due, Entry, Line, verify};
use accord::model::{BlockKey, ClassSet, Handling};
use accord::store::neo4j::connection::Connection;
use accord::store::{self, Store, StoreAddress, StoreError};
use serde_json::json;

use super::contract::everything;
use super::fixture::{person, records, time};
use super::{emptied, on_both};
use crate::neo4j::Neo4j;
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
fn a_store_of_the_format_before_is_taken_as_it_is() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("s.accord");
    let address = path.to_str().unwrap().parse().unwrap();
    put(store::open(&address, true).unwrap().as_ref(), "1", &MAKING).unwrap();
    let old = rusqlite::Connection::open(&path).unwrap();
    old.execute_batch(
        "DROP TABLE entry; DROP TABLE unlinked; DROP TABLE late;
         ALTER TABLE block RENAME TO block_after;
         CREATE TABLE block (key INTEGER NOT NULL, record BLOB NOT NULL, PRIMARY KEY (key, record))
           STRICT, WITHOUT ROWID;
         INSERT INTO block SELECT key, record FROM block_after;
         DROP TABLE block_after;
         PRAGMA user_version = 4;",
    )
    .unwrap();
    drop(old);
    let opened = store::open(&address, false).unwrap();
    let classes = opened.classes().unwrap().into_iter().map(|(id, _)| id).collect();
    let one = [person("a", "1", Handling::Own).id];
    assert_eq!(opened.candidates(&classes, &[BlockKey(7)]).unwrap(), one);
    assert_eq!(opened.candidates(&ClassSet::default(), &[BlockKey(7)]).unwrap(), []);
    assert_eq!(opened.unlinked().unwrap(), []);
    assert_eq!(opened.late_revision(&classes).unwrap(), 0);
    assert_eq!(everything(opened.as_ref()).records.len(), 1);
    put(opened.as_ref(), "2", &due("2")).unwrap();
    assert_eq!(committed(opened.as_ref()), ["2"]);
    drop(opened);
    let other = rusqlite::Connection::open(&path).unwrap();
    for version in [3, 6] {
        other.pragma_update(None, "user_version", version).unwrap();
        assert!(matches!(store::open(&address, false), Err(StoreError::Format(_))));
    }
}

/// What makes a Neo4j store one of the format before.
const OLDER: [&str; 8] = [
    "DROP CONSTRAINT storedblock_key_class",
    "MATCH (r:StoredRecord)-[in:IN_BLOCK]->(b:StoredBlock) WITH r, in, b.key AS key
     DELETE in MERGE (o:Older {key: key}) MERGE (r)-[:IN_BLOCK]->(o)",
    "MATCH (b:StoredBlock) DELETE b",
    "MATCH (o:Older) SET o:StoredBlock REMOVE o:Older",
    "CREATE CONSTRAINT storedblock_key FOR (n:StoredBlock) REQUIRE n.key IS UNIQUE",
    "MATCH (e:StoredEntry) DELETE e",
    "DROP CONSTRAINT storedlate_class_a_class_b",
    "MATCH (m:StoredMeta {id: 1}) SET m.format = 4",
];

#[test]
fn a_neo4j_store_of_the_format_before_is_taken_as_it_is() {
    let server = Neo4j::shared();
    let _alone = server.alone();
    let (own, other) = (person("a", "1", Handling::Own), person("b", "1", Handling::Own));
    super::contract::apply(emptied(server).as_ref(), &records(&[&own, &other])).unwrap();
    let StoreAddress::Neo4j { host, user, password, database } = server.address() else {
        unreachable!("the test server is a Neo4j")
    };
    let connection = Connection::open(&host, &user, &password, database.as_deref()).unwrap();
    OLDER.iter().for_each(|cypher| connection.run(cypher, json!({})).unwrap());
    let store = store::open(&server.address(), false).unwrap();
    let classes = store.classes().unwrap();
    let of = |agency: &str| -> ClassSet {
        let own = classes.iter().filter(|(_, class)| class.label.agency == agency);
        own.map(|(id, _)| *id).collect()
    };
    for key in [BlockKey(7), BlockKey(u64::MAX)] {
        assert_eq!(store.candidates(&of("a"), &[key]).unwrap(), [own.id]);
        assert_eq!(store.candidates(&of("b"), &[key]).unwrap(), [other.id]);
    }
    put(store.as_ref(), "2", &due("2")).unwrap();
    assert_eq!(committed(store.as_ref()), ["2"]);
    assert_eq!(store.candidates(&of("a"), &[BlockKey(7)]).unwrap().len(), 2);
    drop(store);
    store::open(&server.address(), false).unwrap();
}
