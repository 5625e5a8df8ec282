//! Blocks, looked up class by class, and what is linked late.

use std::collections::BTreeSet;

use rusqlite::{Connection, OptionalExtension, params};

use super::write::SqliteTxn;
use super::{backend, to_json};
use crate::model::{BlockKey, ClassId, ClassSet, Link, RecordId};
use crate::store::StoreError;

/// What carries a key within some classes: one seek for each class, past whatever is of others.
const WITHIN: &str = "SELECT record FROM block
  WHERE key = ?1 AND class IN (SELECT value FROM json_each(?2)) ORDER BY record";

/// What carries a key at all.
const OF_ALL: &str = "SELECT record FROM block WHERE key = ?1 ORDER BY record";

/// Calls `take` with each key, once, and each record of some classes, or of all, that carries it, ascending.
pub(super) fn each_candidate(
    connection: &Connection,
    within: Option<&ClassSet>,
    keys: &[BlockKey],
    mut take: impl FnMut(BlockKey, RecordId),
) -> Result<(), StoreError> {
    let classes: Option<Vec<u32>> = within.map(|view| view.iter().map(|class| class.0).collect());
    let classes = classes.map(|classes| to_json(&classes)).transpose()?;
    let sql = if classes.is_some() { WITHIN } else { OF_ALL };
    let mut select = connection.prepare_cached(sql).map_err(backend)?;
    for key in keys.iter().copied().collect::<BTreeSet<_>>() {
        let mut rows = match &classes {
            Some(classes) => select.query(params![key.0 as i64, classes]),
            None => select.query(params![key.0 as i64]),
        }
        .map_err(backend)?;
        while let Some(row) = rows.next().map_err(backend)? {
            take(key, RecordId(row.get(0).map_err(backend)?));
        }
    }
    Ok(())
}

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

pub(super) fn unlinked(reader: &Connection) -> Result<Vec<RecordId>, StoreError> {
    let mut select =
        reader.prepare_cached("SELECT record FROM unlinked ORDER BY record").map_err(backend)?;
    let rows = select.query_map([], |row| row.get(0).map(RecordId)).map_err(backend)?;
    rows.collect::<Result<_, _>>().map_err(backend)
}

/// Notes records as not yet linked with all others; their classes.
pub(super) fn note(txn: &mut SqliteTxn<'_>, ids: &[RecordId]) -> Result<Vec<ClassId>, StoreError> {
    let mut classes = Vec::new();
    for id in ids {
        classes.push(txn.class_of(*id, "note")?);
        txn.execute("INSERT OR IGNORE INTO unlinked (record) VALUES (?1)", [&id.0[..]])?;
    }
    Ok(classes)
}

/// Stores links late and takes notes away. The revision stays.
pub(super) fn link(
    txn: &mut SqliteTxn<'_>,
    links: &[Link],
    linked: &[RecordId],
) -> Result<(), StoreError> {
    let mut between = BTreeSet::new();
    for link in links {
        let (Some(a), Some(b)) = (class(txn, link.a)?, class(txn, link.b)?) else { continue };
        if txn.store_link(link)? {
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
    for id in linked {
        txn.execute_quietly("DELETE FROM unlinked WHERE record = ?1", [&id.0[..]])?;
    }
    Ok(())
}

fn class(txn: &SqliteTxn<'_>, id: RecordId) -> Result<Option<ClassId>, StoreError> {
    txn.writer
        .prepare_cached("SELECT class FROM record WHERE id = ?1")
        .and_then(|mut select| select.query_row([&id.0[..]], |row| row.get(0)).optional())
        .map(|class| class.map(ClassId))
        .map_err(backend)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::SqliteStore;

    /// The index is sought by key and class: what is of other classes is passed over, not read.
    #[test]
    fn a_look_up_seeks_each_class() {
        let folder = tempfile::tempdir().unwrap();
        let store = SqliteStore::open(&folder.path().join("s"), true).unwrap();
        let steps = store
            .read(|reader| {
                let mut plan =
                    reader.prepare(&format!("EXPLAIN QUERY PLAN {WITHIN}")).map_err(backend)?;
                let rows = plan.query_map(params![1, "[1]"], |row| row.get::<_, String>(3));
                rows.and_then(Iterator::collect::<Result<Vec<_>, _>>).map_err(backend)
            })
            .unwrap();
        let of_block: Vec<&String> = steps.iter().filter(|step| step.contains("block")).collect();
        assert_eq!(of_block, ["SEARCH block USING PRIMARY KEY (key=? AND class=?)"], "{steps:?}");
    }
}
