//! Stores of an earlier version are carried on; those of a later one, or too old, are refused.

use std::collections::BTreeMap;
use std::io::Read;
use std::path::{Path, PathBuf};

use accord::model::{
    ClassId, Event, FormId, FormLink, Handling, Judgement, Link, Record, RecordId, Tie,
};
use accord::store::{SnapshotSink, SqliteStore, Store, StoreError};
use flate2::read::GzDecoder;
use rusqlite::Connection;
use serde_json::{Value, json};

use super::contract::{apply, everything};
use super::fixture::{Collected, person, records};
use super::held::Held;
use super::retention::rows;
use super::{connect, emptied, open_neo4j};
use crate::neo4j::Neo4j;
use crate::policy;

/// What this program makes.
const NEWEST: i64 = 7;

fn fixture(name: &str) -> Vec<u8> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/stores");
    let mut bytes = Vec::new();
    let file = std::fs::File::open(folder.join(name)).unwrap();
    GzDecoder::new(file).read_to_end(&mut bytes).unwrap();
    bytes
}

/// A store of format 5: the first rows of the demo's files as the program of that format imported them, two judgements,
/// a record that was yet to be linked, a row that was reviewed, a document and an entry that was yet to be logged.
fn format_5(folder: &Path) -> PathBuf {
    let path = folder.join("five.accord");
    std::fs::write(&path, fixture("format-5.sqlite.gz")).unwrap();
    path
}

fn version(path: &Path) -> i64 {
    let file = Connection::open(path).unwrap();
    file.pragma_query_value(None, "user_version", |row| row.get(0)).unwrap()
}

fn set_version(path: &Path, version: i64) {
    Connection::open(path).unwrap().pragma_update(None, "user_version", version).unwrap();
}

/// The objects of a stream as JSON.
#[derive(Default)]
struct Lines(Vec<Value>);

impl SnapshotSink for Lines {
    fn record(&mut self, class: ClassId, form: FormId, record: Record) {
        let own = FormId(record.id.0) == form;
        assert!(own, "a record of an earlier version is a form of its own");
        self.0.push(json!({ "class": class.0, "record": record }));
    }

    fn tie(&mut self, tie: Tie) {
        self.0.push(json!({ "tie": tie }));
    }

    fn event(&mut self, event: Event) {
        self.0.push(json!({ "event": event }));
    }

    fn link(&mut self, link: FormLink) {
        // The forms have the bytes of their records.
        self.0.push(json!({ "link": link.between(RecordId(link.a.0), RecordId(link.b.0)) }));
    }

    fn judgement(&mut self, judgement: Judgement) {
        self.0.push(json!({ "judgement": judgement }));
    }
}

/// The objects of a store; its links are given between records instead of forms.
fn of_records(store: &dyn Store) -> (Collected, Vec<Link>) {
    let held = Held::of(store, &policy::whole(store));
    let record: BTreeMap<FormId, RecordId> =
        held.records.iter().map(|(id, (_, form, _))| (*form, *id)).collect();
    let between = |link: &FormLink| link.between(record[&link.a], record[&link.b]);
    let mut links: Vec<Link> = held.links.values().map(between).collect();
    links.sort_by_key(|link| (link.a, link.b));
    (Collected { links: Vec::new(), ..everything(store) }, links)
}

fn streamed(store: &dyn Store) -> Vec<Value> {
    let mut lines = Lines::default();
    store.stream(policy::whole(store).sight(), &mut lines).unwrap();
    lines.0
}

/// The log tells nothing of the revisions so far, and everything from here on.
fn the_log_begins(store: &dyn Store) {
    let view = policy::whole(store);
    let now = store.revision().unwrap();
    let told = |after| store.changes_since(view.sight(), after, 1_000).unwrap();
    assert!(now > 0 && told(now - 1).is_none() && told(0).is_none());
    assert!(told(now).is_some_and(|told| told.records.is_empty()));
    let new = person("new", "1", Handling::Own);
    apply(store, &records(&[&new])).unwrap();
    let told = store.changes_since(policy::whole(store).sight(), now, 1_000).unwrap().unwrap();
    assert_eq!(told.records.keys().collect::<Vec<_>>(), [&new.id]);
    assert_eq!(told.revision, now + 1);
}

#[test]
fn a_store_of_format_5_is_carried_on_and_says_the_same() {
    let said: Vec<Value> = String::from_utf8(fixture("format-5.jsonl.gz"))
        .unwrap()
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!(said.len(), 113 + 64 + 32 + 68 + 2);
    let folder = tempfile::tempdir().unwrap();
    let path = format_5(folder.path());
    assert_eq!(version(&path), 5);
    // Also where nothing may be made.
    let store = SqliteStore::open(&path, false).unwrap();
    assert_eq!(version(&path), NEWEST);
    assert_eq!(streamed(&store), said);
    assert_eq!(store.revision().unwrap(), 12);
    assert_eq!(store.document("note").unwrap().as_deref(), Some("of format 5"));
    assert_eq!(store.unlinked(0).unwrap().len(), 1);
    let waiting = accord::audit::Outbox::committed(&store, 0, 9).unwrap();
    assert_eq!(waiting.into_iter().map(|it| it.entry.request).collect::<Vec<_>>(), ["request"]);
    // Opening it again changes nothing.
    drop(store);
    let store = SqliteStore::open(&path, true).unwrap();
    assert_eq!((version(&path), streamed(&store)), (NEWEST, said));
    the_log_begins(&store);
}

