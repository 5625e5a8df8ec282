//! Blocks, one node for a key and a class, and late linking: the notes of unlinked forms, and links found later.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::connection::Connection;
use super::read::{Cells, WITHIN, class_numbers, integer, parsed, rows, texts};
use super::write::Neo4jTxn;
use crate::model::{BlockKey, ClassId, ClassSet, FormId, FormLink};
use crate::store::{StoreError, Unlinked};

/// Matches the forms of all classes that carry a key.
const OF_ALL: &str = "UNWIND $rows AS key
  MATCH (b:StoredBlock)<-[:IN_BLOCK]-(f:StoredForm) WHERE b.key = key AND b.class IS NOT NULL
  RETURN key, f.id AS id";

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
        "MATCH (f:StoredForm&StoredUnlinked) WHERE f.unlinked_since > $after
         RETURN f.id AS id, f.class AS class, f.unlinked_since AS since ORDER BY id",
        json!({ "after": after as i64 }),
    )?;
    let note = |row: &Cells| {
        let (form, class) = (parsed(row, "id")?, ClassId(integer(row, "class")? as u32));
        Ok(Unlinked { form, class, since: integer(row, "since")? as u64 })
    };
    found.iter().map(note).collect()
}

/// For each key, the forms of some classes that carry it.
pub(super) fn candidates(
    txn: &mut Neo4jTxn<'_>,
    within: Option<&ClassSet>,
    keys: &[BlockKey],
) -> Result<Vec<(BlockKey, FormId)>, StoreError> {
    let keys: BTreeSet<i64> = keys.iter().map(|key| key.0 as i64).collect();
    let found = match within {
        Some(view) => txn.run(WITHIN, json!({ "keys": keys, "classes": class_numbers(view) }))?,
        None => txn.unwind(OF_ALL, keys.into_iter().map(Value::from).collect())?,
    };
    found
        .iter()
        .map(|row| Ok((BlockKey(integer(row, "key")? as u64), parsed(row, "id")?)))
        .collect::<Result<BTreeSet<_>, StoreError>>()
        .map(|found| found.into_iter().collect())
}

/// Notes forms as not yet linked with all others.
pub(super) fn note(txn: &mut Neo4jTxn<'_>, forms: &[FormId]) -> Result<Vec<Unlinked>, StoreError> {
    let classes = txn.classes_of_forms(forms)?;
    let since = revision_of(txn)?;
    txn.write(
        "UNWIND $rows AS row MATCH (f:StoredForm {id: row[0]})
         SET f:StoredUnlinked SET f.unlinked_since = row[1]",
        texts(forms).into_iter().map(|id| json!([id, since as i64])).collect(),
    )?;
    let note = |form: &FormId| {
        let class = classes.get(form).ok_or(StoreError::Dangling { kind: "note" })?;
        Ok(Unlinked { form: *form, class: *class, since })
    };
    forms.iter().map(note).collect()
}

/// Renews all notes.
pub(super) fn renew(txn: &mut Neo4jTxn<'_>) -> Result<(), StoreError> {
    let since = revision_of(txn)?;
    txn.change(
        "MATCH (f:StoredForm&StoredUnlinked) SET f.unlinked_since = $since",
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
    links: &[FormLink],
    linked: &[Unlinked],
) -> Result<(), StoreError> {
    let ends: Vec<FormId> = links.iter().flat_map(|link| [link.a, link.b]).collect();
    let classes = txn.classes_of_forms(&ends)?;
    let there = |link: &&FormLink| classes.contains_key(&link.a) && classes.contains_key(&link.b);
    let links: Vec<FormLink> = links.iter().filter(there).cloned().collect();
    let mut between = BTreeSet::new();
    for (a, b) in txn.store_links(&links)? {
        let (a, b) = (classes[&a], classes[&b]);
        between.insert((a.min(b), a.max(b)));
    }
    txn.unwind(
        "UNWIND $rows AS row MERGE (l:StoredLate {class_a: row[0], class_b: row[1]})
         SET l.commits = coalesce(l.commits, 0) + 1",
        between.into_iter().map(|(a, b)| json!([a.0, b.0])).collect(),
    )?;
    txn.unwind(
        "UNWIND $rows AS row MATCH (f:StoredForm {id: row[0]}) WHERE f.unlinked_since = row[1]
         REMOVE f:StoredUnlinked, f.unlinked_since",
        linked.iter().map(|note| json!([note.form, note.since as i64])).collect(),
    )?;
    Ok(())
}
