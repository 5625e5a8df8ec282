//! The embedded store: one SQLite file in WAL mode with `synchronous=FULL`, so that a commit that
//! returned is on disk. One writer at a time, any number of readers, each on a snapshot of its own.

mod changes;
mod forms;
mod linking;
mod migrate;
mod outbox;
mod purge;
mod read;
mod review;
mod schema;
mod stream;
mod verbs;
mod write;

use std::collections::BTreeMap;
use std::fs::OpenOptions;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use rusqlite::{Connection, OpenFlags, OptionalExtension, TransactionBehavior, params};

use super::{Changes, Document, LogLimits, SnapshotSink, Store, StoreError, Unlinked, WriteTxn};
use crate::audit::Due;
use crate::govern::Sight;
use crate::model::{BlockKey, Class, ClassId, Event, EventId, FormId, Record, RecordId};
use crate::private;

/// How long a writer waits for another process's write to end.
const BUSY_TIMEOUT: Duration = Duration::from_secs(30);

/// Readers kept open for reuse; more are opened when needed and closed afterwards.
const IDLE_READERS_MAX: usize = 8;

/// Prepared statements kept per connection.
const STATEMENTS_CACHED: usize = 64;

/// An embedded store.
#[derive(Debug)]
pub struct SqliteStore {
    path: PathBuf,
    writer: Mutex<Connection>,
    idle_readers: Mutex<Vec<Connection>>,
    logged: outbox::Logged,
    limits: LogLimits,
}

impl SqliteStore {
    /// Opens a store; with `create`, makes the file when it is missing or empty. A store of an earlier version is
    /// carried on to this one.
    ///
    /// # Errors
    /// When the file is missing (without `create`), is not a store or one of a version that cannot be carried on, or
    /// cannot be opened.
    pub fn open(path: &Path, create: bool) -> Result<Self, StoreError> {
        if !create && !path.is_file() {
            return Err(StoreError::Format(format!("{} does not exist", path.display())));
        }
        // Made before SQLite opens it, which gives its log and index files the mode of this one.
        private::open_closed(OpenOptions::new().read(true).write(true).create(create), path)
            .map_err(|error| StoreError::Unavailable(error.to_string()))?;
        let writer = connect(path, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
        schema::prepare(&writer, create)?;
        Ok(Self {
            path: path.to_owned(),
            writer: Mutex::new(writer),
            idle_readers: Mutex::new(Vec::new()),
            logged: outbox::Logged::default(),
            limits: LogLimits::default(),
        })
    }

    /// The store with a change log that keeps more or less than others do.
    #[must_use]
    pub fn with_log(self, limits: LogLimits) -> Self {
        Self { limits, ..self }
    }

    fn writer(&self) -> MutexGuard<'_, Connection> {
        self.writer.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Runs `work` in a write transaction of its own, which is committed with the entry that is due if `work` has
    /// changed something, and undone if not.
    fn write(
        &self,
        due: &Due,
        work: impl FnOnce(&Connection) -> Result<bool, StoreError>,
    ) -> Result<bool, StoreError> {
        let mut writer = self.writer();
        let transaction =
            writer.transaction_with_behavior(TransactionBehavior::Immediate).map_err(backend)?;
        // Dropped without a commit it is undone.
        if !work(&transaction)? {
            return Ok(false);
        }
        let writes = self.logged.exchange(&transaction, due)?;
        transaction.commit().map_err(backend)?;
        due.stored_as(writes);
        Ok(true)
    }

    /// Runs `work` on a reader, within one read transaction: everything it reads is of one state.
    fn read<T>(
        &self,
        work: impl FnOnce(&Connection) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        let idle = self.idle_readers.lock().unwrap_or_else(PoisonError::into_inner).pop();
        let mut reader = match idle {
            Some(reader) => reader,
            None => connect(&self.path, OpenFlags::SQLITE_OPEN_READ_WRITE)?,
        };
        let transaction = reader.transaction().map_err(backend)?;
        let result = work(&transaction);
        transaction.finish().map_err(backend)?;
        let mut idle = self.idle_readers.lock().unwrap_or_else(PoisonError::into_inner);
        if idle.len() < IDLE_READERS_MAX {
            idle.push(reader);
        }
        result
    }
}

impl Store for SqliteStore {
    fn backend(&self) -> &'static str {
        "sqlite"
    }

    fn ping(&self) -> Result<(), StoreError> {
        self.revision().map(|_| ())
    }

    fn expect_bulk(&self) -> Result<(), StoreError> {
        schema::expect_bulk(&self.writer())
    }

    fn revision(&self) -> Result<u64, StoreError> {
        self.read(read::revision)
    }

    fn late_revision(&self, view: &Sight) -> Result<u64, StoreError> {
        self.read(|reader| linking::late_revision(reader, view.classes()))
    }

    fn unlinked(&self, after: u64) -> Result<Vec<Unlinked>, StoreError> {
        self.read(|reader| linking::unlinked(reader, after))
    }

    fn classes(&self) -> Result<Vec<(ClassId, Class)>, StoreError> {
        self.read(read::classes)
    }

    fn begin<'a>(&'a self, due: &'a Due) -> Result<Box<dyn WriteTxn + 'a>, StoreError> {
        Ok(Box::new(write::SqliteTxn::begin(self.writer(), &self.logged, due, self.limits)?))
    }

    fn records(&self, view: &Sight, ids: &[RecordId]) -> Result<Vec<Record>, StoreError> {
        self.read(|reader| read::records(reader, view.classes(), ids))
    }

    fn events(&self, view: &Sight, ids: &[EventId]) -> Result<Vec<Event>, StoreError> {
        self.read(|reader| read::events(reader, view.classes(), ids))
    }

