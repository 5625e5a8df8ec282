//! The entries that wait for the log.

use std::sync::atomic::{AtomicU64, Ordering};

use rusqlite::{Connection, params};

use super::{SqliteStore, backend, from_json, to_json};
use crate::audit::{Committed, Due, Outbox, OutboxError};
use crate::store::StoreError;

/// The position up to which entries are in the log, and the position up to which they have been removed since.
#[derive(Debug, Default)]
pub(super) struct Logged {
    up_to: AtomicU64,
    removed: AtomicU64,
}

impl Logged {
    /// Removes entries that are in the log by now and stores the entries that are due, within a transaction. Returns
    /// the ids of the entries stored, to be told after the commit.
    pub fn exchange(&self, writer: &Connection, due: &Due) -> Result<Vec<String>, StoreError> {
        let entries = due.to_store()?;
        let up_to = self.up_to.load(Ordering::Relaxed);
        if self.removed.load(Ordering::Relaxed) < up_to {
            remove(writer, up_to)?;
            // Where the transaction is undone they stay until the next start.
            self.removed.store(up_to, Ordering::Relaxed);
        }
        let mut writes = Vec::new();
        for entry in entries {
            let mut insert = writer
                .prepare_cached("INSERT INTO entry (json) VALUES (?1) RETURNING write")
                .map_err(backend)?;
            let write = insert.query_row([to_json(&entry)?], |row| row.get(0));
            writes.push(write.map_err(backend)?);
        }
        Ok(writes)
    }
}

fn remove(writer: &Connection, up_to: u64) -> Result<(), StoreError> {
    writer
        .prepare_cached("DELETE FROM entry WHERE position <= ?1")
        .and_then(|mut delete| delete.execute([up_to as i64]))
        .map(|_| ())
        .map_err(backend)
}

fn committed(reader: &Connection, after: u64, most: usize) -> Result<Vec<Committed>, StoreError> {
    let mut select = reader
        .prepare_cached(
            "SELECT position, write, json FROM entry WHERE position > ?1 ORDER BY position LIMIT ?2",
        )
        .map_err(backend)?;
    let mut rows = select.query(params![after as i64, most as i64]).map_err(backend)?;
    let mut found = Vec::new();
    while let Some(row) = rows.next().map_err(backend)? {
        let json: String = row.get(2).map_err(backend)?;
        found.push(Committed {
            position: row.get::<_, i64>(0).map_err(backend)? as u64,
            write: row.get(1).map_err(backend)?,
            entry: from_json("entry", &json)?,
        });
    }
    Ok(found)
}

impl Outbox for SqliteStore {
    fn committed(&self, after: u64, most: usize) -> Result<Vec<Committed>, OutboxError> {
        self.read(|reader| committed(reader, after, most))
            .map_err(|error| OutboxError(error.to_string()))
    }

    fn logged(&self, up_to: u64) {
        self.logged.up_to.fetch_max(up_to, Ordering::Relaxed);
    }

    fn remove(&self, up_to: u64) -> Result<(), OutboxError> {
        remove(&self.writer(), up_to).map_err(|error| OutboxError(error.to_string()))
    }
}
