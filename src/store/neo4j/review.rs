//! Moving objects to the class of another review.

use std::collections::{BTreeMap, BTreeSet};
use std::str::FromStr;

use serde_json::{Value, json};

use super::read::{Cells, integer, object, parsed, text};
use super::write::Neo4jTxn;
use super::{forms, linking};
use crate::model::{ClassId, Event, RecordId, Tie, Timestamp};
use crate::store::log::{Basis, Change, Object};
use crate::store::review::reviewed;
use crate::store::{Ids, StoreError};

pub(super) fn set(
    txn: &mut Neo4jTxn<'_>,
    ids: &Ids,
    review_by: Timestamp,
) -> Result<(), StoreError> {
    let records = shift(txn, "StoredRecord", &ids.records, review_by, |id, _, before, after| {
        Ok((Object::Record(id), Change::moved(Basis::one(before), Basis::one(after))))
    })?;
    shift(txn, "StoredTie", &ids.ties, review_by, |id, row, before, after| {
        let (from, to) = (class(row, "class_from")?, class(row, "class_to")?);
        let basis = |own| Basis::three(own, from, to);
        Ok((Object::Tie(id), Change::moved(basis(before), basis(after))))
    })?;
    shift(txn, "StoredEvent", &ids.events, review_by, |id, _, before, after| {
        Ok((Object::Event(id), Change::moved(Basis::one(before), Basis::one(after))))
    })?;
    if records.is_empty() {
        return Ok(());
    }
    forms::set(txn, &records)?;
    linking::renew(txn)?;
    copy_to_ties(txn, &records)?;
    copy_to_events(txn, &records)?;
    copy_to_judgements(txn, &records)
}

/// The classes before and after of the records that were moved.
type Moved = BTreeMap<RecordId, (ClassId, ClassId)>;

/// Moves objects and notes them as `changed` tells; the classes before and after of those that moved.
fn shift<I: Copy + Ord + ToString + FromStr>(
    txn: &mut Neo4jTxn<'_>,
    stored_label: &str,
    ids: &[I],
    review_by: Timestamp,
    changed: impl Fn(I, &Cells, ClassId, ClassId) -> Result<(Object, Change), StoreError>,
) -> Result<BTreeMap<I, (ClassId, ClassId)>, StoreError> {
    let ids: BTreeSet<I> = ids.iter().copied().collect();
    let found = txn.unwind(
        &format!(
            "UNWIND $rows AS id MATCH (n:{stored_label} {{id: id}})
             RETURN n.id AS id, n.class AS class, n.class_from AS class_from,
               n.class_to AS class_to"
        ),
        ids.iter().map(|id| Value::from(id.to_string())).collect(),
    )?;
    let mut moved = BTreeMap::new();
    for row in &found {
        let before = class(row, "class")?;
        let after = reviewed(txn.named(before)?, review_by);
        let after = ClassId(txn.number(after)?);
        if after != before {
            let id: I = parsed(row, "id")?;
            let (object, change) = changed(id, row, before, after)?;
            txn.noted.note(object, change);
            moved.insert(id, (before, after));
        }
    }
    let rows =
        moved.iter().map(|(id, (_, class))| json!({ "id": id.to_string(), "class": class.0 }));
    txn.write(
        &format!(
            "UNWIND $rows AS row MATCH (n:{stored_label} {{id: row.id}}) SET n.class = row.class"
        ),
        rows.collect(),
    )?;
    Ok(moved)
}

fn class(row: &Cells, column: &str) -> Result<ClassId, StoreError> {
    integer(row, column).map(|class| ClassId(class as u32))
}

/// The numbers of the classes before, which narrow down what is read.
fn before(moved: &Moved) -> BTreeSet<u32> {
    moved.values().map(|(before, _)| before.0).collect()
}

/// The class of a record as it was and as it is, where an object holds a copy of the class as it was.
fn both(moved: &Moved, record: RecordId, copy: ClassId) -> (ClassId, ClassId) {
    moved.get(&record).copied().unwrap_or((copy, copy))
}

