//! The tables of a store's file, and the check that a file is a store. The tables are those of the oldest version that
//! the program knows: [`migrate`]'s steps make the newest of it, in a new file too, so that there is one layout only.

use rusqlite::{Connection, Transaction, TransactionBehavior};

use super::{backend, migrate};
use crate::store::StoreError;

/// `PRAGMA application_id` of a store: "accd".
const APPLICATION_ID: i32 = 0x6163_6364;

/// Kibibytes of pages that the writer keeps. A batch of an import touches thousands of pages in no order: what does not
/// fit is written to the write-ahead log and read back within the transaction.
const WRITER_CACHE_KIB: i64 = 16 << 10;

/// The same during a bulk import.
const BULK_CACHE_KIB: i64 = 1 << 20;

/// Pages in the write-ahead log (of 4 KiB) at which a bulk import copies them into the store's file: a page that many
/// batches touch is then copied once.
const BULK_CHECKPOINT_PAGES: i64 = 128 << 10;

/// The entries that wait for the log. Positions are never used twice.
const ENTRIES: &str = "
CREATE TABLE entry (position INTEGER PRIMARY KEY AUTOINCREMENT,
  write TEXT NOT NULL UNIQUE DEFAULT (lower(hex(randomblob(16)))), json TEXT NOT NULL) STRICT;
";

/// Blocks by the class of the record, so that the rows of a view lie together, apart from others; records that are
/// not yet linked with all others, and since which revision; and how often late links were committed between two
/// classes.
const LINKING: &str = "
CREATE TABLE block (key INTEGER NOT NULL, class INTEGER NOT NULL, record BLOB NOT NULL,
  PRIMARY KEY (key, class, record)) STRICT, WITHOUT ROWID;
CREATE TABLE unlinked (record BLOB PRIMARY KEY, since INTEGER NOT NULL) STRICT, WITHOUT ROWID;
CREATE INDEX unlinked_since ON unlinked (since);
CREATE TABLE late (class_a INTEGER NOT NULL, class_b INTEGER NOT NULL, commits INTEGER NOT NULL,
  PRIMARY KEY (class_a, class_b)) STRICT, WITHOUT ROWID;
";

/// `WITHOUT ROWID` tables keep their rows in the order of the primary key. What [`super::stream`] gives is in the order
/// of ids, by these or by an index.
const TABLES: &str = "
CREATE TABLE meta (one INTEGER PRIMARY KEY CHECK (one = 1), revision INTEGER NOT NULL) STRICT;
INSERT INTO meta VALUES (1, 0);
CREATE TABLE class (id INTEGER PRIMARY KEY, class TEXT NOT NULL UNIQUE) STRICT;
CREATE TABLE record (id BLOB PRIMARY KEY, class INTEGER NOT NULL, json TEXT NOT NULL)
  STRICT, WITHOUT ROWID;
CREATE TABLE tie (id BLOB PRIMARY KEY, class INTEGER NOT NULL, class_from INTEGER NOT NULL,
  class_to INTEGER NOT NULL, json TEXT NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE event (id BLOB PRIMARY KEY, class INTEGER NOT NULL, json TEXT NOT NULL)
  STRICT, WITHOUT ROWID;
CREATE TABLE participant (event BLOB NOT NULL, record BLOB NOT NULL, class INTEGER NOT NULL,
  PRIMARY KEY (event, record)) STRICT, WITHOUT ROWID;
CREATE TABLE link (a BLOB NOT NULL, b BLOB NOT NULL, class_a INTEGER NOT NULL,
  class_b INTEGER NOT NULL, json TEXT NOT NULL, PRIMARY KEY (a, b)) STRICT, WITHOUT ROWID;
CREATE TABLE judgement (a BLOB NOT NULL, b BLOB NOT NULL, owner TEXT NOT NULL, user TEXT NOT NULL,
  class INTEGER NOT NULL, class_a INTEGER NOT NULL, class_b INTEGER NOT NULL, json TEXT NOT NULL,
  PRIMARY KEY (a, b, owner, user)) STRICT, WITHOUT ROWID;
CREATE TABLE document (name TEXT PRIMARY KEY, version INTEGER NOT NULL, text TEXT NOT NULL) STRICT, WITHOUT ROWID;
";

/// Sets the writing connection up, makes the tables in a new file and carries those of an earlier version on.
///
/// # Errors
/// [`StoreError::Format`] when the file is something else or of a version that cannot be carried on.
pub(super) fn prepare(connection: &Connection, create: bool) -> Result<(), StoreError> {
    if !is_store(connection)? {
        if !create || !is_blank(connection)? {
            return Err(StoreError::Format("the file holds something else".into()));
        }
        make(connection)?;
    }
    connection.pragma_update(None, "synchronous", "FULL").map_err(backend)?;
    // What is removed is overwritten.
    connection.pragma_update(None, "secure_delete", "ON").map_err(backend)?;
    // Negative: in kibibytes, not pages.
    connection.pragma_update(None, "cache_size", -WRITER_CACHE_KIB).map_err(backend)?;
    migrate::run(connection)
}

/// Gives the writer more memory and rarer checkpoints.
pub(super) fn expect_bulk(connection: &Connection) -> Result<(), StoreError> {
    connection.pragma_update(None, "cache_size", -BULK_CACHE_KIB).map_err(backend)?;
    // This one answers with its new value.
    connection
        .pragma_update_and_check(None, "wal_autocheckpoint", BULK_CHECKPOINT_PAGES, |_| Ok(()))
        .map_err(backend)
}

/// Returns true if the file says that it is a store.
fn is_store(connection: &Connection) -> Result<bool, StoreError> {
    let id = connection.pragma_query_value(None, "application_id", |row| row.get::<_, i32>(0));
    let id = id.map_err(|error| match backend(error) {
        StoreError::Damaged(_) => StoreError::Format("not an SQLite file".into()),
        other => other,
    })?;
    Ok(id == APPLICATION_ID)
}

/// Returns true if the file has no tables: a program stopped between setting the journal's mode and making the
/// tables leaves one page without any.
fn is_blank(connection: &Connection) -> Result<bool, StoreError> {
    let blank = "SELECT (SELECT count(*) FROM sqlite_schema) = 0
      AND (SELECT user_version FROM pragma_user_version) = 0
      AND (SELECT application_id FROM pragma_application_id) = 0";
    connection.query_row(blank, [], |row| row.get(0)).map_err(backend)
}

fn make(connection: &Connection) -> Result<(), StoreError> {
    connection.pragma_update(None, "journal_mode", "WAL").map_err(backend)?;
    let transaction =
        Transaction::new_unchecked(connection, TransactionBehavior::Immediate).map_err(backend)?;
    // Another process may have made them since.
    if is_store(&transaction)? {
        return Ok(());
    }
    let oldest = migrate::VERSIONS.oldest;
    transaction
        .execute_batch(&format!(
            "{TABLES} {LINKING} {ENTRIES}
             PRAGMA application_id = {APPLICATION_ID}; PRAGMA user_version = {oldest};"
        ))
        .map_err(backend)?;
    migrate::run_within(&transaction)?;
    transaction.commit().map_err(backend)
}
