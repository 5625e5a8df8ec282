//! Reading within a set of classes.

use std::collections::{BTreeMap, BTreeSet};
use std::str::FromStr;
use std::time::Duration;

use serde_json::{Map, Value, json};

use super::connection::Connection;
use crate::model::{
    BlockKey, Class, ClassId, ClassSet, Event, EventId, FormId, FormLink, Record, RecordId, Tie,
};
use crate::store::review::Reviews;
use crate::store::{SnapshotSink, StoreError, links};

/// Matches the forms of some classes that carry a key: one index seek for each class, past forms of others.
pub(super) const WITHIN: &str = "UNWIND $keys AS key UNWIND $classes AS class
  MATCH (:StoredBlock {key: key, class: class})<-[:IN_BLOCK]-(f:StoredForm)
  RETURN key, f.id AS id";

/// How long one look-up may take.
const READ_TIMEOUT: Duration = Duration::from_secs(60);

/// Neo4j reads committed data but gives no snapshot over several statements: a stream during which
/// the revision changed is collected again, this many times at most.
pub(super) const STREAM_TRIES_MAX: usize = 5;

/// One row of an answer, by column.
pub(super) type Cells = Map<String, Value>;

pub(super) fn rows(
    connection: &Connection,
    cypher: &str,
    parameters: Value,
) -> Result<Vec<Cells>, StoreError> {
    connection.read(cypher, parameters, READ_TIMEOUT)
}

pub(super) fn text<'r>(row: &'r Cells, column: &str) -> Result<&'r str, StoreError> {
    row.get(column)
        .and_then(Value::as_str)
        .ok_or_else(|| StoreError::Damaged(format!("Neo4j: {column} is not a text")))
}

pub(super) fn integer(row: &Cells, column: &str) -> Result<i64, StoreError> {
    row.get(column)
        .and_then(Value::as_i64)
        .ok_or_else(|| StoreError::Damaged(format!("Neo4j: {column} is not an integer")))
}

/// Reads the JSON text in a column back. The error does not quote the text.
pub(super) fn object<T: serde::de::DeserializeOwned>(
    row: &Cells,
    column: &str,
) -> Result<T, StoreError> {
    serde_json::from_str(text(row, column)?)
        .map_err(|error| StoreError::Damaged(format!("{column}: {:?} error", error.classify())))
}

pub(super) fn class_numbers(view: &ClassSet) -> Vec<u32> {
    view.iter().map(|class| class.0).collect()
}

/// Ids as parameters.
pub(super) fn texts<T: ToString>(ids: &[T]) -> Vec<String> {
    ids.iter().map(ToString::to_string).collect()
}

pub(super) fn revision(connection: &Connection) -> Result<u64, StoreError> {
    let rows =
        rows(connection, "MATCH (m:StoredMeta {id: 1}) RETURN m.revision AS revision", json!({}))?;
    let row = rows.first().ok_or_else(|| StoreError::Damaged("Neo4j: no StoredMeta".into()))?;
    Ok(integer(row, "revision")? as u64)
}

pub(super) fn classes(connection: &Connection) -> Result<Vec<(ClassId, Class)>, StoreError> {
    let all = "MATCH (c:StoredClass) RETURN c.id AS id, c.class AS class ORDER BY id";
    rows(connection, all, json!({}))?
        .iter()
        .map(|row| Ok((ClassId(integer(row, "id")? as u32), object(row, "class")?)))
        .collect()
}

pub(super) fn records(
    connection: &Connection,
    view: &ClassSet,
    ids: &[RecordId],
) -> Result<Vec<Record>, StoreError> {
    let found = rows(
        connection,
        "UNWIND $ids AS id MATCH (r:StoredRecord {id: id}) WHERE r.class IN $classes
         RETURN r.id AS id, r.class AS class, r.json AS record",
        json!({ "ids": texts(ids), "classes": class_numbers(view) }),
    )?;
    let reviews = Reviews::of(&classes(connection)?);
    in_order(ids, &found, |row| record(row, &reviews))
}

