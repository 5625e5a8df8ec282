//! Removing all objects of some classes.

use rusqlite::Connection;

use super::backend;
use super::write::SqliteTxn;
use crate::model::{ClassId, ClassSet};
use crate::store::{Purged, StoreError};

pub(super) fn purge(txn: &mut SqliteTxn<'_>, classes: &ClassSet) -> Result<Purged, StoreError> {
    // Numbers, which need no quoting.
    let numbers: Vec<String> = classes.iter().map(|class| class.0.to_string()).collect();
    let list = numbers.join(",");
    let ties = format!("class IN ({list}) OR class_from IN ({list}) OR class_to IN ({list})");
    let own = format!("class IN ({list})");
    let mut purged = Purged::new();
    for (table, which) in [("record", &own), ("tie", &ties), ("event", &own)] {
        count(&txn.writer, &mut purged, table, which)?;
    }
    if purged.is_empty() {
        return Ok(purged);
    }
    // Copies of classes say which of these name a record that goes.
    let ends = format!("class_a IN ({list}) OR class_b IN ({list})");
    let of_record = format!("record IN (SELECT id FROM record WHERE {own})");
    let of_event = format!("{own} OR event IN (SELECT id FROM event WHERE {own})");
    for (table, which) in [
        ("block", &own),
        ("unlinked", &of_record),
        ("participant", &of_event),
        ("link", &ends),
        ("judgement", &ends),
        ("tie", &ties),
        ("event", &own),
        ("record", &own),
    ] {
        txn.execute(&format!("DELETE FROM {table} WHERE {which}"), [])?;
    }
    Ok(purged)
}

fn count(
    reader: &Connection,
    purged: &mut Purged,
    table: &str,
    which: &str,
) -> Result<(), StoreError> {
    let select = format!("SELECT class, count(*) FROM {table} WHERE {which} GROUP BY class");
    let mut statement = reader.prepare(&select).map_err(backend)?;
    let rows = statement.query_map([], |row| Ok((row.get::<_, u32>(0)?, row.get::<_, i64>(1)?)));
    for row in rows.map_err(backend)? {
        let (class, count) = row.map_err(backend)?;
        *purged.entry(ClassId(class)).or_default() += count as u64;
    }
    Ok(())
}
