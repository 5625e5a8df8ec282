//! Reading files for the engine alone, and training on them.

use std::path::Path;
use std::sync::Arc;

use accord::ingest::{load_mapping, read_file};
use accord::model::{EntityType, IdKey, Record};
use accord::resolve::{Engine, Model, Prepared, em};
use rayon::prelude::*;

use super::CommandError;
use super::progress::FilesBar;
use super::settings::EngineArguments;

/// Exit code when rows could not be read.
pub const SOME_REFUSED: u8 = 3;

/// What was read.
pub struct Records {
    /// The records of the type of the first one, in order of their id and file.
    pub records: Vec<Record>,
    /// For each the position of its file.
    pub files: Vec<usize>,
    /// Rows that could not be read.
    pub refused: u64,
    /// What the records are.
    pub entity_type: EntityType,
}

/// Reads files by one mapping. Of a record that stands twice in a file the first counts.
pub fn read(mapping: &Path, files: &[&Path], id_key: &IdKey) -> Result<Records, CommandError> {
    let mapper = Arc::new(load_mapping(mapping, id_key)?);
    let (mut read, mut refused) = (Vec::new(), 0);
    let mut bar = FilesBar::new(files.iter().copied());
    let mut entity_type: Option<EntityType> = None;
    for (position, file) in files.iter().enumerate() {
        let mut rows = read_file(file, &file.display().to_string(), Arc::clone(&mapper))?;
        while let Some(row) = rows.next() {
            bar.row(rows.bytes_done());
            let Ok(output) = row?.1 else {
                refused += 1;
                continue;
            };
            for record in output.records {
                let wanted = *entity_type.get_or_insert(record.entity_type());
                if record.entity_type() == wanted {
                    read.push((record, position));
                }
            }
        }
        bar.file(rows.bytes_done());
    }
    bar.finish();
    let Some(entity_type) = entity_type else {
        let names: Vec<String> = files.iter().map(|file| file.display().to_string()).collect();
        return Err(match refused {
            0 => format!("{}: there are no rows", names.join(", ")),
            _ => format!("{}: none of the {refused} rows could be read", names.join(", ")),
        }
        .into());
    };
    read.sort_by_key(|(record, position)| (record.id, *position));
    read.dedup_by_key(|(record, position)| (record.id, *position));
    let (records, files) = read.into_iter().unzip();
    Ok(Records { records, files, refused, entity_type })
}

/// The records made ready, and the engine: with the model that is named, or one trained on the
/// records themselves without labels.
pub fn trained(
    records: &[Record],
    entity_type: EntityType,
    arguments: &EngineArguments,
) -> Result<(Vec<Prepared>, Arc<Engine>), CommandError> {
    let shipped = Model::shipped();
    let prepare = Engine::new(Arc::clone(&shipped));
    let prepared: Vec<Prepared> =
        records.par_iter().map(|record| prepare.prepare(record)).collect();
    if arguments.names_model() {
        return Ok((prepared, arguments.engine()?));
    }
    let about = format!("trained without labels on {} records", records.len());
    let engine = em::engine(entity_type, &prepared, &shipped, &about);
    Ok((prepared, Arc::new(engine)))
}