#[test]
fn a_store_that_was_carried_on_is_laid_out_as_a_new_one() {
    let folder = tempfile::tempdir().unwrap();
    let (old, new) = (format_5(folder.path()), folder.path().join("new.accord"));
    let layout = |path: &Path| {
        drop(SqliteStore::open(path, true).unwrap());
        let file = Connection::open(path).unwrap();
        let mut tables = file
            .prepare("SELECT name, coalesce(sql, '') FROM sqlite_schema ORDER BY name")
            .unwrap();
        let rows = tables.query_map([], |row| Ok((row.get(0)?, row.get(1)?))).unwrap();
        rows.collect::<Result<Vec<(String, String)>, _>>().unwrap()
    };
    assert_eq!(layout(&old), layout(&new));
}

#[test]
fn of_programs_that_open_a_store_at_once_one_carries_it_on() {
    let folder = tempfile::tempdir().unwrap();
    for path in [format_5(folder.path()), folder.path().join("new.accord")] {
        let stores: Vec<SqliteStore> = std::thread::scope(|scope| {
            let open = || SqliteStore::open(&path, true).unwrap();
            let threads: Vec<_> = (0..4).map(|_| scope.spawn(open)).collect();
            threads.into_iter().map(|it| it.join().unwrap()).collect()
        });
        assert_eq!(version(&path), NEWEST);
        let revision = stores[0].revision().unwrap();
        assert!(stores.iter().all(|store| store.revision().unwrap() == revision));
    }
}

#[test]
fn a_store_of_a_later_program_or_of_too_early_a_one_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = format_5(folder.path());
    for (version, says) in [(99, "newer than the program"), (4, "victim"), (0, "cannot be carried")]
    {
        set_version(&path, version);
        for create in [false, true] {
            let refused = SqliteStore::open(&path, create);
            let Err(StoreError::Format(said)) = refused else { panic!("{version} is opened") };
            assert!(said.contains(&format!("version {version};")) && said.contains(says), "{said}");
        }
    }
    set_version(&path, 5);
    SqliteStore::open(&path, false).unwrap();
}

#[test]
fn a_step_that_fails_leaves_the_store_as_it_was() {
    let folder = tempfile::tempdir().unwrap();
    let path = format_5(folder.path());
    // The second thing that the step does is there already.
    let column = "ALTER TABLE meta ADD COLUMN log_bytes INTEGER NOT NULL DEFAULT 0";
    Connection::open(&path).unwrap().execute(column, []).unwrap();
    assert!(SqliteStore::open(&path, false).is_err());
    assert_eq!(version(&path), 5);
    let file = Connection::open(&path).unwrap();
    let made = "SELECT count(*) FROM sqlite_schema WHERE name = 'change_log'";
    assert_eq!(file.query_row(made, [], |row| row.get::<_, i64>(0)).unwrap(), 0);
    file.execute("ALTER TABLE meta DROP COLUMN log_bytes", []).unwrap();
    SqliteStore::open(&path, false).unwrap();
}

#[test]
fn a_store_of_format_5_on_neo4j_is_carried_on() {
    let server = Neo4j::shared();
    let _alone = server.alone();
    let store = emptied(server);
    apply(store.as_ref(), &rows().batch).unwrap();
    let said = of_records(store.as_ref());
    let database = connect(server);
    let run = |cypher: &str| database.run(cypher, json!({})).unwrap();
    let format = || {
        let found = database.read(
            "MATCH (m:StoredMeta) RETURN m.format AS format, m.log_bytes AS bytes",
            json!({}),
            std::time::Duration::from_secs(9),
        );
        let found = found.unwrap();
        (found[0]["format"].as_i64(), found[0]["bytes"].as_i64().is_some())
    };
    assert_eq!(format(), (Some(NEWEST), true));
    // As the program of that format leaves it.
    let back = || {
        for step in [
            "MATCH (r:StoredRecord)-[:HAS_FORM]->(f)-[in:IN_BLOCK]->(b)
             CREATE (r)-[:IN_BLOCK]->(b) DELETE in",
            "MATCH (r:StoredRecord)-[:HAS_FORM]->(f)-[l:LINKED]->(g)<-[:HAS_FORM]-(s:StoredRecord)
             CREATE (r)-[:LINKED {json: l.json}]->(s) DELETE l",
            "MATCH (r:StoredRecord)-[:HAS_FORM]->(f:StoredUnlinked)
             SET r:StoredUnlinked, r.unlinked_since = f.unlinked_since",
            "MATCH (r:StoredRecord)-[:HAS_FORM]->(f) REMOVE r.form, r.content DETACH DELETE f",
        ] {
            run(step);
        }
        run("MATCH (c:StoredChanges) DELETE c");
        run("MATCH (m:StoredMeta) SET m.format = 5 REMOVE m.log_bytes");
    };
    back();
    run("DROP CONSTRAINT storedchanges_revision");
    let store = open_neo4j(server, false).unwrap();
    assert_eq!(format(), (Some(NEWEST), true));
    assert_eq!(of_records(&store), said);
    the_log_begins(&store);
    // Again, and where a step was cut short after its constraints.
    open_neo4j(server, true).unwrap();
    back();
    let stores: Vec<_> = std::thread::scope(|scope| {
        let threads: Vec<_> =
            (0..3).map(|_| scope.spawn(|| open_neo4j(server, false).unwrap())).collect();
        threads.into_iter().map(|it| it.join().unwrap()).collect()
    });
    assert_eq!((stores.len(), format()), (3, (Some(NEWEST), true)));
    for (version, says) in [(99, "newer than the program"), (4, "victim")] {
        run(&format!("MATCH (m:StoredMeta) SET m.format = {version}"));
        let Err(StoreError::Format(said)) = open_neo4j(server, true) else { panic!("{version}") };
        assert!(said.contains(&format!("version {version};")) && said.contains(says), "{said}");
    }
}
