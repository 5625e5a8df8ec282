//! The entries that wait for the log.

use std::sync::atomic::{AtomicU64, Ordering};

use serde_json::json;

use super::Neo4jStore;
use super::connection::Transaction;
use super::read::{Cells, integer, object, rows, text};
use super::to_json;
use crate::audit::{Committed, Due, Outbox, OutboxError};
use crate::store::StoreError;

const REMOVE: &str = "MATCH (e:StoredEntry) WHERE e.position <= $up_to DELETE e";

/// The position up to which entries are in the log, and the position up to which they have been removed since.
#[derive(Debug, Default)]
pub(super) struct Logged {
    up_to: AtomicU64,
    removed: AtomicU64,
}

impl Logged {
    /// Removes entries that are in the log by now and stores the entries that are due, within a transaction that holds
    /// the lock of writers: so positions are in the order of commits. Returns the ids of the entries stored, to be told
    /// after the commit.
    pub fn exchange(
        &self,
        transaction: &mut Transaction<'_>,
        due: &Due,
    ) -> Result<Vec<String>, StoreError> {
        let entries = due.to_store()?;
        let up_to = self.up_to.load(Ordering::Relaxed);
        if self.removed.load(Ordering::Relaxed) < up_to {
            transaction.run(REMOVE, json!({ "up_to": up_to }))?;
            // Where the transaction is undone they stay until the next start.
            self.removed.store(up_to, Ordering::Relaxed);
        }
        let mut writes = Vec::new();
        for entry in entries {
            let stored = transaction.run(
                "MATCH (m:StoredMeta {id: 1}) SET m.entries = coalesce(m.entries, 0) + 1
                 CREATE (e:StoredEntry
                   {position: m.entries, write: replace(randomUUID(), '-', ''), json: $entry})
                 RETURN e.write AS write",
                json!({ "entry": to_json(&entry)? }),
            )?;
            let missing = || StoreError::Damaged("no StoredMeta".into());
            writes.push(text(stored.first().ok_or_else(missing)?, "write")?.to_owned());
        }
        Ok(writes)
    }
}

fn committed(row: &Cells) -> Result<Committed, StoreError> {
    Ok(Committed {
        position: integer(row, "position")? as u64,
        write: text(row, "write")?.to_owned(),
        entry: object(row, "entry")?,
    })
}

impl Outbox for Neo4jStore {
    fn committed(&self, after: u64, most: usize) -> Result<Vec<Committed>, OutboxError> {
        let found = rows(
            &self.connection,
            "MATCH (e:StoredEntry) WHERE e.position > $after
             RETURN e.position AS position, e.write AS write, e.json AS entry
             ORDER BY position LIMIT $most",
            json!({ "after": after, "most": most }),
        );
        found
            .and_then(|rows| rows.iter().map(committed).collect())
            .map_err(|error| OutboxError(error.to_string()))
    }

    fn logged(&self, up_to: u64) {
        self.logged.up_to.fetch_max(up_to, Ordering::Relaxed);
    }

    fn remove(&self, up_to: u64) -> Result<(), OutboxError> {
        self.connection
            .run(REMOVE, json!({ "up_to": up_to }))
            .map_err(|error| OutboxError(error.to_string()))
    }
}