pub(super) fn events(
    connection: &Connection,
    view: &ClassSet,
    ids: &[EventId],
) -> Result<Vec<Event>, StoreError> {
    let found = rows(
        connection,
        "UNWIND $ids AS id MATCH (e:StoredEvent {id: id}) WHERE e.class IN $classes
         RETURN e.id AS id, e.class AS class, e.json AS event, e.participants AS participants",
        json!({ "ids": texts(ids), "classes": class_numbers(view) }),
    )?;
    let reviews = Reviews::of(&classes(connection)?);
    in_order(ids, &found, |row| event(row, view, &reviews))
}

pub(super) fn class(row: &Cells) -> Result<ClassId, StoreError> {
    Ok(ClassId(integer(row, "class")? as u32))
}

/// Reads the rows found, in the order of the ids asked for; ids without a row are left out.
fn in_order<I: ToString, T>(
    ids: &[I],
    found: &[Cells],
    read: impl Fn(&Cells) -> Result<T, StoreError>,
) -> Result<Vec<T>, StoreError> {
    let mut by_id = BTreeMap::new();
    for row in found {
        by_id.insert(text(row, "id")?, row);
    }
    ids.iter().filter_map(|id| by_id.get(id.to_string().as_str())).map(|row| read(row)).collect()
}

/// A record with the label in force.
pub(super) fn record(row: &Cells, reviews: &Reviews) -> Result<Record, StoreError> {
    let mut record: Record = object(row, "record")?;
    reviews.put(class(row)?, &mut record.label);
    Ok(record)
}

/// A tie with the label in force.
pub(super) fn tie(row: &Cells, reviews: &Reviews) -> Result<Tie, StoreError> {
    let mut tie: Tie = object(row, "tie")?;
    reviews.put(class(row)?, &mut tie.label);
    Ok(tie)
}

/// The event without the participations of records outside the view. `participants` holds the
/// classes of the participating records, in the event's order.
pub(super) fn event(row: &Cells, view: &ClassSet, reviews: &Reviews) -> Result<Event, StoreError> {
    let mut event: Event = object(row, "event")?;
    reviews.put(class(row)?, &mut event.label);
    let classes = row
        .get("participants")
        .and_then(Value::as_array)
        .filter(|classes| classes.len() == event.participants.len())
        .ok_or_else(|| StoreError::Damaged("Neo4j: an event lacks its classes".into()))?;
    let mut visible = classes
        .iter()
        .map(|class| class.as_u64().is_some_and(|class| view.contains(ClassId(class as u32))));
    event.participants.retain(|_| visible.next().unwrap_or(false));
    Ok(event)
}

pub(super) fn candidates(
    connection: &Connection,
    view: &ClassSet,
    keys: &[BlockKey],
) -> Result<Vec<FormId>, StoreError> {
    let keys: Vec<i64> = keys.iter().map(|key| key.0 as i64).collect();
    rows(connection, WITHIN, json!({ "keys": keys, "classes": class_numbers(view) }))?
        .iter()
        .map(|row| parsed(row, "id"))
        .collect::<Result<BTreeSet<_>, _>>()
        .map(|found| found.into_iter().collect())
}

/// The smallest record of each form.
pub(super) const OF_FORMS: &str = "UNWIND $rows AS id
  MATCH (f:StoredForm {id: id})<-[:HAS_FORM]-(r:StoredRecord)
  WITH f, min(r.id) AS first MATCH (r:StoredRecord {id: first})
  RETURN f.id AS form, r.class AS class, r.json AS record";

pub(super) fn of_forms(
    connection: &Connection,
    view: &ClassSet,
    forms: &[FormId],
) -> Result<BTreeMap<FormId, Record>, StoreError> {
    let reviews = Reviews::of(&classes(connection)?);
    let mut found = BTreeMap::new();
    for row in rows(connection, OF_FORMS, json!({ "rows": texts(forms) }))? {
        if view.contains(class(&row)?) {
            found.insert(parsed(&row, "form")?, record(&row, &reviews)?);
        }
    }
    Ok(found)
}

