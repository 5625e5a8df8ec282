//! The change log: its row is written with the commit, and read with the objects that it names.

use rusqlite::{Connection, params};

use super::write::SqliteTxn;
use super::{backend, from_json, read, stream};
use crate::model::{ClassSet, FormId, Judgement};
use crate::store::log::{self, Reading, Touched};
use crate::store::review::Reviews;
use crate::store::{Changes, StoreError};

/// Raises the revision of a transaction that changes something, and writes the log's row of it. Every revision has a
/// row: where one is missing the log does not tell what happened.
pub(super) fn close(txn: &mut SqliteTxn<'_>) -> Result<(), StoreError> {
    let row = txn.noted.row();
    let bytes = row.as_deref().map_or(0, log::row_bytes);
    let raise = "UPDATE meta SET revision = revision + 1, log_bytes = log_bytes + ?1
      RETURNING revision, log_bytes";
    let (revision, total): (i64, i64) = txn
        .writer
        .prepare_cached(raise)
        .and_then(|mut raise| raise.query_row([bytes as i64], |row| Ok((row.get(0)?, row.get(1)?))))
        .map_err(backend)?;
    let Some(row) = row else {
        return forget(&txn.writer, revision as u64, total as u64);
    };
    txn.execute(
        "INSERT INTO change_log (revision, touched) VALUES (?1, ?2)",
        params![revision, row],
    )?;
    let surplus = txn.limits.surplus(total as u64);
    if surplus > 0 {
        let (up_to, bytes) = oldest(&txn.writer, surplus)?;
        forget(&txn.writer, up_to, bytes)?;
    }
    Ok(())
}

/// The oldest rows, which hold a surplus: up to which revision, and their bytes.
fn oldest(writer: &Connection, surplus: u64) -> Result<(u64, u64), StoreError> {
    // The length stands at the beginning of a row: no more of it is read.
    let select = "SELECT revision, length(touched) FROM change_log ORDER BY revision";
    let mut select = writer.prepare_cached(select).map_err(backend)?;
    let rows = select
        .query_map([], |row| Ok((row.get::<_, i64>(0)? as u64, row.get::<_, i64>(1)? as u64)))
        .map_err(backend)?;
    log::surplus_rows(rows.map(|row| row.map_err(backend)), surplus)
}

/// Drops the rows up to a revision. They are not overwritten, as what a purge removes is: they hold ids, which say
/// nothing, and many pages are written for the one that is needed.
fn forget(writer: &Connection, up_to: u64, bytes: u64) -> Result<(), StoreError> {
    let overwrite = |how: &str| writer.pragma_update(None, "secure_delete", how).map_err(backend);
    overwrite("OFF")?;
    let forgotten = writer
        .prepare_cached("DELETE FROM change_log WHERE revision <= ?1")
        .and_then(|mut delete| delete.execute([up_to as i64]))
        .and_then(|_| writer.prepare_cached("UPDATE meta SET log_bytes = log_bytes - ?1"))
        .and_then(|mut update| update.execute([bytes as i64]))
        .map_err(backend);
    overwrite("ON")?;
    forgotten.map(|_| ())
}

/// The objects of a view that commits after a revision touched, as they stand.
pub(super) fn since(
    reader: &Connection,
    view: &ClassSet,
    after: u64,
    most: usize,
) -> Result<Option<Changes>, StoreError> {
    let revision = read::revision(reader)?;
    let mut reading = Reading::after(after, view, most);
    let mut select = reader
        .prepare_cached(
            "SELECT revision, touched FROM change_log WHERE revision > ?1 ORDER BY revision",
        )
        .map_err(backend)?;
    // A revision of another store's time, which this one has never reached, has no row after it.
    let mut rows = select.query([after as i64]).map_err(backend)?;
    while let Some(row) = rows.next().map_err(backend)? {
        let touched = row.get_ref(1).map_err(backend)?.as_blob();
        let touched = touched.map_err(|error| StoreError::Damaged(error.to_string()))?;
        if !reading.row(row.get::<_, i64>(0).map_err(backend)? as u64, touched)? {
            return Ok(None);
        }
    }
    match reading.up_to(revision) {
        Some(touched) => as_they_stand(reader, view, revision, touched).map(Some),
        None => Ok(None),
    }
}

fn as_they_stand(
    reader: &Connection,
    view: &ClassSet,
    revision: u64,
    touched: Touched,
) -> Result<Changes, StoreError> {
    let mut changes = Changes { revision, ..Changes::default() };
    if touched.is_empty() {
        return Ok(changes);
    }
    let reviews = Reviews::of(&read::classes(reader)?);
    for id in touched.records {
        let found = changes.records.entry(id).or_default();
        let select = "SELECT class, json, form FROM record WHERE id = ?1";
        stream::each_row(reader, select, [&id.0[..]], view, 1, |row, class, json| {
            let form = FormId(row.get(2).map_err(backend)?);
            *found = Some((class, form, stream::record(&reviews, class, json)?));
            Ok(())
        })?;
    }
    for id in touched.ties {
        let found = changes.ties.entry(id).or_default();
        let select = "SELECT class, class_from, class_to, json FROM tie WHERE id = ?1";
        stream::each(reader, select, [&id.0[..]], view, 3, |class, json| {
            *found = Some(stream::tie(&reviews, class, json)?);
            Ok(())
        })?;
    }
    for id in touched.events {
        let found = changes.events.entry(id).or_default();
        let select = "SELECT class, json FROM event WHERE id = ?1";
        stream::each(reader, select, [&id.0[..]], view, 1, |class, json| {
            *found = Some(stream::event(reader, view, &reviews, class, json)?);
            Ok(())
        })?;
    }
    for (a, b) in touched.links {
        let select = "SELECT class_a, class_b, json, a, b FROM link WHERE a = ?1 AND b = ?2";
        stream::each_row(reader, select, [&a.0[..], &b.0[..]], view, 2, |row, _, json| {
            changes.links.push(stream::link(row, json)?);
            Ok(())
        })?;
    }
    for (a, b) in touched.judged {
        let found = changes.judgements.entry((a, b)).or_default();
        let select = "SELECT class, class_a, class_b, json FROM judgement
          WHERE a = ?1 AND b = ?2 ORDER BY owner, user";
        stream::each(reader, select, [&a.0[..], &b.0[..]], view, 3, |_, json| {
            found.push(from_json::<Judgement>("judgement", json)?);
            Ok(())
        })?;
    }
    Ok(changes)
}
