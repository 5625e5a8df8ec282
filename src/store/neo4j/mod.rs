//! The store on a Neo4j server (5.26 LTS and later). Records are stored once, under labels that
//! start with `Stored`; the entity graphs of views, which stored queries run on, are separate.
//!
//! Several accord processes may share one server: a writer locks the one `StoredMeta` node.

pub mod connection;
mod linking;
mod outbox;
mod purge;
mod read;
mod review;
mod verbs;
mod write;

use std::collections::BTreeMap;

use serde_json::json;

use super::{Changes, Document, SnapshotSink, Store, StoreError, Unlinked, WriteTxn};
use crate::audit::Due;
use crate::govern::Sight;
use crate::model::{BlockKey, Class, ClassId, Event, EventId, Record, RecordId};
use connection::{Connection, Transaction};

/// Raised when the layout changes.
const FORMAT_VERSION: i64 = 5;

/// Constraints; each also is the index that look-ups use.
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
}

impl Neo4jStore {
    /// Connects; with `create`, prepares a database that holds no store yet.
    ///
    /// # Errors
    /// When the server does not answer, or holds no store (without `create`) or another version.
    pub fn open(
        host: &str,
        user: &str,
        password: &str,
        database: Option<&str>,
        create: bool,
    ) -> Result<Self, StoreError> {
        let connection = Connection::open(host, user, password, database)?;
        let store = Self { connection, logged: outbox::Logged::default() };
        match store.format()? {
            Some(FORMAT_VERSION) => {}
            Some(other) => {
                return Err(StoreError::Format(format!(
                    "format version {other}; this program knows version {FORMAT_VERSION}"
                )));
            }
            None if create => store.prepare()?,
            None => return Err(StoreError::Format("the database holds no store".into())),
        }
        Ok(store)
    }

    /// The connection, for the stored queries.
    pub fn connection(&self) -> &Connection {
        &self.connection
    }

    fn format(&self) -> Result<Option<i64>, StoreError> {
        let rows = read::rows(
            &self.connection,
            "MATCH (m:StoredMeta {id: 1}) RETURN m.format AS format",
            json!({}),
        )?;
        Ok(rows.first().and_then(|row| row.get("format")?.as_i64()))
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
            let named: Vec<String> = properties.iter().map(|name| format!("n.{name}")).collect();
            self.connection.run(
                &format!(
                    "CREATE CONSTRAINT {}_{} IF NOT EXISTS
                     FOR (n:{label}) REQUIRE ({}) IS UNIQUE",
                    label.to_lowercase(),
                    properties.join("_"),
                    named.join(", "),
                ),
                json!({}),
            )?;
        }
        self.connection.run(
            "MERGE (m:StoredMeta {id: 1}) ON CREATE SET m.revision = 0 SET m.format = $format",
            json!({ "format": FORMAT_VERSION }),
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
        Ok(Box::new(write::Neo4jTxn::begin(&self.connection, &self.logged, due)?))
    }

    fn records(&self, view: &Sight, ids: &[RecordId]) -> Result<Vec<Record>, StoreError> {
        read::records(&self.connection, view.classes(), ids)
    }

    fn events(&self, view: &Sight, ids: &[EventId]) -> Result<Vec<Event>, StoreError> {
        read::events(&self.connection, view.classes(), ids)
    }

    fn candidates(&self, view: &Sight, keys: &[BlockKey]) -> Result<Vec<RecordId>, StoreError> {
        read::candidates(&self.connection, view.classes(), keys)
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
        let _ = (view, after, most);
        Ok(None)
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

pub(super) fn to_json<T: serde::Serialize>(value: &T) -> Result<String, StoreError> {
    serde_json::to_string(value).map_err(|error| StoreError::Backend(error.to_string()))
}
