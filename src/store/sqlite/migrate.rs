//! Versions of a store's file. A store of an earlier version is carried on to this program's one step at a time, each
//! in one transaction with the version that it leads to: whenever a program stops, the file is of one version.

use rusqlite::{Connection, Transaction, TransactionBehavior};

use super::backend;
use crate::store::StoreError;
use crate::store::migrate::Versions;

/// The versions that this program knows: those of [`super::schema`]'s tables, and one more for each step.
pub(super) const VERSIONS: Versions = Versions { oldest: 5, newest: 5 + STEPS.len() as i64 };

/// A step that leads from one version to the next.
type Step = fn(&Connection) -> Result<(), StoreError>;

/// The steps, by the version that they lead from. A step that was once released never changes.
const STEPS: [Step; 2] = [change_log, forms];

/// 5 to 6: the change log, which tells nothing of the revisions so far.
fn change_log(connection: &Connection) -> Result<(), StoreError> {
    connection
        .execute_batch(
            "CREATE TABLE change_log (revision INTEGER PRIMARY KEY, touched BLOB NOT NULL) STRICT;
             ALTER TABLE meta ADD COLUMN log_bytes INTEGER NOT NULL DEFAULT 0;",
        )
        .map_err(backend)
}

/// 6 to 7: links, blocking keys and notes are of forms. A record of before is a form of its own, which has the bytes of
/// its id, and so have its keys and links: what it says was never hashed, and only the engine could do so.
///
/// Large rows lie in the order in which they came, and are found by an index of their ids. Ids are hashes: in a table in
/// the order of its ids every commit of an import rewrites nearly every page.
fn forms(connection: &Connection) -> Result<(), StoreError> {
    connection
        .execute_batch(
            "CREATE TABLE record_7 (id BLOB NOT NULL, class INTEGER NOT NULL, json TEXT NOT NULL,
               form BLOB NOT NULL, content BLOB NOT NULL) STRICT;
             INSERT INTO record_7 SELECT id, class, json, id, id FROM record;
             DROP TABLE record;
             ALTER TABLE record_7 RENAME TO record;
             CREATE UNIQUE INDEX record_id ON record (id);
             CREATE INDEX record_form ON record (form);
             CREATE TABLE tie_7 (id BLOB NOT NULL, class INTEGER NOT NULL, class_from INTEGER NOT NULL,
               class_to INTEGER NOT NULL, json TEXT NOT NULL) STRICT;
             INSERT INTO tie_7 SELECT id, class, class_from, class_to, json FROM tie;
             DROP TABLE tie;
             ALTER TABLE tie_7 RENAME TO tie;
             CREATE UNIQUE INDEX tie_id ON tie (id);
             CREATE TABLE event_7 (id BLOB NOT NULL, class INTEGER NOT NULL, json TEXT NOT NULL) STRICT;
             INSERT INTO event_7 SELECT id, class, json FROM event;
             DROP TABLE event;
             ALTER TABLE event_7 RENAME TO event;
             CREATE UNIQUE INDEX event_id ON event (id);
             CREATE TABLE link_7 (a BLOB NOT NULL, b BLOB NOT NULL, class_a INTEGER NOT NULL,
               class_b INTEGER NOT NULL, json TEXT NOT NULL) STRICT;
             INSERT INTO link_7 SELECT a, b, class_a, class_b, json FROM link;
             DROP TABLE link;
             ALTER TABLE link_7 RENAME TO link;
             CREATE UNIQUE INDEX link_pair ON link (a, b);
             ALTER TABLE block RENAME COLUMN record TO form;
             ALTER TABLE unlinked RENAME COLUMN record TO form;",
        )
        .map_err(backend)
}

/// Carries a store on to the newest version.
///
/// # Errors
/// [`StoreError::Format`] when the store's version is none that can be carried on.
pub(super) fn run(connection: &Connection) -> Result<(), StoreError> {
    while VERSIONS.step_from(version(connection)?)?.is_some() {
        // Another process may be about the same: the version is read again under the lock.
        let transaction = Transaction::new_unchecked(connection, TransactionBehavior::Immediate)
            .map_err(backend)?;
        step(&transaction)?;
        transaction.commit().map_err(backend)?;
    }
    Ok(())
}

/// Makes all steps within the caller's transaction, which makes a store.
pub(super) fn run_within(transaction: &Connection) -> Result<(), StoreError> {
    while step(transaction)? {}
    Ok(())
}

/// Makes the next step within the caller's transaction; returns false if there is none.
fn step(transaction: &Connection) -> Result<bool, StoreError> {
    let version = version(transaction)?;
    let next = VERSIONS.step_from(version)?.and_then(|step| STEPS.get(step));
    if let Some(step) = next {
        step(transaction)?;
        transaction.pragma_update(None, "user_version", version + 1).map_err(backend)?;
    }
    Ok(next.is_some())
}

fn version(connection: &Connection) -> Result<i64, StoreError> {
    connection.pragma_query_value(None, "user_version", |row| row.get(0)).map_err(backend)
}
