//! Records of one type, from files or from memory, ready to be compared.

use std::path::Path;
use std::sync::Arc;

use rayon::prelude::*;
use thiserror::Error;

use crate::ingest::{
    FileError, MappingError, RawRow, RowMapper, load_mapping_of_bodies, read_file,
};
use crate::model::{Body, EntityType, IdKey, RecordId};
use crate::resolve::{Model, Normalized, Table, TableBuilder};

/// Rows read at a time: while they are normalized, the next ones are read.
const ROWS: usize = 16_384;

/// Rows that one thread maps and normalizes at a time.
const CHUNK: usize = 512;

/// The agency of records given in memory ([`Records::of`]): their ids are hashes of it and of the ids given.
const NOBODY: &str = "";

/// The error for [`Records`] that could not be read, or of which none were found.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum ReadError {
    /// The mapping file cannot be read or is not right.
    #[error(transparent)]
    Mapping(#[from] MappingError),
    /// A data file cannot be read or does not fit the mapping.
    #[error(transparent)]
    File(#[from] FileError),
    /// There is no record.
    #[error("{}{}", named(files), none(*refused))]
    NoRecords {
        /// The files; none where the records came from memory.
        files: Vec<String>,
        /// Rows that could not be read.
        refused: u64,
    },
}

fn named(files: &[String]) -> String {
    if files.is_empty() { String::new() } else { files.join(", ") + ": " }
}

fn none(refused: u64) -> String {
    match refused {
        0 => "there are no rows".to_owned(),
        refused => format!("none of the {refused} rows could be read"),
    }
}

/// How far the reading of files is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Progress {
    /// More rows of a file have been read.
    Rows {
        /// How many more.
        count: u64,
        /// Bytes of this file that are done.
        bytes_done: u64,
    },
    /// A file has been read to its end.
    File {
        /// The file's size in bytes.
        bytes: u64,
    },
}

/// Records of one type, ready to be compared. They stand in the order of their ids, which are hashes: that order says
/// nothing, and is the same whatever the order of reading.
pub struct Records {
    pub(super) table: Table,
    ids: Vec<RecordId>,
    local_ids: LocalIds,
    sets: Vec<usize>,
    refused: u64,
    repeated: u64,
}

impl Records {
    /// Reads files (CSV, JSON Lines, Parquet) by one [mapping file](crate::ingest::mapping). Each file is a set. The
    /// records are those of the type of the first one; what rows say of other things is left out. A row that cannot
    /// be read is counted ([`Records::refused`]) and left out; of records of one file with the same id the first counts.
    ///
    /// # Errors
    /// When a file cannot be read or does not fit the mapping, or nothing was read.
    pub fn read<P: AsRef<Path>>(mapping: impl AsRef<Path>, files: &[P]) -> Result<Self, ReadError> {
        let files: Vec<&Path> = files.iter().map(AsRef::as_ref).collect();
        Self::read_with(mapping.as_ref(), &files, &IdKey::default(), &mut |_| ())
    }

    /// [`Records::read`] with the key that ids are hashed with, telling how far it is. While one lot of rows is put
    /// into the table, the next is normalized and the one behind it read.
    ///
    /// # Errors
    /// As [`Records::read`].
    pub fn read_with(
        mapping: &Path,
        files: &[&Path],
        id_key: &IdKey,
        progress: &mut dyn FnMut(Progress),
    ) -> Result<Self, ReadError> {
        let mapper = Arc::new(load_mapping_of_bodies(mapping, id_key)?);
        let mut reading = Reading::default();
        let (mut waiting, mut entity_type) = (None, None);
        for (set, file) in files.iter().enumerate() {
            let mut reader = read_file(file, &file.display().to_string(), Arc::clone(&mapper))?;
            let mut rows = reader.read_rows(ROWS)?;
            while !rows.is_empty() {
                let count = rows.len() as u64;
                progress(Progress::Rows { count, bytes_done: reader.bytes_done() });
                let make = || Lot::of_rows(&rows, &mapper, id_key, entity_type, set);
                let ((), (lot, next)) = rayon::join(
                    || waiting.take().into_iter().for_each(|lot| reading.take(lot)),
                    || rayon::join(make, || reader.read_rows(ROWS)),
                );
                entity_type = entity_type.or(lot.entity_type);
                waiting = Some(lot);
                rows = next?;
            }
            progress(Progress::File { bytes: reader.bytes_done() });
        }
        waiting.into_iter().for_each(|lot| reading.take(lot));
        reading.finish(|| files.iter().map(|file| file.display().to_string()).collect())
    }

    /// Records in memory, each with an id of its own: one set to [`dedupe`](super::dedupe), two to
    /// [`link`](super::link). As with files the records are those of the type of the first one, and of those of one
    /// set with the same id the first counts.
    ///
    /// # Errors
    /// When there is no record.
    pub fn of(sets: impl IntoIterator<Item = Vec<(String, Body)>>) -> Result<Self, ReadError> {
        let (mut reading, mut entity_type, id_key) = (Reading::default(), None, IdKey::default());
        for (set, bodies) in sets.into_iter().enumerate() {
            entity_type = entity_type.or_else(|| Some(bodies.first()?.1.entity_type()));
            reading.take(Lot::of_bodies(bodies, &id_key, entity_type, set));
        }
        reading.finish(Vec::new)
    }

    /// How many records there are.
    pub fn len(&self) -> usize {
        self.ids.len()
    }

    /// Returns true if there are no records, which never happens: reading none is an error.
    pub fn is_empty(&self) -> bool {
        self.ids.is_empty()
    }