    fn candidates(&self, view: &Sight, keys: &[BlockKey]) -> Result<Vec<FormId>, StoreError> {
        self.read(|reader| read::candidates(reader, view.classes(), keys))
    }

    fn of_forms(
        &self,
        view: &Sight,
        forms: &[FormId],
    ) -> Result<BTreeMap<FormId, Record>, StoreError> {
        self.read(|reader| read::of_forms(reader, view.classes(), forms))
    }

    fn stream(&self, view: &Sight, sink: &mut dyn SnapshotSink) -> Result<u64, StoreError> {
        self.read(|reader| stream::stream(reader, view.classes(), sink))
    }

    fn changes_since(
        &self,
        view: &Sight,
        after: u64,
        most: usize,
    ) -> Result<Option<Changes>, StoreError> {
        self.read(|reader| changes::since(reader, view.classes(), after, most))
    }

    fn versioned_document(&self, name: &str) -> Result<Option<Document>, StoreError> {
        self.read(|reader| document(reader, name))
    }

    fn document_version(&self, name: &str) -> Result<u64, StoreError> {
        let select = "SELECT version FROM document WHERE name = ?1";
        self.read(|reader| {
            let mut statement = reader.prepare_cached(select).map_err(backend)?;
            let found = statement.query_row([name], |row| row.get::<_, i64>(0)).optional();
            Ok(found.map_err(backend)?.unwrap_or(0) as u64)
        })
    }

    fn put_document(&self, name: &str, text: &str, due: &Due) -> Result<(), StoreError> {
        let put = "INSERT INTO document (name, version, text) VALUES (?1, 1, ?2)
             ON CONFLICT (name) DO UPDATE SET text = excluded.text, version = version + 1";
        let work = |writer: &Connection| {
            writer.execute(put, params![name, text]).map(|_| true).map_err(backend)
        };
        self.write(due, work).map(|_| ())
    }

    fn documents(&self, prefix: &str) -> Result<BTreeMap<String, String>, StoreError> {
        self.read(|reader| {
            // Not LIKE, which has wildcards and ignores case.
            let sql = "SELECT name, text FROM document WHERE substr(name, 1, length(?1)) = ?1";
            let mut statement = reader.prepare_cached(sql).map_err(backend)?;
            let rows = statement.query_map([prefix], |row| Ok((row.get(0)?, row.get(1)?)));
            rows.and_then(Iterator::collect).map_err(backend)
        })
    }

    fn swap_document(
        &self,
        name: &str,
        before: Option<&str>,
        after: Option<&str>,
        due: &Due,
    ) -> Result<bool, StoreError> {
        self.write(due, |writer| {
            let changed = match (before, after) {
                (None, None) => return Ok(document(writer, name)?.is_none()),
                (None, Some(after)) => writer.execute(
                    "INSERT INTO document (name, version, text) VALUES (?1, 1, ?2)
                     ON CONFLICT (name) DO NOTHING",
                    params![name, after],
                ),
                (Some(before), Some(after)) => writer.execute(
                    "UPDATE document SET text = ?3, version = version + 1
                     WHERE name = ?1 AND text = ?2",
                    params![name, before, after],
                ),
                (Some(before), None) => writer.execute(
                    "DELETE FROM document WHERE name = ?1 AND text = ?2",
                    params![name, before],
                ),
            };
            Ok(changed.map_err(backend)? == 1)
        })
    }
}

fn document(reader: &Connection, name: &str) -> Result<Option<Document>, StoreError> {
    let select = "SELECT version, text FROM document WHERE name = ?1";
    let mut statement = reader.prepare_cached(select).map_err(backend)?;
    let found = statement.query_row([name], |row| {
        Ok(Document { version: row.get::<_, i64>(0)? as u64, text: row.get(1)? })
    });
    found.optional().map_err(backend)
}

fn connect(path: &Path, flags: OpenFlags) -> Result<Connection, StoreError> {
    let connection = Connection::open_with_flags(path, flags | OpenFlags::SQLITE_OPEN_NO_MUTEX)
        .map_err(|error| StoreError::Unavailable(error.to_string()))?;
    connection.busy_timeout(BUSY_TIMEOUT).map_err(backend)?;
    connection.set_prepared_statement_cache_capacity(STATEMENTS_CACHED);
    Ok(connection)
}

/// SQLite's own words never hold bound values, so they are safe to pass on.
fn backend(error: rusqlite::Error) -> StoreError {
    let extended = error.sqlite_error().map(|error| error.extended_code);
    match error.sqlite_error_code() {
        Some(rusqlite::ErrorCode::DiskFull) => StoreError::Full,
        // The index of the write-ahead log cannot be made larger.
        _ if extended == Some(rusqlite::ffi::SQLITE_IOERR_SHMSIZE) => StoreError::Full,
        Some(rusqlite::ErrorCode::DatabaseBusy | rusqlite::ErrorCode::DatabaseLocked) => {
            StoreError::Busy
        }
        Some(rusqlite::ErrorCode::NotADatabase | rusqlite::ErrorCode::DatabaseCorrupt) => {
            StoreError::Damaged(error.to_string())
        }
        _ => StoreError::Backend(error.to_string()),
    }
}

/// Reads a stored JSON text back. The error does not quote the text.
fn from_json<T: serde::de::DeserializeOwned>(
    kind: &'static str,
    text: &str,
) -> Result<T, StoreError> {
    serde_json::from_str(text)
        .map_err(|error| StoreError::Damaged(format!("{kind}: {:?} error", error.classify())))
}

fn to_json<T: serde::Serialize>(value: &T) -> Result<String, StoreError> {
    serde_json::to_string(value).map_err(|error| StoreError::Backend(error.to_string()))
}
