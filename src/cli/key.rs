//! Reading an answer key.

use std::collections::BTreeMap;
use std::path::Path;

use accord::model::{EntityType, IdKey, RecordId};
use serde::Deserialize;

use super::CommandError;

/// The true entity of every record.
pub type Key = BTreeMap<RecordId, (EntityType, String)>;

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
    let mut reader = csv::Reader::from_path(path).map_err(|error| format!("{name}: {error}"))?;
    let mut key = Key::new();
    for (row, line) in reader.deserialize().zip(2u64..) {
        let row: Row = row.map_err(|_| format!("{name}: row {line} is not a row of a key"))?;
        let entity_type = EntityType::from_name(&row.entity_type)
            .ok_or_else(|| format!("{name}: row {line}: no such type"))?;
        key.insert(id_key.record(&row.agency, &row.record_id), (entity_type, row.entity));
    }
    Ok(key)
}