    /// The type of all the records.
    pub fn entity_type(&self) -> EntityType {
        self.table.entity_type()
    }

    /// The records in compact form.
    pub fn table(&self) -> &Table {
        &self.table
    }

    /// The id of the record at a position: a hash of the agency of the mapping and of its own id.
    pub fn id(&self, position: usize) -> RecordId {
        self.ids[position]
    }

    /// The own id of the record at a position, as its row or its caller gave it.
    pub fn local_id(&self, position: usize) -> &str {
        self.local_ids.get(position)
    }

    /// The set of the record at a position, counted from 0: the file it was read from.
    pub fn set(&self, position: usize) -> usize {
        self.sets[position]
    }

    /// Rows that could not be read.
    pub fn refused(&self) -> u64 {
        self.refused
    }

    /// Records whose id stood in their set before, and which were left out.
    pub fn repeated(&self) -> u64 {
        self.repeated
    }
}

/// The records' own ids, one text behind the other.
#[derive(Default)]
struct LocalIds {
    text: String,
    ends: Vec<usize>,
    order: Vec<u32>,
}

impl LocalIds {
    fn push(&mut self, id: &str) {
        self.text.push_str(id);
        self.ends.push(self.text.len());
    }

    /// Adds all ids of another list behind these.
    fn append(&mut self, others: &Self) {
        let before = self.text.len();
        self.text.push_str(&others.text);
        self.ends.extend(others.ends.iter().map(|end| before + end));
    }

    /// The id of the record at a position of the table.
    fn get(&self, position: usize) -> &str {
        let row = self.order[position] as usize;
        let start = if row == 0 { 0 } else { self.ends[row - 1] };
        &self.text[start..self.ends[row]]
    }
}

/// Records while they are read.
#[derive(Default)]
struct Reading {
    table: Option<TableBuilder>,
    ids: Vec<RecordId>,
    sets: Vec<usize>,
    local_ids: LocalIds,
    refused: u64,
}

/// Rows mapped and normalized, of one type.
struct Lot {
    entity_type: Option<EntityType>,
    parts: Vec<Part>,
    set: usize,
}

/// The rows that one thread has mapped and normalized.
#[derive(Default)]
struct Part {
    ids: Vec<RecordId>,
    local_ids: LocalIds,
    normalized: Normalized,
    refused: u64,
}

impl Lot {
    /// Maps and normalizes rows; records of another type than the one wanted, or where none is yet the
    /// first one's, are left out.
    fn of_rows(
        rows: &[RawRow],
        mapper: &RowMapper,
        id_key: &IdKey,
        wanted: Option<EntityType>,
        set: usize,
    ) -> Self {
        let first_type = |row: &RawRow| Some(row.bodies(mapper).ok()?.first()?.1.entity_type());
        let entity_type = wanted.or_else(|| rows.iter().find_map(first_type));
        let parts = rows
            .par_chunks(CHUNK)
            .map(|rows| {
                let mut part = Part::default();
                for row in rows {
                    match row.bodies(mapper) {
                        Ok(bodies) => part.take(&bodies, entity_type, mapper.agency(), id_key),
                        Err(_) => part.refused += 1,
                    }
                }
                part
            })
            .collect();
        Self { entity_type, parts, set }
    }

    /// Normalizes records that are there already.
    fn of_bodies(
        bodies: Vec<(String, Body)>,
        id_key: &IdKey,
        entity_type: Option<EntityType>,
        set: usize,
    ) -> Self {
        let parts = bodies
            .par_chunks(CHUNK)
            .map(|bodies| {
                let mut part = Part::default();
                part.take(bodies, entity_type, NOBODY, id_key);
                part
            })
            .collect();
        Self { entity_type, parts, set }
    }
}

impl Part {
    fn take(
        &mut self,
        bodies: &[(String, Body)],
        wanted: Option<EntityType>,
        agency: &str,
        id_key: &IdKey,
    ) {
        for (local_id, body) in bodies {
            if Some(body.entity_type()) == wanted {
                self.ids.push(id_key.record(agency, local_id));
                self.local_ids.push(local_id);
                self.normalized.push(body);
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
            self.sets.resize(self.sets.len() + part.ids.len(), lot.set);
            self.ids.append(&mut part.ids);
            self.local_ids.append(&part.local_ids);
            self.table
                .get_or_insert_with(|| TableBuilder::new(entity_type))
                .append(part.normalized);
        }
    }

    /// The records in the order of their ids; `files` names what was read, for the error.
    fn finish(mut self, files: impl FnOnce() -> Vec<String>) -> Result<Records, ReadError> {
        let Some(table) = self.table else {
            return Err(ReadError::NoRecords { files: files(), refused: self.refused });
        };
        let mut order: Vec<(RecordId, usize, u32)> = (0..self.ids.len() as u32)
            .map(|row| (self.ids[row as usize], self.sets[row as usize], row))
            .collect();
        order.par_sort_unstable();
        // Among records of one id and set, the one read first stands first and is kept.
        order.dedup_by_key(|(id, set, _)| (*id, *set));
        let order: Vec<u32> = order.into_iter().map(|(.., row)| row).collect();
        let repeated = (self.ids.len() - order.len()) as u64;
        let table = table.finish(&order, &Model::shipped());
        let ids = order.iter().map(|row| self.ids[*row as usize]).collect();
        let sets = order.iter().map(|row| self.sets[*row as usize]).collect();
        self.local_ids.order = order;
        let (local_ids, refused) = (self.local_ids, self.refused);
        Ok(Records { table, ids, local_ids, sets, refused, repeated })
    }
}
