//! Parquet: the rows of a table without nested columns, row group by row group, as the texts that a
//! CSV of the same table would hold.
//!
//! The file comes from others. Whatever it states is checked before memory is set aside for it:
//! the footer and its tree of columns (`footer`), every page's header and size (`pages`), what is
//! unpacked (`codec`), and counts inside pages (`delta`). The library decodes the values; where it
//! panics on corrupt ones, the file is refused (`guard`).

mod codec;
mod column;
mod delta;
mod fault;
mod footer;
mod guard;
mod pages;
mod render;
mod thrift;

#[cfg(test)]
mod tests;

use std::fs::File;
use std::io;

use parquet::basic::Repetition;
use parquet::file::metadata::ParquetMetaData;

use column::Column;
pub use fault::ParquetFault;
use footer::Input;
use guard::guarded;
use render::Meaning;

use super::check::ROW_BYTES_MAX;
use super::file_fault::FileFault;
use super::mapper::RowMapper;
use super::reason::{Reason, RowError};

/// Rows that are decoded at once.
const BATCH_ROWS: usize = 64;

/// Bytes that the pages of all columns may take together; honest ones take a megabyte each.
const PAGES_BYTES_MAX: usize = 1024 * 1024 * 1024;

/// The rows of a Parquet file whose columns fit the mapping.
pub(super) struct ParquetRows {
    input: Input,
    metadata: ParquetMetaData,
    /// The mapper's columns, in its order.
    sources: Vec<Source>,
    /// The row group to open next.
    group: usize,
    columns: Vec<Box<dyn Column>>,
    cells: Vec<String>,
    /// Rows of the open group that are not decoded yet, and decoded ones that are not given out.
    group_left: usize,
    batch_left: usize,
    row: u64,
    rows: u64,
}

/// A column of the mapper in the file.
struct Source {
    name: String,
    position: usize,
    meaning: Meaning,
}

impl ParquetRows {
    /// Reads the footer: every column is used or ignored by the mapping, and none is missing.
    pub fn new(file: File, mapper: &RowMapper) -> Result<Self, FileFault> {
        let input = Input::new(file)?;
        let metadata = footer::read(&input)?;
        let sources = sources(&metadata, mapper)?;
        let rows = check_groups(&metadata)?;
        Ok(Self {
            input,
            metadata,
            cells: vec![String::new(); sources.len()],
            sources,
            group: 0,
            columns: Vec::new(),
            group_left: 0,
            batch_left: 0,
            row: 0,
            rows,
        })
    }

    /// How far the rows given out are, in bytes of the file.
    pub fn consumed(&self) -> u64 {
        let (length, rows) = (u128::from(self.input.length()), u128::from(self.rows.max(1)));
        (length * u128::from(self.row) / rows) as u64
    }

    /// Reads the next row: its number, from 1, and the result of `take` on its cells; `None` at the end.
    pub fn next<T>(
        &mut self,
        take: impl FnOnce(&[&str]) -> Result<T, RowError>,
    ) -> io::Result<Option<(u64, Result<T, RowError>)>> {
        while self.batch_left == 0 {
            if self.group_left == 0 && !self.open_group().map_err(io::Error::other)? {
                return Ok(None);
            }
            self.decode().map_err(io::Error::other)?;
        }
        self.batch_left -= 1;
        self.row += 1;
        let row = self.render().and_then(|()| {
            let cells: Vec<&str> = self.cells.iter().map(String::as_str).collect();
            take(&cells)
        });
        Ok(Some((self.row, row)))
    }

    fn open_group(&mut self) -> Result<bool, ParquetFault> {
        if self.group == self.metadata.num_row_groups() {
            return Ok(false);
        }
        let group = self.metadata.row_group(self.group);
        self.group += 1;
        self.columns.clear();
        let page_bytes_max = PAGES_BYTES_MAX / self.sources.len().max(1);
        for source in &self.sources {
            let chunk = group.column(source.position);
            if !codec::is_known(chunk.compression_codec()) {
                return Err(ParquetFault::Packing(source.name.clone()));
            }
            let input = self.input.clone();
            let column = guarded(|| column::open(input, chunk, source.meaning, page_bytes_max))?;
            self.columns.push(column);
        }
        self.group_left = group.num_rows() as usize;
        Ok(true)
    }

    fn decode(&mut self) -> Result<(), ParquetFault> {
        let rows = self.group_left.min(BATCH_ROWS);
        for column in &mut self.columns {
            if guarded(|| column.fill(rows))? != rows {
                return Err(ParquetFault::Corrupt("a column of fewer values than rows"));
            }
        }
        self.group_left -= rows;
        self.batch_left = rows;
        Ok(())
    }

    /// Writes the next row's cells.
    fn render(&mut self) -> Result<(), RowError> {
        let (mut error, mut length) = (None, 0);
        for ((column, cell), source) in
            self.columns.iter_mut().zip(&mut self.cells).zip(&self.sources)
        {
            cell.clear();
            // Every column moves on, also behind one that cannot be read.
            if let Err(reason) = column.next(cell) {
                error.get_or_insert_with(|| RowError::column(&source.name, reason));
            }
            length += cell.len();
        }
        if length > ROW_BYTES_MAX {
            error.get_or_insert(RowError::row(Reason::RowTooLong));
        }
        error.map_or(Ok(()), Err)
    }
}

/// The number of rows, after a look at whether every group can hold what it says.
fn check_groups(metadata: &ParquetMetaData) -> Result<u64, ParquetFault> {
    let mut rows = 0_u64;
    for group in metadata.row_groups() {
        let count = u64::try_from(group.num_rows())
            .ok()
            .filter(|count| usize::try_from(*count).is_ok())
            .ok_or(ParquetFault::Corrupt("a negative number of rows"))?;
        rows = rows.checked_add(count).ok_or(ParquetFault::Corrupt("too many rows"))?;
    }
    Ok(rows)
}

/// Finds the mapper's columns among those of the file.
fn sources(metadata: &ParquetMetaData, mapper: &RowMapper) -> Result<Vec<Source>, FileFault> {
    let schema = metadata.file_metadata().schema_descr();
    let fields = schema.root_schema().get_fields();
    for (position, field) in fields.iter().enumerate() {
        let name = field.name();
        if !mapper.ignored().contains(name) && !mapper.columns().iter().any(|it| it == name) {
            return Err(FileFault::UnmappedColumn(position + 1));
        }
        if fields[..position].iter().any(|other| other.name() == name) {
            return Err(FileFault::RepeatedColumn(name.to_owned()));
        }
    }
    let source = |name: &String| {
        let found = fields.iter().position(|field| field.name() == name);
        let found = found.ok_or_else(|| FileFault::MissingColumn(name.clone()))?;
        let field = &fields[found];
        let repeated = field.get_basic_info().has_repetition()
            && field.get_basic_info().repetition() == Repetition::REPEATED;
        if !field.is_primitive() || repeated {
            return Err(ParquetFault::Nested(name.clone()).into());
        }
        let leaf =
            (0..schema.num_columns()).find(|leaf| schema.get_column_root_idx(*leaf) == found);
        let position = leaf.ok_or_else(|| FileFault::MissingColumn(name.clone()))?;
        let meaning = Meaning::of(&schema.column(position))
            .map_err(|kind| ParquetFault::Type(name.clone(), kind))?;
        Ok(Source { name: name.clone(), position, meaning })
    };
    mapper.columns().iter().map(source).collect()
}
