//! Reading an answer key, and groups of records.

use std::collections::BTreeMap;
use std::path::Path;

use accord::model::{EntityType, IdKey, RecordId};
use serde::Deserialize;

use super::{CommandError, table};

/// The true entity of every record.
pub type Key = BTreeMap<RecordId, (EntityType, String)>;

/// The group of records, where they have one.
pub type Groups = BTreeMap<RecordId, String>;

#[derive(Deserialize)]
struct GroupRow {
    agency: String,
    record_id: String,
    group: String,
}

/// Reads groups: CSV with the columns agency, record_id and group.
pub fn read_groups(path: &Path, id_key: &IdKey) -> Result<Groups, CommandError> {
    let name = path.display();
    let mut reader = table::open(path)?;
    let mut groups = Groups::new();
    for (row, line) in reader.deserialize().zip(2u64..) {
        let row: GroupRow =
            row.map_err(|_| format!("{name}: row {line} is not a row of groups"))?;
        if !row.group.is_empty() {
            groups.insert(id_key.record(&row.agency, &row.record_id), row.group);
        }
    }
    Ok(groups)
}

#[derive(Deserialize)]
struct Row {
    agency: String,
    record_id: String,
    #[serde(rename = "type")]
    entity_type: String,
    entity: String,
}

/// Reads a key: CSV with the columns agency, record_id, type and entity.
pub fn read(path: &Path, id_key: &IdKey) -> Result<Key, CommandError> {
    let name = path.display();
    let mut reader = table::open(path)?;
    let headers = reader.headers().map_err(|error| format!("{name}: {error}"))?;
    for wanted in ["agency", "record_id", "type", "entity"] {
        if !headers.iter().any(|header| header == wanted) {
            return Err(format!("{name}: a key has a column {wanted}").into());
        }
    }
    let mut key = Key::new();
    for (row, line) in reader.deserialize().zip(2u64..) {
        let row: Row = row.map_err(|_| format!("{name}: row {line} is not a row of a key"))?;
        let entity_type = EntityType::from_name(&row.entity_type)
            .ok_or_else(|| format!("{name}: row {line}: no such type"))?;
        let entry = (entity_type, row.entity);
        let other = key.insert(id_key.record(&row.agency, &row.record_id), entry.clone());
        if other.is_some_and(|other| other != entry) {
            return Err(format!("{name}: row {line}: its record has another entity above").into());
        }
    }
    if key.is_empty() {
        return Err(format!("{name}: a key without rows").into());
    }
    Ok(key)
}
