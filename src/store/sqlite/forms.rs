//! Forms of records that move to another class.

use std::collections::BTreeMap;

use rusqlite::{Connection, Row, params};

use super::write::SqliteTxn;
use super::{backend, read, stream};
use crate::model::{ClassId, Content, FormId, FormLink, RecordId};
use crate::store::StoreError;
use crate::store::forms::{Move, Moved};

/// The forms that records leave, and those that are new, each with its class and the form that it is copied from.
const TABLES: &str = "
CREATE TEMP TABLE IF NOT EXISTS left_form (form BLOB PRIMARY KEY) STRICT, WITHOUT ROWID;
CREATE TEMP TABLE IF NOT EXISTS new_form (source BLOB NOT NULL, form BLOB NOT NULL, class INTEGER NOT NULL,
  PRIMARY KEY (source, form)) STRICT, WITHOUT ROWID;
DELETE FROM left_form; DELETE FROM new_form;";

/// The keys of new forms. One pass over all keys, which are in the order of the keys.
const COPY_KEYS: &str = "INSERT OR IGNORE INTO block (key, class, form)
  SELECT b.key, n.class, n.form FROM block b CROSS JOIN temp.new_form n ON n.source = b.form";

const COPY_NOTES: &str = "INSERT OR IGNORE INTO unlinked (form, since)
  SELECT n.form, u.since FROM unlinked u CROSS JOIN temp.new_form n ON n.source = u.form";

const LINKS: &str = "SELECT class_a, class_b, json, a, b FROM link
  WHERE a IN (SELECT form FROM temp.left_form) OR b IN (SELECT form FROM temp.left_form)";

/// Moves records to classes and to the forms that they have there.
pub(super) fn set(
    txn: &mut SqliteTxn<'_>,
    moved: &BTreeMap<RecordId, (ClassId, ClassId)>,
) -> Result<(), StoreError> {
    txn.writer.execute_batch(TABLES).map_err(backend)?;
    let leave = "INSERT OR IGNORE INTO temp.left_form (form) VALUES (?1)";
    let mut moves = Vec::new();
    for (record, (_, class)) in moved {
        let (before, content) = form_of(&txn.writer, *record)?;
        let after = FormId::of(txn.named(*class)?, content);
        moves.push(Move { record: *record, class: *class, before, after });
        txn.execute_quietly(leave, params![&before.0[..]])?;
    }
    let links = links(&txn.writer)?;
    let mut counts = BTreeMap::new();
    for form in moves.iter().flat_map(|it| [it.before, it.after]) {
        counts.insert(form, read::count(&txn.writer, form, moves.len() + 1)?);
    }
    let Moved { new, links, left, single } = Moved::of(&moves, counts, links);
    for Move { record, class, after, .. } in moves {
        txn.execute(
            "UPDATE record SET class = ?2, form = ?3 WHERE id = ?1",
            params![&record.0[..], class.0, &after.0[..]],
        )?;
    }
    let add = "INSERT INTO temp.new_form (source, form, class) VALUES (?1, ?2, ?3)";
    for (form, (class, source)) in new {
        txn.execute_quietly(add, params![&source.0[..], &form.0[..], class.0])?;
    }
    txn.execute(COPY_KEYS, [])?;
    txn.execute(COPY_NOTES, [])?;
    for link in links {
        txn.put_link(&link)?;
    }
    for form in single {
        txn.execute("DELETE FROM link WHERE a = ?1 AND b = ?1", params![&form.0[..]])?;
    }
    txn.writer.execute_batch("DELETE FROM temp.left_form").map_err(backend)?;
    for form in left {
        txn.execute_quietly(leave, params![&form.0[..]])?;
    }
    for (table, column) in [("block", "form"), ("unlinked", "form"), ("link", "a"), ("link", "b")] {
        let empty =
            format!("DELETE FROM {table} WHERE {column} IN (SELECT form FROM temp.left_form)");
        txn.execute(&empty, [])?;
    }
    Ok(())
}

/// The form and the content of a record.
fn form_of(connection: &Connection, id: RecordId) -> Result<(FormId, Content), StoreError> {
    let mut select = connection
        .prepare_cached("SELECT form, content FROM record WHERE id = ?1")
        .map_err(backend)?;
    let columns = |row: &Row<'_>| Ok((FormId(row.get(0)?), Content(row.get(1)?)));
    select.query_row([&id.0[..]], columns).map_err(backend)
}

/// The links of the forms that records leave, those with themselves included.
fn links(connection: &Connection) -> Result<Vec<FormLink>, StoreError> {
    let mut select = connection.prepare_cached(LINKS).map_err(backend)?;
    let mut rows = select.query([]).map_err(backend)?;
    let mut links = Vec::new();
    while let Some(row) = rows.next().map_err(backend)? {
        let json: String = row.get(2).map_err(backend)?;
        links.push(stream::link(row, &json)?);
    }
    Ok(links)
}
