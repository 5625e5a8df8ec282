//! Removing all objects of some classes.

use rusqlite::{Connection, Row};

use super::backend;
use super::write::SqliteTxn;
use crate::model::{ClassId, ClassSet, EventId, FormId, RecordId, TieId};
use crate::store::log::{Basis, Change, Object};
use crate::store::{Purged, StoreError};

pub(super) fn purge(txn: &mut SqliteTxn<'_>, classes: &ClassSet) -> Result<Purged, StoreError> {
    // Numbers, which need no quoting.
    let numbers: Vec<String> = classes.iter().map(|class| class.0.to_string()).collect();
    let list = numbers.join(",");
    let ties = format!("class IN ({list}) OR class_from IN ({list}) OR class_to IN ({list})");
    let own = format!("class IN ({list})");
    let mut purged = Purged::new();
    for (table, which) in [("record", &own), ("tie", &ties), ("event", &own)] {
        count(&txn.writer, &mut purged, table, which)?;
    }
    if purged.is_empty() {
        return Ok(purged);
    }
    note(txn, &list)?;
    // Copies of classes say which of these name a record that goes.
    let ends = format!("class_a IN ({list}) OR class_b IN ({list})");
    let of_form = format!("form IN (SELECT form FROM record WHERE {own})");
    let of_event = format!("{own} OR event IN (SELECT id FROM event WHERE {own})");
    for (table, which) in [
        ("block", &own),
        ("unlinked", &of_form),
        ("participant", &of_event),
        ("link", &ends),
        ("judgement", &ends),
        ("tie", &ties),
        ("event", &own),
        ("record", &own),
    ] {
        txn.execute(&format!("DELETE FROM {table} WHERE {which}"), [])?;
    }
    Ok(purged)
}

/// Notes what a purge of a list of classes removes, and the events that it takes participants from.
fn note(txn: &mut SqliteTxn<'_>, list: &str) -> Result<(), StoreError> {
    let own = format!("class IN ({list})");
    let ties = format!("{own} OR class_from IN ({list}) OR class_to IN ({list})");
    let ends = format!("class_a IN ({list}) OR class_b IN ({list})");
    each(txn, "id, class FROM record", &own, |row| {
        Ok((Object::Record(RecordId(row.get(0)?)), Basis::one(class(row, 1)?)))
    })?;
    each(txn, "id, class, class_from, class_to FROM tie", &ties, |row| {
        let basis = Basis::three(class(row, 1)?, class(row, 2)?, class(row, 3)?);
        Ok((Object::Tie(TieId(row.get(0)?)), basis))
    })?;
    each(txn, "id, class FROM event", &own, |row| {
        Ok((Object::Event(EventId(row.get(0)?)), Basis::one(class(row, 1)?)))
    })?;
    let parts = "p.event, e.class, p.class FROM participant p CROSS JOIN event e ON e.id = p.event";
    each(txn, parts, &format!("p.class IN ({list}) AND e.class NOT IN ({list})"), |row| {
        Ok((Object::Event(EventId(row.get(0)?)), Basis::two(class(row, 1)?, class(row, 2)?)))
    })?;
    each(txn, "a, b, class_a, class_b FROM link", &ends, |row| {
        let object = Object::Link(FormId(row.get(0)?), FormId(row.get(1)?));
        Ok((object, Basis::two(class(row, 2)?, class(row, 3)?)))
    })?;
    each(txn, "a, b, class, class_a, class_b FROM judgement", &ends, |row| {
        let object = Object::Judgement(RecordId(row.get(0)?), RecordId(row.get(1)?));
        Ok((object, Basis::three(class(row, 2)?, class(row, 3)?, class(row, 4)?)))
    })
}

/// Notes the objects that a select gives as removed, as far as there is room.
fn each(
    txn: &mut SqliteTxn<'_>,
    what: &str,
    which: &str,
    read: impl Fn(&Row<'_>) -> rusqlite::Result<(Object, Basis)>,
) -> Result<(), StoreError> {
    let select = format!("SELECT {what} WHERE {which} LIMIT {}", txn.noted.room());
    let mut select = txn.writer.prepare(&select).map_err(backend)?;
    for row in select.query_map([], read).map_err(backend)? {
        let (object, basis) = row.map_err(backend)?;
        txn.noted.note(object, Change::removed(basis));
    }
    Ok(())
}

fn class(row: &Row<'_>, column: usize) -> rusqlite::Result<ClassId> {
    row.get(column).map(ClassId)
}

fn count(
    reader: &Connection,
    purged: &mut Purged,
    table: &str,
    which: &str,
) -> Result<(), StoreError> {
    let select = format!("SELECT class, count(*) FROM {table} WHERE {which} GROUP BY class");
    let mut statement = reader.prepare(&select).map_err(backend)?;
    let rows = statement.query_map([], |row| Ok((row.get::<_, u32>(0)?, row.get::<_, i64>(1)?)));
    for row in rows.map_err(backend)? {
        let (class, count) = row.map_err(backend)?;
        *purged.entry(ClassId(class)).or_default() += count as u64;
    }
    Ok(())
}