/// Reads a link, whose forms are in the columns `a` and `b`.
pub(super) fn link(row: &Cells) -> Result<FormLink, StoreError> {
    links::from_text((parsed(row, "a")?, parsed(row, "b")?), text(row, "link")?)
}

pub(super) fn record_id(row: &Cells) -> Result<RecordId, StoreError> {
    parsed(row, "id")
}

/// An id in a column.
pub(super) fn parsed<T: FromStr>(row: &Cells, column: &str) -> Result<T, StoreError> {
    text(row, column)?.parse().map_err(|_| StoreError::Damaged("Neo4j: a malformed id".into()))
}

/// Collects the visible part until no write came in between, then hands it on.
pub(super) fn stream(
    connection: &Connection,
    view: &ClassSet,
    sink: &mut dyn SnapshotSink,
) -> Result<u64, StoreError> {
    for _ in 0..STREAM_TRIES_MAX {
        let before = revision(connection)?;
        let part = Part::read(connection, view)?;
        if revision(connection)? == before {
            part.hand_on(sink);
            return Ok(before);
        }
    }
    Err(StoreError::Busy)
}

/// The visible part of a store.
#[derive(Default)]
struct Part {
    records: Vec<(ClassId, FormId, Record)>,
    ties: Vec<Tie>,
    events: Vec<Event>,
    links: Vec<FormLink>,
    judgements: Vec<crate::model::Judgement>,
}

impl Part {
    fn read(connection: &Connection, view: &ClassSet) -> Result<Self, StoreError> {
        let mut part = Self::default();
        let reviews = Reviews::of(&classes(connection)?);
        let all = || json!({ "classes": class_numbers(view) });
        connection.read_each(
            "MATCH (r:StoredRecord) WHERE r.class IN $classes
             RETURN r.class AS class, r.form AS form, r.json AS record ORDER BY r.id",
            all(),
            |row| {
                part.records.push((class(&row)?, parsed(&row, "form")?, record(&row, &reviews)?));
                Ok(())
            },
        )?;
        connection.read_each(
            "MATCH (t:StoredTie) WHERE t.class IN $classes AND t.class_from IN $classes
             AND t.class_to IN $classes RETURN t.class AS class, t.json AS tie ORDER BY t.id",
            all(),
            |row| {
                part.ties.push(tie(&row, &reviews)?);
                Ok(())
            },
        )?;
        connection.read_each(
            "MATCH (e:StoredEvent) WHERE e.class IN $classes
             RETURN e.class AS class, e.json AS event, e.participants AS participants
             ORDER BY e.id",
            all(),
            |row| {
                part.events.push(event(&row, view, &reviews)?);
                Ok(())
            },
        )?;
        connection.read_each(
            "MATCH (a:StoredForm)-[l:LINKED]->(b:StoredForm)
             WHERE a.class IN $classes AND b.class IN $classes
             RETURN a.id AS a, b.id AS b, l.json AS link ORDER BY a, b",
            all(),
            |row| {
                part.links.push(link(&row)?);
                Ok(())
            },
        )?;
        connection.read_each(
            "MATCH (j:StoredJudgement) WHERE j.class IN $classes AND j.class_a IN $classes
             AND j.class_b IN $classes
             RETURN j.json AS judgement ORDER BY j.a, j.b, j.owner, j.user",
            all(),
            |row| {
                part.judgements.push(object(&row, "judgement")?);
                Ok(())
            },
        )?;
        Ok(part)
    }

    fn hand_on(self, sink: &mut dyn SnapshotSink) {
        let records = self.records.into_iter();
        records.for_each(|(class, form, record)| sink.record(class, form, record));
        self.ties.into_iter().for_each(|tie| sink.tie(tie));
        self.events.into_iter().for_each(|event| sink.event(event));
        self.links.into_iter().for_each(|link| sink.link(link));
        self.judgements.into_iter().for_each(|judgement| sink.judgement(judgement));
    }
}
