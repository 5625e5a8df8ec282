//! Moving objects to the class of another review.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use super::linking;
use super::read::{integer, object, text, texts};
use super::write::Neo4jTxn;
use crate::model::{ClassId, Event, RecordId, Tie, Timestamp};
use crate::store::review::reviewed;
use crate::store::{Ids, StoreError};

pub(super) fn set(
    txn: &mut Neo4jTxn<'_>,
    ids: &Ids,
    review_by: Timestamp,
) -> Result<(), StoreError> {
    let records = shift(txn, "StoredRecord", texts(&ids.records), review_by)?;
    shift(txn, "StoredTie", texts(&ids.ties), review_by)?;
    shift(txn, "StoredEvent", texts(&ids.events), review_by)?;
    if records.is_empty() {
        return Ok(());
    }
    let before: BTreeSet<u32> = records.values().map(|(before, _)| *before).collect();
    let after: BTreeMap<String, u32> =
        records.into_iter().map(|(id, (_, after))| (id, after)).collect();
    linking::renew(txn)?;
    copy_to_blocks(txn, &after)?;
    copy_to_ties(txn, &before, &after)?;
    copy_to_events(txn, &before, &after)?;
    for end in ["a", "b"] {
        let rows = after.iter().map(|(id, class)| json!({ "id": id, "class": class }));
        let cypher = format!(
            "UNWIND $rows AS row MATCH (j:StoredJudgement) WHERE j.{end} = row.id
             SET j.class_{end} = row.class"
        );
        txn.write(&cypher, rows.collect())?;
    }
    Ok(())
}

/// Moves objects; the classes before and after of those that moved.
fn shift(
    txn: &mut Neo4jTxn<'_>,
    stored_label: &str,
    ids: Vec<String>,
    review_by: Timestamp,
) -> Result<BTreeMap<String, (u32, u32)>, StoreError> {
    let found = txn.unwind(
        &format!(
            "UNWIND $rows AS id MATCH (n:{stored_label} {{id: id}}) RETURN n.id AS id, n.class AS class"
        ),
        ids.into_iter().map(Value::from).collect(),
    )?;
    let mut moved = BTreeMap::new();
    for row in &found {
        let before = integer(row, "class")? as u32;
        let class = match txn.classes.iter().find(|(_, id)| **id == ClassId(before)) {
            Some((class, _)) => reviewed(class, review_by),
            None => return Err(StoreError::Damaged("Neo4j: no such class".into())),
        };
        let after = txn.number(class)?;
        if after != before {
            moved.insert(text(row, "id")?.to_owned(), (before, after));
        }
    }
    let rows = moved.iter().map(|(id, (_, class))| json!({ "id": id, "class": class }));
    txn.write(
        &format!(
            "UNWIND $rows AS row MATCH (n:{stored_label} {{id: row.id}}) SET n.class = row.class"
        ),
        rows.collect(),
    )?;
    Ok(moved)
}

/// Blocks are of one class: records move to those of their new one.
fn copy_to_blocks(txn: &mut Neo4jTxn<'_>, after: &BTreeMap<String, u32>) -> Result<(), StoreError> {
    let rows = after.iter().map(|(id, class)| json!({ "id": id, "class": class }));
    txn.write(
        "UNWIND $rows AS row MATCH (r:StoredRecord {id: row.id})-[in:IN_BLOCK]->(b:StoredBlock)
         WHERE b.class <> row.class
         MERGE (n:StoredBlock {key: b.key, class: row.class})
         MERGE (r)-[:IN_BLOCK]->(n) DELETE in",
        rows.collect(),
    )?;
    Ok(())
}

/// Ties keep the classes of both ends.
fn copy_to_ties(
    txn: &mut Neo4jTxn<'_>,
    before: &BTreeSet<u32>,
    after: &BTreeMap<String, u32>,
) -> Result<(), StoreError> {
    let found = txn.run(
        "MATCH (t:StoredTie) WHERE t.class_from IN $before OR t.class_to IN $before
         RETURN t.id AS id, t.json AS tie",
        json!({ "before": before }),
    )?;
    let mut rows = Vec::new();
    for row in &found {
        let tie: Tie = object(row, "tie")?;
        let class = |end: RecordId| after.get(&end.to_string());
        let (from, to) = (class(tie.from), class(tie.to));
        if from.is_some() || to.is_some() {
            rows.push(json!({ "id": text(row, "id")?, "from": from, "to": to }));
        }
    }
    txn.write(
        "UNWIND $rows AS row MATCH (t:StoredTie {id: row.id})
         SET t.class_from = coalesce(row.from, t.class_from),
             t.class_to = coalesce(row.to, t.class_to)",
        rows,
    )?;
    Ok(())
}

/// Events keep the classes of those who took part, in the event's order.
fn copy_to_events(
    txn: &mut Neo4jTxn<'_>,
    before: &BTreeSet<u32>,
    after: &BTreeMap<String, u32>,
) -> Result<(), StoreError> {
    let found = txn.run(
        "MATCH (e:StoredEvent) WHERE any(class IN e.participants WHERE class IN $before)
         RETURN e.id AS id, e.json AS event, e.participants AS participants",
        json!({ "before": before }),
    )?;
    let mut rows = Vec::new();
    for row in &found {
        let event: Event = object(row, "event")?;
        let classes = row.get("participants").and_then(Value::as_array).cloned();
        let mut classes = classes.unwrap_or_default();
        for (class, part) in classes.iter_mut().zip(&event.participants) {
            if let Some(moved) = after.get(&part.record.to_string()) {
                *class = json!(moved);
            }
        }
        rows.push(json!({ "id": text(row, "id")?, "participants": classes }));
    }
    txn.write(
        "UNWIND $rows AS row MATCH (e:StoredEvent {id: row.id})
         SET e.participants = row.participants",
        rows,
    )?;
    Ok(())
}
