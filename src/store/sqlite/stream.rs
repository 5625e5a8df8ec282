//! Streaming the visible part of a store.

use rayon::prelude::*;
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
    let form = |row: &Row<'_>| row.get(2).map(FormId);
    let parse = |class, form, json: &str| Ok((class, form, record(&reviews, class, json)?));
    each_parsed((reader, records), (view, 1), form, parse, |(class, form, record)| {
        sink.record(class, form, record);
        Ok(())
    })?;
    let ties = "SELECT class, class_from, class_to, json FROM tie ORDER BY id";
    let parse = |class, (), json: &str| tie(&reviews, class, json);
    each_parsed(
        (reader, ties),
        (view, 3),
        |_| Ok(()),
        parse,
        |tie| {
            sink.tie(tie);
            Ok(())
        },
    )?;
    let events = "SELECT class, json FROM event ORDER BY id";
    let parse = |class, (), json: &str| labelled_event(&reviews, class, json);
    each_parsed(
        (reader, events),
        (view, 1),
        |_| Ok(()),
        parse,
        |event| {
            sink.event(read::trimmed(reader, view, event)?);
            Ok(())
        },
    )?;
    let links = "SELECT class_a, class_b, json, a, b FROM link ORDER BY a, b";
    let parse = |_, forms, json: &str| links::from_text(forms, json);
    each_parsed((reader, links), (view, 2), forms_of_link, parse, |link| {
        sink.link(link);
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
    read::trimmed(reader, view, labelled_event(reviews, class, json)?)
}

/// Reads an event of a class, with the label in force and all who had a part in it.
fn labelled_event(reviews: &Reviews, class: ClassId, json: &str) -> Result<Event, StoreError> {
    let mut event: Event = from_json("event", json)?;
    reviews.put(class, &mut event.label);
    Ok(event)
}

/// Reads a link, whose forms are in the fourth and fifth column.
pub(super) fn link(row: &Row<'_>, json: &str) -> Result<FormLink, StoreError> {
    links::from_text(forms_of_link(row).map_err(backend)?, json)
}

/// The two forms of a link, in the fourth and fifth column.
fn forms_of_link(row: &Row<'_>) -> rusqlite::Result<(FormId, FormId)> {
    Ok((FormId(row.get(3)?), FormId(row.get(4)?)))
}

/// Rows whose JSON is read at once, by all threads.
const PARSED_ROWS: usize = 8_192;

/// Calls `take`, in order, with what `parse` makes of the first class, what `keep` takes of the row and the JSON of every
/// row whose leading columns are classes of the view. The rows are parsed by all threads.
fn each_parsed<K: Send, T: Send>(
    (reader, sql): (&Connection, &str),
    (view, classes): (&ClassSet, usize),
    keep: impl Fn(&Row<'_>) -> rusqlite::Result<K>,
    parse: impl Fn(ClassId, K, &str) -> Result<T, StoreError> + Sync,
    mut take: impl FnMut(T) -> Result<(), StoreError>,
) -> Result<(), StoreError> {
    let mut read: Vec<(ClassId, K, String)> = Vec::with_capacity(PARSED_ROWS);
    let mut hand_on = |read: &mut Vec<(ClassId, K, String)>| -> Result<(), StoreError> {
        let parsed = read.par_drain(..).map(|(class, kept, json)| parse(class, kept, &json));
        let parsed: Vec<T> = parsed.collect::<Result<_, _>>()?;
        parsed.into_iter().try_for_each(&mut take)
    };
    each_row(reader, sql, [], view, classes, |row, class, json| {
        read.push((class, keep(row).map_err(backend)?, json.to_owned()));
        if read.len() == PARSED_ROWS { hand_on(&mut read) } else { Ok(()) }
    })?;
    hand_on(&mut read)
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
