//! The change log: its row is written with the commit, and read with the objects that it names.

use std::collections::BTreeSet;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use serde_json::{Value, json};

use super::connection::Connection;
use super::read::{
    self, Cells, STREAM_TRIES_MAX, class, class_numbers, integer, object, parsed, rows, text,
};
use super::write::Neo4jTxn;
use crate::model::{ClassSet, Judgement};
use crate::store::log::{self, Reading, Touched};
use crate::store::review::Reviews;
use crate::store::{Changes, StoreError};

const RECORDS: &str = "UNWIND $wanted AS id MATCH (r:StoredRecord {id: id})
  WHERE r.class IN $classes RETURN r.class AS class, r.form AS form, r.json AS record";

const TIES: &str = "UNWIND $wanted AS id MATCH (t:StoredTie {id: id})
  WHERE t.class IN $classes AND t.class_from IN $classes AND t.class_to IN $classes
  RETURN t.class AS class, t.json AS tie";

const EVENTS: &str = "UNWIND $wanted AS id MATCH (e:StoredEvent {id: id})
  WHERE e.class IN $classes
  RETURN e.class AS class, e.json AS event, e.participants AS participants";

const LINKS: &str = "UNWIND $wanted AS pair
  MATCH (a:StoredForm {id: pair[0]})-[l:LINKED]->(b:StoredForm {id: pair[1]})
  WHERE a.class IN $classes AND b.class IN $classes
  RETURN a.id AS a, b.id AS b, l.json AS link ORDER BY a, b";

const JUDGEMENTS: &str = "UNWIND $wanted AS pair
  MATCH (j:StoredJudgement) WHERE j.id STARTS WITH pair
  AND j.class IN $classes AND j.class_a IN $classes AND j.class_b IN $classes
  RETURN j.json AS judgement ORDER BY j.a, j.b, j.owner, j.user";

/// Raises the revision of a transaction that changes something, and writes the log's row of it. Every revision has a
/// row: where one is missing the log does not tell what happened.
pub(super) fn close(txn: &mut Neo4jTxn<'_>) -> Result<(), StoreError> {
    let row = txn.noted.row();
    let bytes = row.as_deref().map_or(0, log::row_bytes);
    let raised = txn.run(
        "MATCH (m:StoredMeta {id: 1})
         SET m.revision = m.revision + 1, m.log_bytes = coalesce(m.log_bytes, 0) + $bytes
         RETURN m.revision AS revision, m.log_bytes AS bytes",
        json!({ "bytes": bytes }),
    )?;
    let raised = raised.first().ok_or_else(|| StoreError::Damaged("no StoredMeta".into()))?;
    let (revision, total) = (integer(raised, "revision")?, integer(raised, "bytes")? as u64);
    let Some(row) = row else { return forget(txn, revision as u64, total) };
    txn.run(
        "CREATE (:StoredChanges {revision: $revision, touched: $touched, length: $length})",
        json!({
            "revision": revision, "touched": BASE64_STANDARD.encode(&row), "length": row.len(),
        }),
    )?;
    let surplus = txn.limits.surplus(total);
    if surplus > 0 {
        let kept = txn.run(
            "MATCH (c:StoredChanges) RETURN c.revision AS revision, c.length AS length
             ORDER BY revision",
            json!({}),
        )?;
        let length =
            |row: &Cells| Ok((integer(row, "revision")? as u64, integer(row, "length")? as u64));
        let (up_to, bytes) = log::surplus_rows(kept.iter().map(length), surplus)?;
        forget(txn, up_to, bytes)?;
    }
    Ok(())
}

/// Drops the rows up to a revision.
fn forget(txn: &mut Neo4jTxn<'_>, up_to: u64, bytes: u64) -> Result<(), StoreError> {
    txn.run(
        "MATCH (c:StoredChanges) WHERE c.revision <= $up_to DELETE c",
        json!({ "up_to": up_to }),
    )?;
    txn.run(
        "MATCH (m:StoredMeta {id: 1}) SET m.log_bytes = m.log_bytes - $bytes",
        json!({ "bytes": bytes }),
    )?;
    Ok(())
}

