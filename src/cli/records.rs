//! Reading files for the engine alone, and training on them.

use std::path::Path;
use std::sync::Arc;

use accord::ingest::{RawRow, RowMapper, load_mapping, read_file};
use accord::model::{Body, EntityType, IdKey, RecordId};
use accord::resolve::{Blocks, Engine, Model, Table, TableBuilder, em};
use rayon::prelude::*;

use super::CommandError;
use super::progress::FilesBar;
use super::settings::EngineArguments;

/// Exit code when rows could not be read.
pub const SOME_REFUSED: u8 = 3;

/// Rows read at a time: while they are normalized, the next ones are read.
const ROWS: usize = 16_384;

/// What was read.
pub struct Records {
    /// The records of the type of the first one, in order of their id and file.
    pub table: Table,
    /// The id of each.
    pub ids: Vec<RecordId>,
    /// The agency's own id of each.
    pub local_ids: LocalIds,
    /// For each the position of its file.
    pub files: Vec<usize>,
    /// Rows that could not be read.
    pub refused: u64,
    /// Records that stand in their file once more, further down, and were left out.
    pub repeated: u64,
}

impl Records {
    /// What the summary says of records that stand twice; nothing where there are none.
    pub fn repeated_text(&self) -> String {
        match self.repeated {
            0 => String::new(),
            count => format!("{count} rows bear the id of one above them and were left out\n"),
        }
    }
}

/// Texts one behind the other, by their numbers.
#[derive(Default)]
pub struct LocalIds {
    text: String,
    ends: Vec<usize>,
    order: Vec<u32>,
}

impl LocalIds {
    fn push(&mut self, id: &str) {
        self.text.push_str(id);
        self.ends.push(self.text.len());
    }

    /// The id of the record at a position of the table.
    pub fn get(&self, position: usize) -> &str {
        let row = self.order[position] as usize;
        let start = if row == 0 { 0 } else { self.ends[row - 1] };
        &self.text[start..self.ends[row]]
    }
}

/// Records while they are read.
struct Reading {
    id_key: IdKey,
    table: Option<TableBuilder>,
    entity_type: EntityType,
    ids: Vec<RecordId>,
    files: Vec<usize>,
    local_ids: LocalIds,
    refused: u64,
}

/// Reads files by one mapping. Of a record that stands twice in a file the first counts.
pub fn read(mapping: &Path, files: &[&Path], id_key: &IdKey) -> Result<Records, CommandError> {
    let mapper = Arc::new(load_mapping(mapping, id_key)?);
    let mut reading = Reading {
        id_key: id_key.clone(),
        table: None,
        entity_type: EntityType::Person,
        ids: Vec::new(),
        files: Vec::new(),
        local_ids: LocalIds::default(),
        refused: 0,
    };
    let mut bar = FilesBar::new(files.iter().copied());
    for (position, file) in files.iter().enumerate() {
        let mut reader = read_file(file, &file.display().to_string(), Arc::clone(&mapper))?;
        let mut rows = reader.read_rows(ROWS)?;
        while !rows.is_empty() {
            bar.rows(rows.len() as u64, reader.bytes_done());
            let ((), next) =
                rayon::join(|| reading.take(&rows, &mapper, position), || reader.read_rows(ROWS));
            rows = next?;
        }
        bar.file(reader.bytes_done());
    }
    bar.finish();
    reading.finish(files)
}

impl Reading {
    /// Takes in the records of rows.
    fn take(&mut self, rows: &[RawRow], mapper: &RowMapper, file: usize) {
        let mapped: Vec<_> = rows.par_iter().map(|row| row.bodies(mapper)).collect();
        let mut bodies: Vec<Body> = Vec::with_capacity(rows.len());
        for row in mapped {
            let Ok(records) = row else {
                self.refused += 1;
                continue;
            };
            for (local_id, body) in records {
                if self.table.is_none() {
                    self.entity_type = body.entity_type();
                    self.table = Some(TableBuilder::new(self.entity_type));
                }
                if body.entity_type() == self.entity_type {
                    self.ids.push(self.id_key.record(mapper.agency(), &local_id));
                    self.files.push(file);
                    self.local_ids.push(&local_id);
                    bodies.push(body);
                }
            }
        }
        if let Some(table) = &mut self.table {
            table.extend(&bodies);
        }
    }

    fn finish(mut self, files: &[&Path]) -> Result<Records, CommandError> {
        let Some(table) = self.table else {
            let names: Vec<String> = files.iter().map(|file| file.display().to_string()).collect();
            let why = match self.refused {
                0 => "there are no rows".to_owned(),
                refused => format!("none of the {refused} rows could be read"),
            };
            return Err(format!("{}: {why}", names.join(", ")).into());
        };
        let key = |row: &u32| (self.ids[*row as usize], self.files[*row as usize]);
        let mut order: Vec<u32> = (0..self.ids.len() as u32).collect();
        // Stable, so that the first of equal ones stays the first.
        order.par_sort_by_key(key);
        order.dedup_by_key(|row| key(row));
        let repeated = (self.ids.len() - order.len()) as u64;
        let table = table.finish(&order, &Model::shipped());
        let ids = order.iter().map(|row| self.ids[*row as usize]).collect();
        let files = order.iter().map(|row| self.files[*row as usize]).collect();
        self.local_ids.order = order;
        let (local_ids, refused) = (self.local_ids, self.refused);
        Ok(Records { table, ids, local_ids, files, refused, repeated })
    }
}

/// The engine, with the model that is named or one trained on the records themselves without labels,
/// and which records it compares.
pub fn trained(
    table: &mut Table,
    arguments: &EngineArguments,
) -> Result<(Arc<Engine>, Blocks), CommandError> {
    if arguments.names_model() {
        let engine = arguments.engine()?;
        table.take_rarity(&engine);
        let blocks = Blocks::new(table);
        return Ok((engine, blocks));
    }
    let about = format!("trained without labels on {} records", table.len());
    let (engine, blocks) = em::engine(table, &Model::shipped(), &about);
    Ok((Arc::new(engine), blocks))
}