/// Ties keep the classes of both ends.
fn copy_to_ties(txn: &mut Neo4jTxn<'_>, moved: &Moved) -> Result<(), StoreError> {
    let found = txn.run(
        "MATCH (t:StoredTie) WHERE t.class_from IN $before OR t.class_to IN $before
         RETURN t.id AS id, t.json AS tie, t.class AS class, t.class_from AS class_from,
           t.class_to AS class_to",
        json!({ "before": before(moved) }),
    )?;
    let mut rows = Vec::new();
    for row in &found {
        let tie: Tie = object(row, "tie")?;
        if [tie.from, tie.to].iter().any(|end| moved.contains_key(end)) {
            let own = class(row, "class")?;
            let from = both(moved, tie.from, class(row, "class_from")?);
            let to = both(moved, tie.to, class(row, "class_to")?);
            let [was, is] =
                [(from.0, to.0), (from.1, to.1)].map(|(from, to)| Basis::three(own, from, to));
            txn.noted.note(Object::Tie(tie.id), Change::moved(was, is));
            rows.push(json!({ "id": text(row, "id")?, "from": from.1.0, "to": to.1.0 }));
        }
    }
    txn.write(
        "UNWIND $rows AS row MATCH (t:StoredTie {id: row.id})
         SET t.class_from = row.from, t.class_to = row.to",
        rows,
    )?;
    Ok(())
}

/// Events keep the classes of those who took part, in the event's order.
fn copy_to_events(txn: &mut Neo4jTxn<'_>, moved: &Moved) -> Result<(), StoreError> {
    let found = txn.run(
        "MATCH (e:StoredEvent) WHERE any(class IN e.participants WHERE class IN $before)
         RETURN e.id AS id, e.class AS class, e.json AS event, e.participants AS participants",
        json!({ "before": before(moved) }),
    )?;
    let mut rows = Vec::new();
    for row in &found {
        let event: Event = object(row, "event")?;
        let own = class(row, "class")?;
        let classes = row.get("participants").and_then(Value::as_array).cloned();
        let mut classes = classes.unwrap_or_default();
        let mut moves = false;
        for (class, part) in classes.iter_mut().zip(&event.participants) {
            let Some((before, after)) = moved.get(&part.record) else { continue };
            // A record that was purged and put again takes no part in what it took part in before.
            if class.as_u64() != Some(u64::from(before.0)) {
                continue;
            }
            moves = true;
            *class = json!(after.0);
            let [was, is] = [before, after].map(|class| Basis::two(own, *class));
            txn.noted.note(Object::Event(event.id), Change::moved(was, is));
        }
        if moves {
            rows.push(json!({ "id": text(row, "id")?, "participants": classes }));
        }
    }
    txn.write(
        "UNWIND $rows AS row MATCH (e:StoredEvent {id: row.id})
         SET e.participants = row.participants",
        rows,
    )?;
    Ok(())
}

/// Judgements keep the classes of both records.
fn copy_to_judgements(txn: &mut Neo4jTxn<'_>, moved: &Moved) -> Result<(), StoreError> {
    let found = txn.run(
        "MATCH (j:StoredJudgement) WHERE j.class_a IN $before OR j.class_b IN $before
         RETURN j.id AS id, j.a AS a, j.b AS b, j.class AS class, j.class_a AS class_a,
           j.class_b AS class_b",
        json!({ "before": before(moved) }),
    )?;
    let mut rows = Vec::new();
    for row in &found {
        let (a, b): (RecordId, RecordId) = (parsed(row, "a")?, parsed(row, "b")?);
        if moved.contains_key(&a) || moved.contains_key(&b) {
            let own = class(row, "class")?;
            let one = both(moved, a, class(row, "class_a")?);
            let other = both(moved, b, class(row, "class_b")?);
            let [was, is] = [(one.0, other.0), (one.1, other.1)]
                .map(|(one, other)| Basis::three(own, one, other));
            txn.noted.note(Object::Judgement(a, b), Change::moved(was, is));
            rows.push(json!({ "id": text(row, "id")?, "a": one.1.0, "b": other.1.0 }));
        }
    }
    txn.write(
        "UNWIND $rows AS row MATCH (j:StoredJudgement {id: row.id})
         SET j.class_a = row.a, j.class_b = row.b",
        rows,
    )?;
    Ok(())
}
