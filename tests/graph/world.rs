//! Small worlds of rows that link, and the snapshots of their callers.

use std::sync::Arc;

use accord::govern::View;
use accord::graph::{self, EntityIndex, RecordIndex, Snapshot};
use accord::ingest::SubmittedRow;
use accord::jobs;
use accord::model::{IdKey, RecordId};
use accord::resolve::{Engine, Model};
use accord::store::{SqliteStore, Store};
use proptest::prelude::*;
use serde_json::json;

use crate::policy;

pub const AGENCIES: [&str; 3] = ["border-guard", "harbour-shelter", "metro-police"];
const NAMES: [&str; 6] = [
    "Katarina Horvat",
    "Katerina Horvatova",
    "Horvat, K.",
    "Blerim Hoxha",
    "Blerim Hodza",
    "Oluwaseun Adeyemi",
];
const BORN: [&str; 4] = ["1991-07-03", "1991-03-07", "1991-07", "1988-11-30"];
const PHONES: [&str; 3] = ["+44 20 2555 0143", "020 2555 0143", "+44 20 2555 0199"];
const STREETS: [&str; 3] = ["12 Station Road", "12 Station Rd", "7 Mill Lane"];

/// The content of a generated row, as positions in the lists above.
#[derive(Debug, Clone)]
pub struct Row {
    pub agency: usize,
    pub shared: bool,
    victim: bool,
    name: usize,
    born: Option<usize>,
    phone: Option<usize>,
    street: Option<usize>,
}

pub fn row() -> impl Strategy<Value = Row> {
    (
        0..AGENCIES.len(),
        any::<bool>(),
        prop::bool::weighted(0.2),
        0..NAMES.len(),
        prop::option::of(0..BORN.len()),
        prop::option::of(0..PHONES.len()),
        prop::option::of(0..STREETS.len()),
    )
        .prop_map(|(agency, shared, victim, name, born, phone, street)| Row {
            agency,
            shared,
            victim,
            name,
            born,
            phone,
            street,
        })
}

impl Row {
    /// Tells if the agency at this position sees the row.
    pub fn visible_to(&self, agency: usize) -> bool {
        self.agency == agency || self.shared
    }

    fn submitted(&self, local_id: &str) -> SubmittedRow {
        let mut person = json!({ "type": "person", "names": [{ "full": NAMES[self.name] }] });
        if let Some(born) = self.born {
            person["birth_date"] = json!(BORN[born]);
        }
        let mut records = vec![json!({ "slot": "p", "body": person })];
        let (mut ties, mut roles) = (Vec::new(), json!({ "subject": ["p"] }));
        if let Some(phone) = self.phone {
            let body = json!({ "type": "phone", "number": PHONES[phone], "region": "GB" });
            records.push(json!({ "slot": "t", "body": body }));
            ties.push(json!({ "kind": "USES", "from": "p", "to": "t" }));
            roles["contact"] = json!(["t"]);
        }
        if let Some(street) = self.street {
            let body = json!({ "type": "address", "line": STREETS[street], "city": "London", "country": "GB" });
            records.push(json!({ "slot": "a", "body": body }));
            ties.push(json!({ "kind": "LIVES_AT", "from": "p", "to": "a" }));
            roles["location"] = json!(["a"]);
        }
        let row = json!({
            "local_id": local_id, "source": "s",
            "handling": if self.shared { "shared" } else { "own" },
            "category": if self.victim { "victim" } else { "contact" },
            "records": records, "ties": ties,
            "events": [{ "kind": "incident", "at": "2026-03-01T00:00:00Z", "participants": roles }],
        });
        serde_json::from_value(row).unwrap()
    }
}

/// A store of its own.
pub struct World {
    pub store: SqliteStore,
    pub engine: Arc<Engine>,
    pub id_key: IdKey,
    _folder: tempfile::TempDir,
}

impl World {
    pub fn empty() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let store = SqliteStore::open(&folder.path().join("s.accord"), true).unwrap();
        let engine = Arc::new(Engine::new(Model::shipped()));
        Self { store, engine, id_key: IdKey::default(), _folder: folder }
    }

    /// Submits rows under these numbers, so many at a time.
    pub fn submit<'a>(&self, rows: impl IntoIterator<Item = (usize, &'a Row)>, at_once: usize) {
        let rows: Vec<(usize, &Row)> = rows.into_iter().collect();
        for batch in rows.chunks(at_once.max(1)) {
            let output = |(number, row): &(usize, &Row)| {
                let submitted = row.submitted(&format!("row-{number}"));
                submitted.into_output(AGENCIES[row.agency], &self.id_key).unwrap()
            };
            let outputs = batch.iter().map(output).collect();
            jobs::submit(
                &self.store,
                self.engine.as_ref(),
                outputs,
                policy::handed_in(),
                &crate::unlogged::MAKING,
            )
            .unwrap();
        }
    }

    /// One row about a person of an agency; returns the record.
    pub fn person(
        &self,
        agency: &str,
        local_id: &str,
        body: serde_json::Value,
        handling: &str,
    ) -> RecordId {
        let row: SubmittedRow = serde_json::from_value(json!({
            "local_id": local_id, "source": "s", "category": "unknown", "handling": handling,
            "records": [{ "slot": "p", "body": body }],
        }))
        .unwrap();
        self.row(agency, row)
    }

    /// One row of an agency; returns its first record.
    pub fn row(&self, agency: &str, row: SubmittedRow) -> RecordId {
        let output = row.into_output(agency, &self.id_key).unwrap();
        let id = output.records[0].id;
        jobs::submit(
            &self.store,
            self.engine.as_ref(),
            vec![output],
            policy::handed_in(),
            &crate::unlogged::MAKING,
        )
        .unwrap();
        id
    }

    /// The view of an agency's analyst.
    pub fn view(&self, agency: &str) -> View {
        let agencies = [&["a", "b", "c"][..], &crate::api::AGENCIES].concat();
        let policy = policy::everyone_shares(&agencies);
        policy::view(&policy, agency, &self.store.classes().unwrap())
    }

    /// The snapshot that an agency's analyst works on.
    pub fn snapshot(&self, agency: &str) -> Snapshot {
        self.snapshot_of(&self.view(agency))
    }

    /// The snapshot of the whole store.
    pub fn whole(&self) -> Snapshot {
        self.snapshot_of(&View::whole_store(
            &crate::policy::holder(),
            &self.store.classes().unwrap(),
        ))
    }

    fn snapshot_of(&self, view: &View) -> Snapshot {
        graph::build(&self.store, view, &self.id_key, &self.engine).unwrap().0
    }
}

/// Everything a snapshot holds, as text, whether it was built so or followed the store.
pub fn text(snapshot: &Snapshot) -> String {
    format!("{:?}", snapshot.merged())
}

/// The position of a record, by its stored id.
pub fn position(snapshot: &Snapshot, record: RecordId) -> RecordIndex {
    snapshot.records().find_by_key(&record, |it| it.id).unwrap()
}

/// The entity of a record, by its stored id.
pub fn entity(snapshot: &Snapshot, record: RecordId) -> EntityIndex {
    snapshot.entity_of(position(snapshot, record))
}
