//! Moving objects to the class of another review.

use std::collections::BTreeMap;

use rusqlite::{OptionalExtension, Row, params};

use super::write::SqliteTxn;
use super::{backend, forms, linking};
use crate::model::{ClassId, EventId, RecordId, TieId, Timestamp};
use crate::store::log::{Basis, Change, Object};
use crate::store::review::reviewed;
use crate::store::{Ids, StoreError};

/// The records that were moved, with their classes before and after.
const MOVED: &str = "CREATE TEMP TABLE IF NOT EXISTS moved
  (id BLOB PRIMARY KEY, before INTEGER NOT NULL, class INTEGER NOT NULL) STRICT, WITHOUT ROWID";

/// The participations of records that were moved, with the class of the event.
const PARTS: &str = "SELECT p.event, p.record, e.class
  FROM participant p CROSS JOIN event e ON e.id = p.event
  WHERE p.record IN (SELECT id FROM moved)";

const JUDGEMENTS: &str = "SELECT a, b, class_a, class_b, class, owner, user FROM judgement
  WHERE a IN (SELECT id FROM moved) OR b IN (SELECT id FROM moved)";

/// Ties name their records in their JSON only; the class before narrows down which ties are read.
const TIES: &str = "SELECT source, target, class_from, class_to, class, id FROM
  (SELECT unhex(substr(json_extract(json, '$.from'), 5)) AS source,
     unhex(substr(json_extract(json, '$.to'), 5)) AS target, class_from, class_to, class, id
   FROM tie WHERE class_from IN (SELECT before FROM moved) OR class_to IN (SELECT before FROM moved))
  WHERE source IN (SELECT id FROM moved) OR target IN (SELECT id FROM moved)";

/// The classes before and after of the records that were moved.
type Moved = BTreeMap<RecordId, (ClassId, ClassId)>;

pub(super) fn set(
    txn: &mut SqliteTxn<'_>,
    ids: &Ids,
    review_by: Timestamp,
) -> Result<(), StoreError> {
    let mut moved = Moved::new();
    for id in &ids.records {
        let found = class_of(txn, "record", &id.0, review_by)?;
        let Some((before, class)) = found else { continue };
        moved.insert(*id, (before, class));
        let change = Change::moved(Basis::one(before), Basis::one(class));
        txn.noted.note(Object::Record(*id), change);
    }
    for id in &ids.ties {
        let Some((before, class)) = class_of(txn, "tie", &id.0, review_by)? else { continue };
        let update = "UPDATE tie SET class = ?2 WHERE id = ?1 RETURNING class_from, class_to";
        txn.changed = true;
        let (from, to) = txn
            .writer
            .prepare_cached(update)
            .and_then(|mut update| {
                update.query_row(params![&id.0[..], class.0], |row| Ok((of(row, 0)?, of(row, 1)?)))
            })
            .map_err(backend)?;
        let basis = |own| Basis::three(own, from, to);
        txn.noted.note(Object::Tie(*id), Change::moved(basis(before), basis(class)));
    }
    for id in &ids.events {
        let Some((before, class)) = class_of(txn, "event", &id.0, review_by)? else { continue };
        txn.execute("UPDATE event SET class = ?2 WHERE id = ?1", params![&id.0[..], class.0])?;
        let change = Change::moved(Basis::one(before), Basis::one(class));
        txn.noted.note(Object::Event(*id), change);
    }
    if !moved.is_empty() {
        forms::set(txn, &moved)?;
        follow(txn, &moved)?;
        linking::renew(txn)?;
    }
    Ok(())
}

/// Copies the classes of moved records to what rests on them, and notes it.
fn follow(txn: &mut SqliteTxn<'_>, moved: &Moved) -> Result<(), StoreError> {
    txn.writer.execute_batch(&format!("{MOVED}; DELETE FROM moved")).map_err(backend)?;
    for (id, (before, class)) in moved {
        let keep = "INSERT INTO moved (id, before, class) VALUES (?1, ?2, ?3)";
        txn.execute(keep, params![&id.0[..], before.0, class.0])?;
    }
    let part = |row: &Row<'_>| Ok((row.get(0)?, RecordId(row.get(1)?), of(row, 2)?));
    for (event, record, own) in rows(txn, PARTS, part)? {
        let Some((before, after)) = moved.get(&record) else { continue };
        let update = "UPDATE participant SET class = ?3 WHERE event = ?1 AND record = ?2";
        txn.execute(update, params![event, &record.0[..], after.0])?;
        let basis = |class| Basis::two(own, class);
        let change = Change::moved(basis(*before), basis(*after));
        txn.noted.note(Object::Event(EventId(event)), change);
    }
    let judgement = |row: &Row<'_>| {
        Ok((Ends::of(row)?, of(row, 4)?, row.get::<_, String>(5)?, row.get::<_, String>(6)?))
    };
    for (ends, own, owner, user) in rows(txn, JUDGEMENTS, judgement)? {
        let after = ends.after(moved);
        let Ends { one, other, .. } = ends;
        let update = "UPDATE judgement SET class_a = ?5, class_b = ?6
          WHERE a = ?1 AND b = ?2 AND owner = ?3 AND user = ?4";
        let given = params![&one.0[..], &other.0[..], owner, user, after.0.0, after.1.0];
        txn.execute(update, given)?;
        txn.noted.note(Object::Judgement(one, other), ends.change(own, moved));
    }
    let tie = |row: &Row<'_>| Ok((Ends::of(row)?, of(row, 4)?, row.get(5)?));
    for (ends, own, id) in rows(txn, TIES, tie)? {
        let (from, to) = ends.after(moved);
        let update = "UPDATE tie SET class_from = ?2, class_to = ?3 WHERE id = ?1";
        txn.execute(update, params![id, from.0, to.0])?;
        txn.noted.note(Object::Tie(TieId(id)), ends.change(own, moved));
    }
    Ok(())
}

/// Reads rows whole, before any of them is updated.
fn rows<T>(
    txn: &SqliteTxn<'_>,
    select: &str,
    read: impl Fn(&Row<'_>) -> rusqlite::Result<T>,
) -> Result<Vec<T>, StoreError> {
    let mut select = txn.writer.prepare_cached(select).map_err(backend)?;
    let rows = select.query_map([], read).and_then(Iterator::collect);
    rows.map_err(backend)
}

fn of(row: &Row<'_>, column: usize) -> rusqlite::Result<ClassId> {
    row.get(column).map(ClassId)
}

/// The two records that an object names, with their classes as copied to it.
struct Ends {
    one: RecordId,
    other: RecordId,
    classes: (ClassId, ClassId),
}

impl Ends {
    fn of(row: &Row<'_>) -> rusqlite::Result<Self> {
        let (one, other) = (RecordId(row.get(0)?), RecordId(row.get(1)?));
        Ok(Self { one, other, classes: (of(row, 2)?, of(row, 3)?) })
    }

    fn after(&self, moved: &Moved) -> (ClassId, ClassId) {
        let after = |id, class| moved.get(id).map_or(class, |(_, after)| *after);
        (after(&self.one, self.classes.0), after(&self.other, self.classes.1))
    }

    /// How an object of a class changes.
    fn change(&self, own: ClassId, moved: &Moved) -> Change {
        let basis = |(one, other)| Basis::three(own, one, other);
        Change::moved(basis(self.classes), basis(self.after(moved)))
    }
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
    let after = reviewed(txn.named(before)?, review_by);
    let after = txn.number(after)?;
    Ok((after != before).then_some((before, after)))
}
