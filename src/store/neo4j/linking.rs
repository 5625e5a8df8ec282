//! Blocks, one node for a key and a class, and late linking: the notes of unlinked records, and links found later.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use super::connection::Connection;
use super::read::{Cells, WITHIN, class_numbers, integer, record_id, rows, texts};
use super::write::Neo4jTxn;
use crate::model::{BlockKey, ClassId, ClassSet, Link, RecordId};
use crate::store::{StoreError, Unlinked};

/// Matches the records of all classes that carry a key.
const OF_ALL: &str = "UNWIND $rows AS key
  MATCH (b:StoredBlock)<-[:IN_BLOCK]-(r:StoredRecord) WHERE b.key = key AND b.class IS NOT NULL
  RETURN key, r.id AS id";

pub(super) fn late_revision(connection: &Connection, view: &ClassSet) -> Result<u64, StoreError> {
    let found = rows(
        connection,
        "MATCH (l:StoredLate) WHERE l.class_a IN $classes AND l.class_b IN $classes
         RETURN sum(l.commits) AS commits",
        json!({ "classes": class_numbers(view) }),
    )?;
    Ok(found.first().map(|row| integer(row, "commits")).transpose()?.unwrap_or(0) as u64)
}

pub(super) fn unlinked(connection: &Connection, after: u64) -> Result<Vec<Unlinked>, StoreError> {
    let found = rows(
        connection,
        "MATCH (r:StoredUnlinked) WHERE r.unlinked_since > $after
         RETURN r.id AS id, r.class AS class, r.unlinked_since AS since ORDER BY id",
        json!({ "after": after as i64 }),
    )?;
    let note = |row: &Cells| {
        let (id, class) = (record_id(row)?, ClassId(integer(row, "class")? as u32));
        Ok(Unlinked { id, class, since: integer(row, "since")? as u64 })
    };
    found.iter().map(note).collect()
}

/// For each key, the records of some classes that carry it.
pub(super) fn candidates(
    txn: &mut Neo4jTxn<'_>,
    within: Option<&ClassSet>,
    keys: &[BlockKey],
) -> Result<Vec<(BlockKey, RecordId)>, StoreError> {
    let keys: BTreeSet<i64> = keys.iter().map(|key| key.0 as i64).collect();
    let found = match within {
        Some(view) => txn.run(WITHIN, json!({ "keys": keys, "classes": class_numbers(view) }))?,
        None => txn.unwind(OF_ALL, keys.into_iter().map(Value::from).collect())?,
    };
    found
        .iter()
        .map(|row| Ok((BlockKey(integer(row, "key")? as u64), record_id(row)?)))
        .collect::<Result<BTreeSet<_>, StoreError>>()
        .map(|found| found.into_iter().collect())
}

/// Notes records as not yet linked with all others.
pub(super) fn note(txn: &mut Neo4jTxn<'_>, ids: &[RecordId]) -> Result<Vec<Unlinked>, StoreError> {
    let classes = txn.classes_of("note", ids.iter().copied().collect())?;
    let since = revision_of(txn)?;
    txn.write(
        "UNWIND $rows AS row MATCH (r:StoredRecord {id: row[0]})
         SET r:StoredUnlinked SET r.unlinked_since = row[1]",
        texts(ids).into_iter().map(|id| json!([id, since as i64])).collect(),
    )?;
    Ok(ids.iter().map(|id| Unlinked { id: *id, class: ClassId(classes[id]), since }).collect())
}

/// Renews all notes.
pub(super) fn renew(txn: &mut Neo4jTxn<'_>) -> Result<(), StoreError> {
    let since = revision_of(txn)?;
    txn.change(
        "MATCH (r:StoredUnlinked) SET r.unlinked_since = $since",
        json!({ "since": since as i64 }),
    )
}

/// The revision that the transaction, which changes something, makes.
fn revision_of(txn: &mut Neo4jTxn<'_>) -> Result<u64, StoreError> {
    let found = txn.run("MATCH (m:StoredMeta {id: 1}) RETURN m.revision AS revision", json!({}))?;
    let revision = found.first().map(|row| integer(row, "revision")).transpose()?;
    Ok(revision.unwrap_or(0) as u64 + 1)
}

/// Stores links late and takes notes away. The revision stays.
pub(super) fn link(
    txn: &mut Neo4jTxn<'_>,
    links: &[Link],
    linked: &[Unlinked],
) -> Result<(), StoreError> {
    let ends: BTreeSet<RecordId> = links.iter().flat_map(|link| [link.a, link.b]).collect();
    let ends: Vec<RecordId> = ends.into_iter().collect();
    let found = txn.unwind(
        "UNWIND $rows AS id MATCH (r:StoredRecord {id: id}) RETURN r.id AS id, r.class AS class",
        texts(&ends).into_iter().map(Value::from).collect(),
    )?;
    let class = |row: &Cells| Ok((record_id(row)?, integer(row, "class")?));
    let classes = found.iter().map(class).collect::<Result<BTreeMap<_, _>, StoreError>>()?;
    let there = |link: &&Link| classes.contains_key(&link.a) && classes.contains_key(&link.b);
    let links: Vec<Link> = links.iter().filter(there).cloned().collect();
    let mut between = BTreeSet::new();
    for (a, b) in txn.store_links(&links)? {
        let (a, b) = (classes[&a], classes[&b]);
        between.insert((a.min(b), a.max(b)));
    }
    txn.unwind(
        "UNWIND $rows AS row MERGE (l:StoredLate {class_a: row[0], class_b: row[1]})
         SET l.commits = coalesce(l.commits, 0) + 1",
        between.into_iter().map(|(a, b)| json!([a, b])).collect(),
    )?;
    txn.unwind(
        "UNWIND $rows AS row MATCH (r:StoredRecord {id: row[0]}) WHERE r.unlinked_since = row[1]
         REMOVE r:StoredUnlinked, r.unlinked_since",
        linked.iter().map(|note| json!([note.id.to_string(), note.since as i64])).collect(),
    )?;
    Ok(())
}
