//! Files as streams of rows, in constant memory whatever the file's size.

use std::fs::File;
use std::io::Read;
use std::path::Path;
use std::sync::Arc;

use super::assemble::RowOutput;
use super::csv::CsvRows;
use super::file_fault::{FileError, FileFault};
use super::jsonl::JsonlRows;
use super::mapper::RowMapper;
use super::mapping::Format;
use super::parquet::{ParquetFault, ParquetRows};
use super::reason::RowError;
use crate::model::Body;

/// Bytes from which on no more rows are read at once.
const ROWS_BYTES_MAX: usize = 16 * 1024 * 1024;

/// The rows of a file: for each, the physical line it begins on, and its records, ties and events or the
/// reason for which it is refused. An error of the file itself ends the stream.
pub struct RowReader {
    mapper: Arc<RowMapper>,
    name: String,
    rows: Rows,
    total: Option<u64>,
    ended: bool,
}

type Input = Box<dyn Read + Send>;

/// The line that a row begins on, and the row's result or the reason for which it is refused.
type Row<T> = (u64, Result<T, RowError>);

enum Rows {
    Csv(Box<CsvRows<Input>>),
    Jsonl(Box<JsonlRows<Input>>),
    Parquet(Box<ParquetRows>),
}

/// Opens a file; errors call it `name`. A mapping for CSV reads a file whose name ends in `.parquet`
/// as Parquet: it is the same table.
///
/// # Errors
/// When it cannot be opened or its header does not fit the mapping.
pub fn read_file(path: &Path, name: &str, mapper: Arc<RowMapper>) -> Result<RowReader, FileError> {
    let fault = |fault| FileError { file: name.to_owned(), fault };
    let opened = File::open(path).and_then(|file| Ok((file.metadata()?.len(), file)));
    let (total, file) = opened.map_err(|error| fault(FileFault::from(error)))?;
    let named_parquet = path.extension().is_some_and(|it| it.eq_ignore_ascii_case("parquet"));
    if mapper.format() == Format::Parquet || (mapper.format() == Format::Csv && named_parquet) {
        let rows = ParquetRows::new(file, &mapper).map_err(fault)?;
        let (name, rows) = (name.to_owned(), Rows::Parquet(Box::new(rows)));
        return Ok(RowReader { mapper, name, rows, total: Some(total), ended: false });
    }
    RowReader::new(Box::new(file), Some(total), name, mapper)
}

impl RowReader {
    /// Reads rows from any input of `total` bytes, where that is known.
    ///
    /// # Errors
    /// When it cannot be read or its header does not fit the mapping.
    pub fn new(
        input: Box<dyn Read + Send>,
        total: Option<u64>,
        name: &str,
        mapper: Arc<RowMapper>,
    ) -> Result<Self, FileError> {
        let opened = match mapper.format() {
            Format::Csv => CsvRows::new(input, &mapper).map(|rows| Rows::Csv(Box::new(rows))),
            Format::Jsonl => JsonlRows::new(input, &mapper, mapper.ignored())
                .map(|rows| Rows::Jsonl(Box::new(rows))),
            Format::Parquet => Err(ParquetFault::NoFile.into()),
        };
        let rows = opened.map_err(|fault| FileError { file: name.to_owned(), fault })?;
        Ok(Self { mapper, name: name.to_owned(), rows, total, ended: false })
    }

    /// The agency that owns the records, ties and events of the rows.
    pub fn agency(&self) -> &str {
        self.mapper.agency()
    }

    /// The file's name in reports.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Bytes of the rows given out so far.
    pub fn bytes_done(&self) -> u64 {
        match &self.rows {
            Rows::Csv(rows) => rows.consumed(),
            Rows::Jsonl(rows) => rows.consumed(),
            Rows::Parquet(rows) => rows.consumed(),
        }
    }

    /// Bytes of the whole file, where that is known.
    pub fn bytes_total(&self) -> Option<u64> {
        self.total
    }
}

/// A row that has been read and not yet mapped, so that rows can be mapped in parallel.
#[derive(Debug)]
pub struct RawRow {
    line: u64,
    cells: Result<Cells, RowError>,
}

/// The cells of a row, one behind the other.
#[derive(Debug)]
struct Cells {
    text: String,
    ends: Vec<usize>,
}

impl Cells {
    fn of(cells: &[&str]) -> Self {
        let mut ends = Vec::with_capacity(cells.len());
        let mut end = 0;
        for cell in cells {
            end += cell.len();
            ends.push(end);
        }
        Self { text: cells.concat(), ends }
    }

    fn as_slices(&self) -> Vec<&str> {
        let starts = std::iter::once(0).chain(self.ends.iter().copied());
        starts.zip(&self.ends).map(|(start, end)| &self.text[start..*end]).collect()
    }
}

impl RawRow {
    /// The physical line that the row begins on.
    pub fn line(&self) -> u64 {
        self.line
    }

    /// Maps the row to the bodies of its records, each with the agency's own id: see [`RowMapper::bodies`].
    ///
    /// # Errors
    /// The reason for which the row is refused.
    pub fn bodies(&self, mapper: &RowMapper) -> Result<Vec<(String, Body)>, RowError> {
        self.cells.as_ref().map_err(Clone::clone).and_then(|it| mapper.bodies(&it.as_slices()))
    }
}

impl RowReader {
    /// Reads at most `most` rows without mapping them; none at the file's end. Fewer where the rows are
    /// long: the memory that they take is bounded, too.
    ///
    /// # Errors
    /// An error of the file itself, which ends the stream.
    pub fn read_rows(&mut self, most: usize) -> Result<Vec<RawRow>, FileError> {
        let (mut rows, mut bytes) = (Vec::with_capacity(most), 0);
        while rows.len() < most && bytes < ROWS_BYTES_MAX && !self.ended {
            let take = |cells: &[&str]| Ok(Cells::of(cells));
            let Some((line, cells)) = self.next_row(take)? else { break };
            bytes += cells.as_ref().map_or(0, |cells| cells.text.len());
            rows.push(RawRow { line, cells });
        }
        Ok(rows)
    }

    /// Reads the next row: the line it begins on, and the result of `take` on its cells; `None` at the end.
    fn next_row<T>(
        &mut self,
        take: impl FnOnce(&[&str]) -> Result<T, RowError>,
    ) -> Result<Option<Row<T>>, FileError> {
        let next = match &mut self.rows {
            Rows::Csv(rows) => rows.next(take),
            Rows::Jsonl(rows) => rows.next(take),
            Rows::Parquet(rows) => rows.next(take),
        };
        self.ended = !matches!(next, Ok(Some(_)));
        next.map_err(|error| FileError { file: self.name.clone(), fault: FileFault::from(error) })
    }
}

impl Iterator for RowReader {
    type Item = Result<(u64, Result<RowOutput, RowError>), FileError>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.ended {
            return None;
        }
        let mapper = Arc::clone(&self.mapper);
        self.next_row(|cells| mapper.map(cells)).transpose()
    }
}
