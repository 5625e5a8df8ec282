//! Moving objects to the class of another review.

use rusqlite::{OptionalExtension, params};

use super::write::SqliteTxn;
use super::{backend, linking};
use crate::model::{ClassId, Timestamp};
use crate::store::review::reviewed;
use crate::store::{Ids, StoreError};

/// The records that were moved, with their classes before and after.
const MOVED: &str = "CREATE TEMP TABLE IF NOT EXISTS moved
  (id BLOB PRIMARY KEY, before INTEGER NOT NULL, class INTEGER NOT NULL) STRICT, WITHOUT ROWID";

/// Updates of the tables that keep a copy of a record's class. Ties name their records in their JSON only; the class
/// before narrows down which ties are read.
const COPIES: [&str; 8] = [
    "UPDATE block SET class = (SELECT class FROM moved WHERE id = record)
     WHERE class IN (SELECT before FROM moved) AND record IN (SELECT id FROM moved)",
    "UPDATE participant SET class = (SELECT class FROM moved WHERE id = record)
     WHERE record IN (SELECT id FROM moved)",
    "UPDATE link SET class_a = (SELECT class FROM moved WHERE id = a)
     WHERE a IN (SELECT id FROM moved)",
    "UPDATE link SET class_b = (SELECT class FROM moved WHERE id = b)
     WHERE b IN (SELECT id FROM moved)",
    "UPDATE judgement SET class_a = (SELECT class FROM moved WHERE id = a)
     WHERE a IN (SELECT id FROM moved)",
    "UPDATE judgement SET class_b = (SELECT class FROM moved WHERE id = b)
     WHERE b IN (SELECT id FROM moved)",
    "UPDATE tie SET class_from =
       (SELECT class FROM moved WHERE id = unhex(substr(json_extract(json, '$.from'), 5)))
     WHERE class_from IN (SELECT before FROM moved)
       AND unhex(substr(json_extract(json, '$.from'), 5)) IN (SELECT id FROM moved)",
    "UPDATE tie SET class_to =
       (SELECT class FROM moved WHERE id = unhex(substr(json_extract(json, '$.to'), 5)))
     WHERE class_to IN (SELECT before FROM moved)
       AND unhex(substr(json_extract(json, '$.to'), 5)) IN (SELECT id FROM moved)",
];

pub(super) fn set(
    txn: &mut SqliteTxn<'_>,
    ids: &Ids,
    review_by: Timestamp,
) -> Result<(), StoreError> {
    txn.writer.execute_batch(&format!("{MOVED}; DELETE FROM moved")).map_err(backend)?;
    let mut moved = false;
    for id in &ids.records {
        let found = class_of(txn, "record", &id.0, review_by)?;
        let Some((before, class)) = found else { continue };
        moved = true;
        txn.execute("UPDATE record SET class = ?2 WHERE id = ?1", params![&id.0[..], class.0])?;
        let keep = "INSERT OR IGNORE INTO moved (id, before, class) VALUES (?1, ?2, ?3)";
        txn.execute(keep, params![&id.0[..], before.0, class.0])?;
    }
    for id in &ids.ties {
        if let Some((_, class)) = class_of(txn, "tie", &id.0, review_by)? {
            txn.execute("UPDATE tie SET class = ?2 WHERE id = ?1", params![&id.0[..], class.0])?;
        }
    }
    for id in &ids.events {
        if let Some((_, class)) = class_of(txn, "event", &id.0, review_by)? {
            txn.execute("UPDATE event SET class = ?2 WHERE id = ?1", params![&id.0[..], class.0])?;
        }
    }
    if moved {
        COPIES.iter().try_for_each(|copy| txn.execute(copy, []))?;
        linking::renew(txn)?;
    }
    Ok(())
}

/// The class of an object and the one it moves to, if it is there and moves.
fn class_of(
    txn: &mut SqliteTxn<'_>,
    table: &'static str,
    id: &[u8; 16],
    review_by: Timestamp,
) -> Result<Option<(ClassId, ClassId)>, StoreError> {
    let select = format!("SELECT class FROM {table} WHERE id = ?1");
    let found: Option<u32> = txn
        .writer
        .prepare_cached(&select)
        .and_then(|mut select| select.query_row([&id[..]], |row| row.get(0)).optional())
        .map_err(backend)?;
    let Some(before) = found.map(ClassId) else { return Ok(None) };
    let after = match txn.classes.iter().find(|(_, id)| **id == before) {
        Some((class, _)) => reviewed(class, review_by),
        None => return Err(StoreError::Damaged(format!("{table}: no such class"))),
    };
    let after = txn.number(after)?;
    Ok((after != before).then_some((before, after)))
}
