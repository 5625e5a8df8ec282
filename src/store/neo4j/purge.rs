//! Removing all objects of some classes.

use serde_json::json;

use super::read::{Cells, class_numbers, integer, parsed};
use super::write::Neo4jTxn;
use crate::model::{ClassId, ClassSet};
use crate::store::log::{Basis, Change, Object};
use crate::store::{Purged, StoreError};

/// Counts, by class, of the records, ties and events that a purge removes.
const COUNTS: [&str; 3] = [
    "MATCH (n:StoredRecord) WHERE n.class IN $classes RETURN n.class AS class, count(n) AS count",
    "MATCH (n:StoredTie) WHERE n.class IN $classes OR n.class_from IN $classes
     OR n.class_to IN $classes RETURN n.class AS class, count(n) AS count",
    "MATCH (n:StoredEvent) WHERE n.class IN $classes RETURN n.class AS class, count(n) AS count",
];

/// The removals of a purge, in their order. Objects that name a removed record are found by their copies of its
/// class; in an event that stays, a removed participant's class becomes -1, which no view holds. A form's links go
/// with it.
const REMOVALS: [&str; 7] = [
    "MATCH (t:StoredTie) WHERE t.class IN $classes OR t.class_from IN $classes
     OR t.class_to IN $classes DELETE t",
    "MATCH (e:StoredEvent) WHERE e.class IN $classes DELETE e",
    "MATCH (e:StoredEvent) WHERE any(class IN e.participants WHERE class IN $classes)
     SET e.participants =
       [class IN e.participants | CASE WHEN class IN $classes THEN -1 ELSE class END]",
    "MATCH (j:StoredJudgement) WHERE j.class_a IN $classes OR j.class_b IN $classes DELETE j",
    "MATCH (r:StoredRecord) WHERE r.class IN $classes DETACH DELETE r",
    "MATCH (f:StoredForm) WHERE f.class IN $classes DETACH DELETE f",
    "MATCH (b:StoredBlock) WHERE NOT EXISTS { (b)<-[:IN_BLOCK]-() } DELETE b",
];

pub(super) fn purge(txn: &mut Neo4jTxn<'_>, classes: &ClassSet) -> Result<Purged, StoreError> {
    let parameters = || json!({ "classes": class_numbers(classes) });
    let mut purged = Purged::new();
    for count in COUNTS {
        for row in txn.run(count, parameters())? {
            let class = ClassId(integer(&row, "class")? as u32);
            *purged.entry(class).or_default() += integer(&row, "count")? as u64;
        }
    }
    if !purged.is_empty() {
        note(txn, classes)?;
        for removal in REMOVALS {
            txn.change(removal, parameters())?;
        }
    }
    Ok(purged)
}

const RECORDS: &str = "MATCH (r:StoredRecord) WHERE r.class IN $classes
  RETURN r.id AS id, r.class AS class LIMIT $room";

const TIES: &str = "MATCH (t:StoredTie) WHERE t.class IN $classes OR t.class_from IN $classes
  OR t.class_to IN $classes
  RETURN t.id AS id, t.class AS class, t.class_from AS one, t.class_to AS other LIMIT $room";

const EVENTS: &str = "MATCH (e:StoredEvent) WHERE e.class IN $classes
  RETURN e.id AS id, e.class AS class LIMIT $room";

const PARTS: &str = "MATCH (e:StoredEvent) WHERE NOT e.class IN $classes
  AND any(class IN e.participants WHERE class IN $classes) UNWIND e.participants AS one
  WITH DISTINCT e, one WHERE one IN $classes
  RETURN e.id AS id, e.class AS class, one LIMIT $room";

const LINKS: &str = "MATCH (a:StoredForm)-[l:LINKED]->(b:StoredForm)
  WHERE a.class IN $classes OR b.class IN $classes
  RETURN a.id AS a, b.id AS b, a.class AS one, b.class AS other LIMIT $room";

const JUDGEMENTS: &str = "MATCH (j:StoredJudgement)
  WHERE j.class_a IN $classes OR j.class_b IN $classes
  RETURN j.a AS a, j.b AS b, j.class AS class, j.class_a AS one, j.class_b AS other LIMIT $room";

/// Notes what a purge removes, and the events that it takes participants from.
fn note(txn: &mut Neo4jTxn<'_>, classes: &ClassSet) -> Result<(), StoreError> {
    each(txn, classes, RECORDS, |row| {
        Ok((Object::Record(parsed(row, "id")?), Basis::one(class(row, "class")?)))
    })?;
    let three = |row: &Cells| -> Result<Basis, StoreError> {
        Ok(Basis::three(class(row, "class")?, class(row, "one")?, class(row, "other")?))
    };
    each(txn, classes, TIES, |row| Ok((Object::Tie(parsed(row, "id")?), three(row)?)))?;
    each(txn, classes, EVENTS, |row| {
        Ok((Object::Event(parsed(row, "id")?), Basis::one(class(row, "class")?)))
    })?;
    each(txn, classes, PARTS, |row| {
        let basis = Basis::two(class(row, "class")?, class(row, "one")?);
        Ok((Object::Event(parsed(row, "id")?), basis))
    })?;
    each(txn, classes, LINKS, |row| {
        let basis = Basis::two(class(row, "one")?, class(row, "other")?);
        Ok((Object::Link(parsed(row, "a")?, parsed(row, "b")?), basis))
    })?;
    each(txn, classes, JUDGEMENTS, |row| {
        Ok((Object::Judgement(parsed(row, "a")?, parsed(row, "b")?), three(row)?))
    })
}

/// Notes the objects that a statement gives as removed, as far as there is room.
fn each(
    txn: &mut Neo4jTxn<'_>,
    classes: &ClassSet,
    cypher: &str,
    read: impl Fn(&Cells) -> Result<(Object, Basis), StoreError>,
) -> Result<(), StoreError> {
    let given = json!({ "classes": class_numbers(classes), "room": txn.noted.room() });
    for row in txn.run(cypher, given)? {
        let (object, basis) = read(&row)?;
        txn.noted.note(object, Change::removed(basis));
    }
    Ok(())
}

fn class(row: &Cells, column: &str) -> Result<ClassId, StoreError> {
    integer(row, column).map(|class| ClassId(class as u32))
}
