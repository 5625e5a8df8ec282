//! One column of a row group, some rows at a time.

use parquet::column::reader::{ColumnReader, ColumnReaderImpl, get_column_reader};
use parquet::data_type::DataType;
use parquet::file::metadata::ColumnChunkMetaData;

use super::fault::ParquetFault;
use super::footer::Input;
use super::pages::Pages;
use super::render::{Meaning, Render};
use crate::ingest::reason::Reason;

/// A column as a stream of texts.
pub(super) trait Column: Send {
    /// Decodes the next rows; fewer where the column ends.
    fn fill(&mut self, rows: usize) -> Result<usize, ParquetFault>;

    /// The next of the decoded rows as text, added to `out`; a missing value adds nothing.
    fn next(&mut self, out: &mut String) -> Result<(), Reason>;
}

struct Typed<T: DataType> {
    reader: ColumnReaderImpl<T>,
    meaning: Meaning,
    nullable: bool,
    values: Vec<T::T>,
    levels: Vec<i16>,
    /// The next row, and the next value, which missing ones have none of.
    row: usize,
    value: usize,
}

/// Opens a column of a row group.
///
/// # Errors
/// When the footer contradicts the file about the column.
pub(super) fn open(
    input: Input,
    chunk: &ColumnChunkMetaData,
    meaning: Meaning,
    page_bytes_max: usize,
) -> Result<Box<dyn Column>, ParquetFault> {
    let nullable = chunk.column_descr().max_def_level() > 0;
    let pages = Pages::new(input, chunk, page_bytes_max)?;
    Ok(match get_column_reader(chunk.column_descr_ptr(), Box::new(pages)) {
        ColumnReader::BoolColumnReader(reader) => typed(reader, meaning, nullable),
        ColumnReader::Int32ColumnReader(reader) => typed(reader, meaning, nullable),
        ColumnReader::Int64ColumnReader(reader) => typed(reader, meaning, nullable),
        ColumnReader::Int96ColumnReader(reader) => typed(reader, meaning, nullable),
        ColumnReader::FloatColumnReader(reader) => typed(reader, meaning, nullable),
        ColumnReader::DoubleColumnReader(reader) => typed(reader, meaning, nullable),
        ColumnReader::ByteArrayColumnReader(reader) => typed(reader, meaning, nullable),
        ColumnReader::FixedLenByteArrayColumnReader(reader) => typed(reader, meaning, nullable),
    })
}

fn typed<T: DataType>(
    reader: ColumnReaderImpl<T>,
    meaning: Meaning,
    nullable: bool,
) -> Box<dyn Column>
where
    T::T: Render,
    ColumnReaderImpl<T>: Send,
{
    let (values, levels) = (Vec::new(), Vec::new());
    Box::new(Typed { reader, meaning, nullable, values, levels, row: 0, value: 0 })
}

impl<T: DataType> Column for Typed<T>
where
    T::T: Render,
    ColumnReaderImpl<T>: Send,
{
    fn fill(&mut self, rows: usize) -> Result<usize, ParquetFault> {
        self.values.clear();
        self.levels.clear();
        (self.row, self.value) = (0, 0);
        let levels = self.nullable.then_some(&mut self.levels);
        let (read, _, _) = self.reader.read_records(rows, levels, None, &mut self.values)?;
        Ok(read)
    }

    fn next(&mut self, out: &mut String) -> Result<(), Reason> {
        let is_there = !self.nullable || self.levels.get(self.row).is_some_and(|level| *level > 0);
        self.row += 1;
        if !is_there {
            return Ok(());
        }
        self.value += 1;
        self.values.get(self.value - 1).map_or(Ok(()), |value| value.render(self.meaning, out))
    }
}
