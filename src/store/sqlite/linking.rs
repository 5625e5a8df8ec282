//! Blocks, looked up class by class, and late linking: the notes of unlinked forms, and links found later.

use std::collections::BTreeSet;

use rusqlite::{Connection, Row, params};

use super::write::SqliteTxn;
use super::{backend, read};
use crate::model::{ClassId, ClassSet, FormId, FormLink};
use crate::store::{StoreError, Unlinked};

pub(super) fn late_revision(reader: &Connection, view: &ClassSet) -> Result<u64, StoreError> {
    let mut select =
        reader.prepare_cached("SELECT class_a, class_b, commits FROM late").map_err(backend)?;
    let mut rows = select.query([]).map_err(backend)?;
    let mut commits = 0;
    while let Some(row) = rows.next().map_err(backend)? {
        let class = |column| row.get(column).map(ClassId).map_err(backend);
        if view.contains(class(0)?) && view.contains(class(1)?) {
            commits += row.get::<_, i64>(2).map_err(backend)? as u64;
        }
    }
    Ok(commits)
}

pub(super) fn unlinked(reader: &Connection, after: u64) -> Result<Vec<Unlinked>, StoreError> {
    let mut select = reader
        .prepare_cached(
            "SELECT u.form, (SELECT class FROM record r WHERE r.form = u.form LIMIT 1) AS class, u.since
             FROM unlinked u WHERE u.since > ?1 AND class IS NOT NULL ORDER BY u.form",
        )
        .map_err(backend)?;
    let note = |row: &Row<'_>| {
        let (form, class) = (FormId(row.get(0)?), ClassId(row.get(1)?));
        Ok(Unlinked { form, class, since: row.get::<_, i64>(2)? as u64 })
    };
    let rows = select.query_map([after as i64], note).map_err(backend)?;
    rows.collect::<Result<_, _>>().map_err(backend)
}

/// Notes forms as not yet linked with all others.
pub(super) fn note(txn: &mut SqliteTxn<'_>, forms: &[FormId]) -> Result<Vec<Unlinked>, StoreError> {
    let since = revision_of(txn)?;
    let mut notes = Vec::new();
    for form in forms {
        let class = txn.class_of_form(*form)?.ok_or(StoreError::Dangling { kind: "note" })?;
        let insert = "INSERT OR REPLACE INTO unlinked (form, since) VALUES (?1, ?2)";
        txn.execute(insert, params![&form.0[..], since as i64])?;
        notes.push(Unlinked { form: *form, class, since });
    }
    Ok(notes)
}

/// Renews all notes.
pub(super) fn renew(txn: &mut SqliteTxn<'_>) -> Result<(), StoreError> {
    let since = revision_of(txn)?;
    txn.execute("UPDATE unlinked SET since = ?1", [since as i64])
}

/// The revision that the transaction, which changes something, makes.
fn revision_of(txn: &SqliteTxn<'_>) -> Result<u64, StoreError> {
    Ok(read::revision(&txn.writer)? + 1)
}

/// Stores links late and takes notes away. The revision stays.
pub(super) fn link(
    txn: &mut SqliteTxn<'_>,
    links: &[FormLink],
    linked: &[Unlinked],
) -> Result<(), StoreError> {
    let mut between = BTreeSet::new();
    for link in links {
        let (Some(a), Some(b)) = (txn.class_of_form(link.a)?, txn.class_of_form(link.b)?) else {
            continue;
        };
        if txn.store_link(link)?.is_some() {
            between.insert((a.min(b), a.max(b)));
        }
    }
    for (a, b) in between {
        txn.execute_quietly(
            "INSERT INTO late (class_a, class_b, commits) VALUES (?1, ?2, 1)
             ON CONFLICT (class_a, class_b) DO UPDATE SET commits = commits + 1",
            params![a.0, b.0],
        )?;
    }
    for note in linked {
        let delete = "DELETE FROM unlinked WHERE form = ?1 AND since = ?2";
        txn.execute_quietly(delete, params![&note.form.0[..], note.since as i64])?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::SqliteStore;

    /// The index is sought by key and class: rows of other classes are passed over, not read.
    #[test]
    fn a_look_up_seeks_each_class() {
        let folder = tempfile::tempdir().unwrap();
        let store = SqliteStore::open(&folder.path().join("s"), true).unwrap();
        let steps = store
            .read(|reader| {
                let mut plan = reader
                    .prepare(&format!("EXPLAIN QUERY PLAN {}", read::WITHIN))
                    .map_err(backend)?;
                let rows = plan.query_map(params![1, "[1]"], |row| row.get::<_, String>(3));
                rows.and_then(Iterator::collect::<Result<Vec<_>, _>>).map_err(backend)
            })
            .unwrap();
        let of_block: Vec<&String> = steps.iter().filter(|step| step.contains("block")).collect();
        assert_eq!(of_block, ["SEARCH block USING PRIMARY KEY (key=? AND class=?)"], "{steps:?}");
    }
}
