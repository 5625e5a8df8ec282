//! The store on a Neo4j server (5.26 LTS and later). Records are stored once, under labels that
//! start with `Stored`; the entity graphs of views, which stored queries run on, are separate.
//!
//! Several accord processes may share one server: a writer locks the one `StoredMeta` node.

mod changes;
pub mod connection;
mod forms;
mod linking;
mod migrate;
mod outbox;
mod purge;
mod read;
mod review;
mod verbs;
mod write;

use std::collections::BTreeMap;

use serde_json::json;

use super::{Changes, Document, LogLimits, SnapshotSink, Store, StoreError, Unlinked, WriteTxn};
use crate::audit::Due;
use crate::govern::Sight;
use crate::model::{BlockKey, Class, ClassId, Event, EventId, FormId, Record, RecordId};
use connection::{Connection, Transaction};

/// Constraints of the oldest version that the program carries on ([`migrate`]); each also is the index that look-ups
/// use.
const CONSTRAINTS: [(&str, &[&str]); 10] = [
    ("StoredMeta", &["id"]),
    ("StoredClass", &["id"]),
    ("StoredRecord", &["id"]),
    ("StoredBlock", &["key", "class"]),
    ("StoredTie", &["id"]),
    ("StoredEvent", &["id"]),
    ("StoredJudgement", &["id"]),
    ("StoredDocument", &["name"]),
    ("StoredEntry", &["position"]),
    ("StoredLate", &["class_a", "class_b"]),
];

/// A store on a Neo4j server.
pub struct Neo4jStore {
    connection: Connection,
    logged: outbox::Logged,
    limits: LogLimits,
}

impl Neo4jStore {
    /// Connects; with `create`, prepares a database that holds no store yet. A store of an earlier version is carried
    /// on to this one.
    ///
    /// # Errors
    /// When the server does not answer, or holds no store (without `create`) or one of a version that cannot be
    /// carried on.
    pub fn open(
        host: &str,
        user: &str,
        password: &str,
        database: Option<&str>,
        create: bool,
    ) -> Result<Self, StoreError> {
        let connection = Connection::open(host, user, password, database)?;
        let (logged, limits) = (outbox::Logged::default(), LogLimits::default());
        let store = Self { connection, logged, limits };
        if migrate::version(&store.connection)?.is_none() {
            if !create {
                return Err(StoreError::Format("the database holds no store".into()));
            }
            store.prepare()?;
        }
        migrate::run(&store.connection)?;
        Ok(store)
    }

    /// The store with a change log that keeps more or less than others do.
    #[must_use]
    pub fn with_log(self, limits: LogLimits) -> Self {
        Self { limits, ..self }
    }

    /// The connection, for the stored queries.
    pub fn connection(&self) -> &Connection {
        &self.connection
    }

    /// Commits with the entry that is due.
    fn commit(&self, mut transaction: Transaction<'_>, due: &Due) -> Result<(), StoreError> {
        let writes = self.logged.exchange(&mut transaction, due)?;
        transaction.commit()?;
        due.stored_as(writes);
        Ok(())
    }

    fn prepare(&self) -> Result<(), StoreError> {
        for (label, properties) in CONSTRAINTS {
            constrain(&self.connection, label, properties)?;
        }
        // Another process may have made it since, and carried it on.
        self.connection.run(
            "MERGE (m:StoredMeta {id: 1}) ON CREATE SET m.revision = 0
             SET m.format = coalesce(m.format, $format)",
            json!({ "format": migrate::VERSIONS.oldest }),
        )
    }
}

