//! Look-ups by id and by blocking key, within a set of classes.

use std::collections::{BTreeMap, BTreeSet};

use rusqlite::{Connection, OptionalExtension, params};

use super::{backend, from_json, to_json};
use crate::model::{BlockKey, Class, ClassId, ClassSet, Event, EventId, FormId, Record, RecordId};
use crate::store::StoreError;
use crate::store::review::Reviews;

/// Selects the forms of some classes that carry a key: one index seek for each class, past forms of others.
pub(super) const WITHIN: &str = "SELECT form, class FROM block
  WHERE key = ?1 AND class IN (SELECT value FROM json_each(?2))";

/// Selects the forms of all classes that carry a key.
const OF_ALL: &str = "SELECT form, class FROM block WHERE key = ?1";

/// Calls `take` with each key, once, and the class and form of each form of some classes, or of all, that carries it.
pub(super) fn each_candidate(
    connection: &Connection,
    within: Option<&ClassSet>,
    keys: &[BlockKey],
    mut take: impl FnMut(BlockKey, ClassId, FormId),
) -> Result<(), StoreError> {
    let classes: Option<Vec<u32>> = within.map(|view| view.iter().map(|class| class.0).collect());
    let classes = classes.map(|classes| to_json(&classes)).transpose()?;
    let sql = if classes.is_some() { WITHIN } else { OF_ALL };
    let mut select = connection.prepare_cached(sql).map_err(backend)?;
    for key in keys.iter().copied().collect::<BTreeSet<_>>() {
        let mut rows = match &classes {
            Some(classes) => select.query(params![key.0 as i64, classes]),
            None => select.query(params![key.0 as i64]),
        }
        .map_err(backend)?;
        while let Some(row) = rows.next().map_err(backend)? {
            let class = ClassId(row.get(1).map_err(backend)?);
            take(key, class, FormId(row.get(0).map_err(backend)?));
        }
    }
    Ok(())
}

pub(super) fn revision(reader: &Connection) -> Result<u64, StoreError> {
    reader
        .prepare_cached("SELECT revision FROM meta")
        .and_then(|mut statement| statement.query_row([], |row| row.get::<_, i64>(0)))
        .map(|revision| revision as u64)
        .map_err(backend)
}

pub(super) fn classes(reader: &Connection) -> Result<Vec<(ClassId, Class)>, StoreError> {
    let mut statement =
        reader.prepare_cached("SELECT id, class FROM class ORDER BY id").map_err(backend)?;
    let rows = statement
        .query_map([], |row| Ok((row.get::<_, u32>(0)?, row.get::<_, String>(1)?)))
        .map_err(backend)?;
    rows.map(|row| {
        let (id, class) = row.map_err(backend)?;
        Ok((ClassId(id), from_json("class", &class)?))
    })
    .collect()
}

/// Reads one record with its class, as it was handed in and without regard to any view; `None` if there is none.
pub(super) fn record(
    reader: &Connection,
    id: RecordId,
) -> Result<Option<(ClassId, Record)>, StoreError> {
    one_record(reader, "SELECT class, json FROM record WHERE id = ?1", &id.0)
}

/// Reads the record, with its class, that a select by an id finds.
fn one_record(
    reader: &Connection,
    select: &str,
    id: &[u8; 16],
) -> Result<Option<(ClassId, Record)>, StoreError> {
    let mut statement = reader.prepare_cached(select).map_err(backend)?;
    let found = statement
        .query_row([&id[..]], |row| Ok((row.get::<_, u32>(0)?, row.get::<_, String>(1)?)))
        .optional()
        .map_err(backend)?;
    found.map(|(class, json)| Ok((ClassId(class), from_json("record", &json)?))).transpose()
}

pub(super) fn records(
    reader: &Connection,
    view: &ClassSet,
    ids: &[RecordId],
) -> Result<Vec<Record>, StoreError> {
    let reviews = Reviews::of(&classes(reader)?);
    let mut found = Vec::new();
    for id in ids {
        if let Some((class, mut record)) = record(reader, *id)?
            && view.contains(class)
        {
            reviews.put(class, &mut record.label);
            found.push(record);
        }
    }
    Ok(found)
}

/// The smallest record of a form with its class, as it was handed in and without regard to any view.
pub(super) fn of_form(
    reader: &Connection,
    form: FormId,
) -> Result<Option<(ClassId, Record)>, StoreError> {
    let select = "SELECT class, json FROM record WHERE form = ?1 ORDER BY id LIMIT 1";
    one_record(reader, select, &form.0)
}

/// How many records a form has, counted up to a limit.
pub(super) fn count(
    connection: &Connection,
    form: FormId,
    most: usize,
) -> Result<usize, StoreError> {
    let count = "SELECT count(*) FROM (SELECT 1 FROM record WHERE form = ?1 LIMIT ?2)";
    let mut count = connection.prepare_cached(count).map_err(backend)?;
    let most = most as i64;
    let counted = count.query_row(params![&form.0[..], most], |row| row.get::<_, i64>(0));
    counted.map(|count| count as usize).map_err(backend)
}

pub(super) fn of_forms(
    reader: &Connection,
    view: &ClassSet,
    forms: &[FormId],
) -> Result<BTreeMap<FormId, Record>, StoreError> {
    let reviews = Reviews::of(&classes(reader)?);
    let mut found = BTreeMap::new();
    for form in forms {
        if let Some((class, mut record)) = of_form(reader, *form)?
            && view.contains(class)
        {
            reviews.put(class, &mut record.label);
            found.insert(*form, record);
        }
    }
    Ok(found)
}

pub(super) fn events(
    reader: &Connection,
    view: &ClassSet,
    ids: &[EventId],
) -> Result<Vec<Event>, StoreError> {
    let reviews = Reviews::of(&classes(reader)?);
    let mut statement =
        reader.prepare_cached("SELECT class, json FROM event WHERE id = ?1").map_err(backend)?;
    let mut found = Vec::new();
    for id in ids {
        let row = statement
            .query_row([&id.0[..]], |row| Ok((row.get::<_, u32>(0)?, row.get::<_, String>(1)?)))
            .optional()
            .map_err(backend)?;
        if let Some((class, json)) = row
            && view.contains(ClassId(class))
        {
            let mut event: Event = from_json("event", &json)?;
            reviews.put(ClassId(class), &mut event.label);
            found.push(trimmed(reader, view, event)?);
        }
    }
    Ok(found)
}

/// The event without the participations of records outside the view.
pub(super) fn trimmed(
    reader: &Connection,
    view: &ClassSet,
    mut event: Event,
) -> Result<Event, StoreError> {
    let mut statement = reader
        .prepare_cached("SELECT record, class FROM participant WHERE event = ?1")
        .map_err(backend)?;
    let rows = statement
        .query_map([&event.id.0[..]], |row| Ok((row.get::<_, [u8; 16]>(0)?, row.get::<_, u32>(1)?)))
        .map_err(backend)?;
    let classes = rows.collect::<Result<BTreeMap<[u8; 16], u32>, _>>().map_err(backend)?;
    event.participants.retain(|participant| {
        classes.get(&participant.record.0).is_some_and(|class| view.contains(ClassId(*class)))
    });
    Ok(event)
}

pub(super) fn candidates(
    reader: &Connection,
    view: &ClassSet,
    keys: &[BlockKey],
) -> Result<Vec<FormId>, StoreError> {
    let mut found = BTreeSet::new();
    each_candidate(reader, Some(view), keys, |_, _, form| {
        found.insert(form);
    })?;
    Ok(found.into_iter().collect())
}
