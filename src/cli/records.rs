//! Reading files for the engine alone, and training on them.

use std::path::Path;
use std::sync::Arc;

use accord::ingest::{RawRow, RowMapper, load_mapping_of_bodies, read_file};
use accord::model::{Body, EntityType, IdKey, RecordId};
use accord::resolve::{Blocks, Model, Normalized, Table, TableBuilder, em, em::Unlabelled};
use rayon::prelude::*;

use super::CommandError;
use super::progress::FilesBar;
use super::settings::EngineArguments;

/// Exit code when rows could not be read.
pub const SOME_REFUSED: u8 = 3;

/// Rows read at a time: while they are normalized, the next ones are read.
const ROWS: usize = 16_384;

/// Rows that one thread maps and normalizes at a time.
const CHUNK: usize = 512;

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

    /// Adds all of others.
    fn append(&mut self, others: &Self) {
        let before = self.text.len();
        self.text.push_str(&others.text);
        self.ends.extend(others.ends.iter().map(|end| before + end));
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
    table: Option<TableBuilder>,
    ids: Vec<RecordId>,
    files: Vec<usize>,
    local_ids: LocalIds,
    refused: u64,
}

/// Rows mapped and normalized, of one type.
struct Lot {
    entity_type: Option<EntityType>,
    parts: Vec<Part>,
    file: usize,
}

/// What one thread makes of rows.
#[derive(Default)]
struct Part {
    ids: Vec<RecordId>,
    local_ids: LocalIds,
    normalized: Normalized,
    refused: u64,
}

/// Reads files by one mapping. Of a record that stands twice in a file the first counts. While one lot of
/// rows is put into the table, the next is normalized and the one behind it read.
pub fn read(mapping: &Path, files: &[&Path], id_key: &IdKey) -> Result<Records, CommandError> {
    let mapper = Arc::new(load_mapping_of_bodies(mapping, id_key)?);
    let mut reading = Reading {
        table: None,
        ids: Vec::new(),
        files: Vec::new(),
        local_ids: LocalIds::default(),
        refused: 0,
    };
    let mut bar = FilesBar::new(files.iter().copied());
    let (mut waiting, mut entity_type) = (None, None);
    for (position, file) in files.iter().enumerate() {
        let mut reader = read_file(file, &file.display().to_string(), Arc::clone(&mapper))?;
        let mut rows = reader.read_rows(ROWS)?;
        while !rows.is_empty() {
            bar.rows(rows.len() as u64, reader.bytes_done());
            let make = || Lot::of(&rows, &mapper, id_key, entity_type, position);
            let ((), (lot, next)) = rayon::join(
                || waiting.take().into_iter().for_each(|lot| reading.take(lot)),
                || rayon::join(make, || reader.read_rows(ROWS)),
            );
            entity_type = entity_type.or(lot.entity_type);
            waiting = Some(lot);
            rows = next?;
        }
        bar.file(reader.bytes_done());
    }
    waiting.into_iter().for_each(|lot| reading.take(lot));
    bar.finish();
    reading.finish(files)
}

impl Lot {
    /// Maps and normalizes rows; records of another type than the one wanted, or where none is yet the
    /// first one's, are left out.
    fn of(
        rows: &[RawRow],
        mapper: &RowMapper,
        id_key: &IdKey,
        wanted: Option<EntityType>,
        file: usize,
    ) -> Self {
        let first_type = |row: &RawRow| Some(row.bodies(mapper).ok()?.first()?.1.entity_type());
        let entity_type = wanted.or_else(|| rows.iter().find_map(first_type));
        let parts = rows
            .par_chunks(CHUNK)
            .map(|rows| {
                let mut part = Part::default();
                for row in rows {
                    match row.bodies(mapper) {
                        Ok(bodies) => part.take(bodies, entity_type, mapper.agency(), id_key),
                        Err(_) => part.refused += 1,
                    }
                }
                part
            })
            .collect();
        Self { entity_type, parts, file }
    }
}

impl Part {
    fn take(
        &mut self,
        bodies: Vec<(String, Body)>,
        wanted: Option<EntityType>,
        agency: &str,
        id_key: &IdKey,
    ) {
        for (local_id, body) in bodies {
            if Some(body.entity_type()) == wanted {
                self.ids.push(id_key.record(agency, &local_id));
                self.local_ids.push(&local_id);
                self.normalized.push(&body);
            }
        }
    }
}

impl Reading {
    /// Takes in a lot.
    fn take(&mut self, lot: Lot) {
        for mut part in lot.parts {
            self.refused += part.refused;
            let Some(entity_type) = lot.entity_type else { continue };
            self.files.resize(self.files.len() + part.ids.len(), lot.file);
            self.ids.append(&mut part.ids);
            self.local_ids.append(&part.local_ids);
            self.table
                .get_or_insert_with(|| TableBuilder::new(entity_type))
                .append(part.normalized);
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
        let mut order: Vec<(RecordId, usize, u32)> = (0..self.ids.len() as u32)
            .map(|row| (self.ids[row as usize], self.files[row as usize], row))
            .collect();
        order.par_sort_unstable();
        // Of equal ones the first stands first.
        order.dedup_by_key(|(id, file, _)| (*id, *file));
        let order: Vec<u32> = order.into_iter().map(|(.., row)| row).collect();
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
pub fn trained(table: &mut Table, arguments: &EngineArguments) -> Result<Unlabelled, CommandError> {
    if arguments.names_model() {
        let engine = (*arguments.engine()?).clone();
        table.take_rarity(&engine);
        let blocks = Blocks::new(table);
        return Ok(Unlabelled { engine, blocks, learnt: false });
    }
    let about = format!("trained without labels on {} records", table.len());
    Ok(em::engine(table, &Model::shipped(), &about))
}