impl Store for Neo4jStore {
    fn backend(&self) -> &'static str {
        "neo4j"
    }

    fn ping(&self) -> Result<(), StoreError> {
        self.revision().map(|_| ())
    }

    fn revision(&self) -> Result<u64, StoreError> {
        read::revision(&self.connection)
    }

    fn late_revision(&self, view: &Sight) -> Result<u64, StoreError> {
        linking::late_revision(&self.connection, view.classes())
    }

    fn unlinked(&self, after: u64) -> Result<Vec<Unlinked>, StoreError> {
        linking::unlinked(&self.connection, after)
    }

    fn classes(&self) -> Result<Vec<(ClassId, Class)>, StoreError> {
        read::classes(&self.connection)
    }

    fn begin<'a>(&'a self, due: &'a Due) -> Result<Box<dyn WriteTxn + 'a>, StoreError> {
        Ok(Box::new(write::Neo4jTxn::begin(&self.connection, &self.logged, due, self.limits)?))
    }

    fn records(&self, view: &Sight, ids: &[RecordId]) -> Result<Vec<Record>, StoreError> {
        read::records(&self.connection, view.classes(), ids)
    }

    fn events(&self, view: &Sight, ids: &[EventId]) -> Result<Vec<Event>, StoreError> {
        read::events(&self.connection, view.classes(), ids)
    }

    fn candidates(&self, view: &Sight, keys: &[BlockKey]) -> Result<Vec<FormId>, StoreError> {
        read::candidates(&self.connection, view.classes(), keys)
    }

    fn of_forms(
        &self,
        view: &Sight,
        forms: &[FormId],
    ) -> Result<BTreeMap<FormId, Record>, StoreError> {
        read::of_forms(&self.connection, view.classes(), forms)
    }

    fn stream(&self, view: &Sight, sink: &mut dyn SnapshotSink) -> Result<u64, StoreError> {
        read::stream(&self.connection, view.classes(), sink)
    }

    fn changes_since(
        &self,
        view: &Sight,
        after: u64,
        most: usize,
    ) -> Result<Option<Changes>, StoreError> {
        changes::since(&self.connection, view.classes(), after, most)
    }

    fn versioned_document(&self, name: &str) -> Result<Option<Document>, StoreError> {
        let rows = read::rows(
            &self.connection,
            "MATCH (d:StoredDocument {name: $name}) RETURN d.version AS version, d.text AS text",
            json!({ "name": name }),
        )?;
        let document = |row| {
            let version = read::integer(row, "version")? as u64;
            Ok(Document { version, text: read::text(row, "text")?.to_owned() })
        };
        rows.first().map(document).transpose()
    }

    fn document_version(&self, name: &str) -> Result<u64, StoreError> {
        let rows = read::rows(
            &self.connection,
            "MATCH (d:StoredDocument {name: $name}) RETURN d.version AS version",
            json!({ "name": name }),
        )?;
        let version = rows.first().map(|row| read::integer(row, "version")).transpose()?;
        Ok(version.unwrap_or(0) as u64)
    }

    fn put_document(&self, name: &str, text: &str, due: &Due) -> Result<(), StoreError> {
        let mut transaction = self.connection.begin()?;
        transaction.run(write::LOCK, json!({}))?;
        transaction.run(
            "MERGE (d:StoredDocument {name: $name})
             SET d.text = $text, d.version = coalesce(d.version, 0) + 1",
            json!({ "name": name, "text": text }),
        )?;
        self.commit(transaction, due)
    }

    fn documents(&self, prefix: &str) -> Result<BTreeMap<String, String>, StoreError> {
        let rows = read::rows(
            &self.connection,
            "MATCH (d:StoredDocument) WHERE d.name STARTS WITH $prefix
             RETURN d.name AS name, d.text AS text",
            json!({ "prefix": prefix }),
        )?;
        let pair =
            |row| Ok((read::text(row, "name")?.to_owned(), read::text(row, "text")?.to_owned()));
        rows.iter().map(pair).collect()
    }

    fn swap_document(
        &self,
        name: &str,
        before: Option<&str>,
        after: Option<&str>,
        due: &Due,
    ) -> Result<bool, StoreError> {
        let mut transaction = self.connection.begin()?;
        // The lock of every writer: nothing changes between the look and the write.
        transaction.run(write::LOCK, json!({}))?;
        let rows = transaction.run(
            "MATCH (d:StoredDocument {name: $name}) RETURN d.text AS text",
            json!({ "name": name }),
        )?;
        let now = rows.first().map(|row| read::text(row, "text")).transpose()?;
        if now != before {
            return Ok(false);
        }
        match after {
            Some(text) => transaction.run(
                "MERGE (d:StoredDocument {name: $name})
                 SET d.text = $text, d.version = coalesce(d.version, 0) + 1",
                json!({ "name": name, "text": text }),
            )?,
            None => transaction
                .run("MATCH (d:StoredDocument {name: $name}) DELETE d", json!({ "name": name }))?,
        };
        self.commit(transaction, due)?;
        Ok(true)
    }
}

/// Makes a constraint unless it is there: no two nodes of a label have the same values.
fn constrain(connection: &Connection, label: &str, properties: &[&str]) -> Result<(), StoreError> {
    let named: Vec<String> = properties.iter().map(|name| format!("n.{name}")).collect();
    connection.run(
        &format!(
            "CREATE CONSTRAINT {}_{} IF NOT EXISTS FOR (n:{label}) REQUIRE ({}) IS UNIQUE",
            label.to_lowercase(),
            properties.join("_"),
            named.join(", "),
        ),
        json!({}),
    )
}

pub(super) fn to_json<T: serde::Serialize>(value: &T) -> Result<String, StoreError> {
    serde_json::to_string(value).map_err(|error| StoreError::Backend(error.to_string()))
}
