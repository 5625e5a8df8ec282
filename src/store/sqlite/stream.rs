//! Streaming the visible part of a store.

use rusqlite::{Connection, Params, Row};

use super::{backend, from_json, read};
use crate::model::{ClassId, ClassSet, Event, FormId, FormLink, Record, Tie};
use crate::store::review::Reviews;
use crate::store::{SnapshotSink, StoreError, links};

pub(super) fn stream(
    reader: &Connection,
    view: &ClassSet,
    sink: &mut dyn SnapshotSink,
) -> Result<u64, StoreError> {
    let revision = read::revision(reader)?;
    let reviews = Reviews::of(&read::classes(reader)?);
    let records = "SELECT class, json, form FROM record ORDER BY id";
    each_row(reader, records, [], view, 1, |row, class, json| {
        let form = FormId(row.get(2).map_err(backend)?);
        sink.record(class, form, record(&reviews, class, json)?);
        Ok(())
    })?;
    let ties = "SELECT class, class_from, class_to, json FROM tie ORDER BY id";
    each(reader, ties, [], view, 3, |class, json| {
        sink.tie(tie(&reviews, class, json)?);
        Ok(())
    })?;
    each(reader, "SELECT class, json FROM event ORDER BY id", [], view, 1, |class, json| {
        sink.event(event(reader, view, &reviews, class, json)?);
        Ok(())
    })?;
    let links = "SELECT class_a, class_b, json, a, b FROM link ORDER BY a, b";
    each_row(reader, links, [], view, 2, |row, _, json| {
        sink.link(link(row, json)?);
        Ok(())
    })?;
    let judgements =
        "SELECT class, class_a, class_b, json FROM judgement ORDER BY a, b, owner, user";
    each(reader, judgements, [], view, 3, |_, json| {
        sink.judgement(from_json("judgement", json)?);
        Ok(())
    })?;
    Ok(revision)
}

/// Reads a record of a class, with the label in force.
pub(super) fn record(reviews: &Reviews, class: ClassId, json: &str) -> Result<Record, StoreError> {
    let mut record: Record = from_json("record", json)?;
    reviews.put(class, &mut record.label);
    Ok(record)
}

/// Reads a tie of a class, with the label in force.
pub(super) fn tie(reviews: &Reviews, class: ClassId, json: &str) -> Result<Tie, StoreError> {
    let mut tie: Tie = from_json("tie", json)?;
    reviews.put(class, &mut tie.label);
    Ok(tie)
}

/// Reads an event of a class, with the label in force and as a view shows it.
pub(super) fn event(
    reader: &Connection,
    view: &ClassSet,
    reviews: &Reviews,
    class: ClassId,
    json: &str,
) -> Result<Event, StoreError> {
    let mut event: Event = from_json("event", json)?;
    reviews.put(class, &mut event.label);
    read::trimmed(reader, view, event)
}

/// Reads a link, whose forms are in the fourth and fifth column.
pub(super) fn link(row: &Row<'_>, json: &str) -> Result<FormLink, StoreError> {
    let form = |column| row.get(column).map(FormId).map_err(backend);
    links::from_text((form(3)?, form(4)?), json)
}

/// Calls `take` with the first class and the JSON of every row whose leading `classes` columns
/// are all in the view.
pub(super) fn each(
    reader: &Connection,
    sql: &str,
    given: impl Params,
    view: &ClassSet,
    classes: usize,
    mut take: impl FnMut(ClassId, &str) -> Result<(), StoreError>,
) -> Result<(), StoreError> {
    each_row(reader, sql, given, view, classes, |_, class, json| take(class, json))
}

/// Calls `take` as [`each`] does, with the row too.
pub(super) fn each_row(
    reader: &Connection,
    sql: &str,
    given: impl Params,
    view: &ClassSet,
    classes: usize,
    mut take: impl FnMut(&Row<'_>, ClassId, &str) -> Result<(), StoreError>,
) -> Result<(), StoreError> {
    let mut statement = reader.prepare_cached(sql).map_err(backend)?;
    let mut rows = statement.query(given).map_err(backend)?;
    while let Some(row) = rows.next().map_err(backend)? {
        if visible(row, view, classes).map_err(backend)? {
            let class = ClassId(row.get(0).map_err(backend)?);
            let json = row.get_ref(classes).map_err(backend)?;
            let json = json.as_str().map_err(|error| StoreError::Damaged(error.to_string()))?;
            take(row, class, json)?;
        }
    }
    Ok(())
}

fn visible(row: &Row<'_>, view: &ClassSet, classes: usize) -> rusqlite::Result<bool> {
    for column in 0..classes {
        if !view.contains(ClassId(row.get(column)?)) {
            return Ok(false);
        }
    }
    Ok(true)
}