/// The objects of a view that commits after a revision touched, as they stand: read until no write came in between.
pub(super) fn since(
    connection: &Connection,
    view: &ClassSet,
    after: u64,
    most: usize,
) -> Result<Option<Changes>, StoreError> {
    for _ in 0..STREAM_TRIES_MAX {
        let revision = read::revision(connection)?;
        let found = match touched(connection, view, (after, revision), most)? {
            Some(touched) => Some(as_they_stand(connection, view, revision, &touched)?),
            None => None,
        };
        if read::revision(connection)? == revision {
            return Ok(found);
        }
    }
    Err(StoreError::Busy)
}

/// The objects of a view that commits after a revision and up to another touched.
fn touched(
    connection: &Connection,
    view: &ClassSet,
    (after, up_to): (u64, u64),
    most: usize,
) -> Result<Option<Touched>, StoreError> {
    let mut reading = Reading::after(after, view, most);
    let mut tells = true;
    connection.read_each(
        "MATCH (c:StoredChanges) WHERE c.revision > $after AND c.revision <= $up_to
         RETURN c.revision AS revision, c.touched AS touched ORDER BY revision",
        json!({ "after": after, "up_to": up_to }),
        |row| {
            if tells {
                let touched = BASE64_STANDARD.decode(text(&row, "touched")?);
                let touched = touched.map_err(|_| StoreError::Damaged("the change log".into()))?;
                tells = reading.row(integer(&row, "revision")? as u64, &touched)?;
            }
            Ok(())
        },
    )?;
    Ok(if tells { reading.up_to(up_to) } else { None })
}

fn as_they_stand(
    connection: &Connection,
    view: &ClassSet,
    revision: u64,
    touched: &Touched,
) -> Result<Changes, StoreError> {
    let mut changes = Changes { revision, ..Changes::default() };
    if touched.is_empty() {
        return Ok(changes);
    }
    let reviews = Reviews::of(&read::classes(connection)?);
    let asked = |cypher: &str, wanted: Vec<Value>| {
        let classes = class_numbers(view);
        rows(connection, cypher, json!({ "wanted": wanted, "classes": classes }))
    };
    changes.records.extend(touched.records.iter().map(|id| (*id, None)));
    for row in asked(RECORDS, names(&touched.records))? {
        let record = read::record(&row, &reviews)?;
        changes.records.insert(record.id, Some((class(&row)?, parsed(&row, "form")?, record)));
    }
    changes.ties.extend(touched.ties.iter().map(|id| (*id, None)));
    for row in asked(TIES, names(&touched.ties))? {
        let tie = read::tie(&row, &reviews)?;
        changes.ties.insert(tie.id, Some(tie));
    }
    changes.events.extend(touched.events.iter().map(|id| (*id, None)));
    for row in asked(EVENTS, names(&touched.events))? {
        let event = read::event(&row, view, &reviews)?;
        changes.events.insert(event.id, Some(event));
    }
    let pairs = touched.links.iter().map(|(a, b)| json!([a, b]));
    for row in asked(LINKS, pairs.collect())? {
        changes.links.push(read::link(&row)?);
    }
    changes.judgements.extend(touched.judged.iter().map(|pair| (*pair, Vec::new())));
    // The beginning of their ids.
    let pairs = touched.judged.iter().map(|(a, b)| json!(format!("[\"{a}\",\"{b}\",")));
    for row in asked(JUDGEMENTS, pairs.collect())? {
        let judgement: Judgement = object(&row, "judgement")?;
        let pair = (judgement.a, judgement.b);
        changes.judgements.entry(pair).or_default().push(judgement);
    }
    Ok(changes)
}

/// Ids as parameters.
fn names<T: ToString>(ids: &BTreeSet<T>) -> Vec<Value> {
    ids.iter().map(|id| json!(id.to_string())).collect()
}
