//! Forms of records that move to another class.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::read::{integer, link, parsed, text, texts};
use super::write::Neo4jTxn;
use crate::model::{ClassId, Content, FormId, RecordId, parse_hex};
use crate::store::StoreError;
use crate::store::forms::{Move, Moved};

/// Moves records, which are of other classes already, to the forms that they have there.
pub(super) fn set(
    txn: &mut Neo4jTxn<'_>,
    moved: &BTreeMap<RecordId, (ClassId, ClassId)>,
) -> Result<(), StoreError> {
    let ids: Vec<RecordId> = moved.keys().copied().collect();
    let found = txn.unwind(
        "UNWIND $rows AS id MATCH (r:StoredRecord {id: id})
         RETURN r.id AS id, r.form AS form, r.content AS content",
        values(&ids),
    )?;
    let mut moves = Vec::new();
    for row in &found {
        let record: RecordId = parsed(row, "id")?;
        let Some((_, class)) = moved.get(&record) else { continue };
        let content = parse_hex(text(row, "content")?)
            .ok_or_else(|| StoreError::Damaged("Neo4j: a malformed content".into()))?;
        let after = FormId::of(txn.named(*class)?, Content(content));
        moves.push(Move { record, class: *class, before: parsed(row, "form")?, after });
    }
    // In the order of the records, whatever order they were found in.
    moves.sort_unstable_by_key(|it| it.record);
    let named: Vec<FormId> = moves.iter().flat_map(|it| [it.before, it.after]).collect();
    let counts = counts(txn, &named)?;
    let before: Vec<FormId> = moves.iter().map(|it| it.before).collect();
    let links = txn.unwind(
        "UNWIND $rows AS id MATCH (f:StoredForm {id: id})-[l:LINKED]-(:StoredForm)
         WITH DISTINCT l, startNode(l) AS a, endNode(l) AS b
         RETURN a.id AS a, b.id AS b, l.json AS link",
        values(&before),
    )?;
    let links = links.iter().map(link).collect::<Result<_, _>>()?;
    let Moved { new, links, left, single } = Moved::of(&moves, counts, links);
    let rows = new
        .iter()
        .map(|(form, (class, source))| json!({ "form": form, "class": class.0, "source": source }));
    let rows: Vec<Value> = rows.collect();
    txn.write(
        "UNWIND $rows AS row MATCH (s:StoredForm {id: row.source})
         CREATE (f:StoredForm {id: row.form, class: row.class})
         SET f.unlinked_since = s.unlinked_since",
        rows.clone(),
    )?;
    txn.write(
        "UNWIND $rows AS row MATCH (f:StoredForm {id: row.form})
         WHERE f.unlinked_since IS NOT NULL SET f:StoredUnlinked",
        rows.clone(),
    )?;
    txn.write(
        "UNWIND $rows AS row MATCH (s:StoredForm {id: row.source})-[:IN_BLOCK]->(b:StoredBlock)
         MATCH (f:StoredForm {id: row.form})
         MERGE (n:StoredBlock {key: b.key, class: row.class}) MERGE (f)-[:IN_BLOCK]->(n)",
        rows,
    )?;
    let rows = moves.iter().map(|it| json!({ "id": it.record, "form": it.after }));
    txn.write(
        "UNWIND $rows AS row MATCH (r:StoredRecord {id: row.id})-[has:HAS_FORM]->(:StoredForm)
         MATCH (f:StoredForm {id: row.form})
         CREATE (r)-[:HAS_FORM]->(f) SET r.form = row.form DELETE has",
        rows.collect(),
    )?;
    txn.put_form_links(&links)?;
    let single: Vec<FormId> = single.into_iter().collect();
    let of_single = "UNWIND $rows AS id MATCH (f:StoredForm {id: id})-[l:LINKED]->(f) DELETE l";
    txn.write(of_single, values(&single))?;
    let left: Vec<FormId> = left.into_iter().collect();
    txn.write("UNWIND $rows AS id MATCH (f:StoredForm {id: id}) DETACH DELETE f", values(&left))?;
    Ok(())
}

/// How many records each of these forms has; forms that are not there are left out.
pub(super) fn counts(
    txn: &mut Neo4jTxn<'_>,
    forms: &[FormId],
) -> Result<BTreeMap<FormId, usize>, StoreError> {
    let rows = txn.unwind(
        "UNWIND $rows AS id MATCH (f:StoredForm {id: id})
         RETURN f.id AS id, count { (f)<-[:HAS_FORM]-() } AS count",
        values(forms),
    )?;
    rows.iter().map(|row| Ok((parsed(row, "id")?, integer(row, "count")? as usize))).collect()
}

fn values<T: ToString>(ids: &[T]) -> Vec<Value> {
    texts(ids).into_iter().map(Value::from).collect()
}
