//! CSV (RFC 4180) in constant memory. The state machine is that of `csv-core`; it is driven here
//! because a quote that never ends must cost one row, not the rest of the file nor all memory.

use std::io::{self, Read};

use csv_core::{ReadRecordResult, Reader, ReaderBuilder};

use super::check::ROW_BYTES_MAX;
use super::file_fault::FileFault;
use super::mapper::RowMapper;
use super::reason::{Reason, RowError};
use super::window::Window;

/// Most columns of a file.
const COLUMNS_MAX: usize = 4096;

/// The rows of a CSV file whose header has been read and found to fit the mapping.
pub(super) struct CsvRows<R> {
    records: Records<R>,
    header: Vec<String>,
    /// The position in the file of each of the mapper's columns.
    positions: Vec<usize>,
}

/// The records of a CSV file, header and rows alike.
struct Records<R> {
    window: Window<R>,
    parser: Reader,
    output: Vec<u8>,
    /// Ends of the fields in `output`.
    ends: Vec<usize>,
    count: usize,
}

impl<R: Read> CsvRows<R> {
    /// Reads the header: every column is used or ignored by the mapping, and none is missing.
    pub fn new(input: R, mapper: &RowMapper) -> Result<Self, FileFault> {
        let mut records = Records {
            window: Window::new(input)?,
            parser: ReaderBuilder::new().delimiter(mapper.delimiter()).build(),
            output: vec![0; 4096],
            ends: vec![0; 64],
            count: 0,
        };
        if records.window.is_utf16() {
            return Err(FileFault::Utf16);
        }
        match records.next()? {
            None => return Err(FileFault::NoHeader),
            Some((_, Err(reason))) => return Err(FileFault::Header(reason)),
            Some((_, Ok(()))) => {}
        }
        let names = (0..records.count).map(|position| records.field(position));
        let header: Vec<String> = names
            .map(|name| name.map(|name| name.trim().to_owned()))
            .collect::<Option<_>>()
            .ok_or(FileFault::Header(Reason::InvalidUtf8))?;
        for (position, name) in header.iter().enumerate() {
            if !mapper.ignored().contains(name) && !mapper.columns().contains(name) {
                return Err(FileFault::UnmappedColumn(position + 1));
            }
            if header[..position].contains(name) {
                return Err(FileFault::RepeatedColumn(name.clone()));
            }
        }
        let position = |column: &String| {
            let found = header.iter().position(|name| name == column);
            found.ok_or_else(|| FileFault::MissingColumn(column.clone()))
        };
        let positions = mapper.columns().iter().map(position).collect::<Result<_, _>>()?;
        Ok(Self { records, header, positions })
    }

    /// Bytes consumed so far.
    pub fn consumed(&self) -> u64 {
        self.records.window.consumed()
    }

    /// Reads the next row: the line it begins on, and the result of `take` on its cells; `None` at the end.
    pub fn next<T>(
        &mut self,
        take: impl FnOnce(&[&str]) -> Result<T, RowError>,
    ) -> io::Result<Option<(u64, Result<T, RowError>)>> {
        let Some((line, read)) = self.records.next()? else { return Ok(None) };
        let row = match read {
            Ok(()) => self.cells().and_then(|cells| take(&cells)),
            Err(reason) => Err(RowError::row(reason)),
        };
        Ok(Some((line, row)))
    }

    /// The cells of the current record in the order of the mapper's columns.
    fn cells(&self) -> Result<Vec<&str>, RowError> {
        if self.records.count != self.header.len() {
            let few = self.records.count < self.header.len();
            let reason = if few { Reason::TooFewColumns } else { Reason::TooManyColumns };
            return Err(RowError::row(reason));
        }
        let mut fields = Vec::with_capacity(self.header.len());
        for (position, name) in self.header.iter().enumerate() {
            let field = self.records.field(position);
            fields.push(field.ok_or_else(|| RowError::column(name, Reason::InvalidUtf8))?);
        }
        Ok(self.positions.iter().map(|&position| fields[position]).collect())
    }
}

impl<R: Read> Records<R> {
    /// A field of the current record; nothing when it is not UTF-8.
    fn field(&self, position: usize) -> Option<&str> {
        let begin = if position == 0 { 0 } else { self.ends[position - 1] };
        std::str::from_utf8(&self.output[begin..self.ends[position]]).ok()
    }

    /// Reads the next record into `output` and `ends`; returns the line it begins on.
    fn next(&mut self) -> io::Result<Option<(u64, Result<(), Reason>)>> {
        if !self.window.skip_line_ends()? {
            return Ok(None);
        }
        let line = self.window.line();
        let read = self.read()?;
        if read.is_err() {
            // The line is lost, but the next one may well be the begin of a good row.
            self.window.skip_line()?;
        }
        Ok(Some((line, read)))
    }

    fn read(&mut self) -> io::Result<Result<(), Reason>> {
        self.parser.reset();
        let (mut scanned, mut length, mut at_end) = (0, 0, false);
        self.count = 0;
        loop {
            if scanned == self.window.bytes().len() && !at_end {
                if self.window.is_over_long() {
                    return Ok(Err(Reason::RowTooLong));
                }
                at_end = !self.window.fill()?;
            }
            // A line end behind the input's end closes a last record that has none of its own,
            // unless that record is inside quotes.
            let waiting = &self.window.bytes()[scanned..];
            let input = if waiting.is_empty() { &b"\n"[..] } else { waiting };
            let virtual_end = waiting.is_empty();
            let (output, ends) = (&mut self.output[length..], &mut self.ends[self.count..]);
            let (result, read, written, ended) = self.parser.read_record(input, output, ends);
            scanned += if virtual_end { 0 } else { read };
            length += written;
            self.count += ended;
            match result {
                ReadRecordResult::Record | ReadRecordResult::End => {
                    self.window.consume(scanned);
                    return Ok(Ok(()));
                }
                ReadRecordResult::InputEmpty if virtual_end => {
                    return Ok(Err(Reason::UnclosedQuote));
                }
                ReadRecordResult::InputEmpty => {}
                ReadRecordResult::OutputFull if self.output.len() >= ROW_BYTES_MAX => {
                    return Ok(Err(Reason::RowTooLong));
                }
                ReadRecordResult::OutputFull => self.output.resize(self.output.len() * 2, 0),
                ReadRecordResult::OutputEndsFull if self.ends.len() >= COLUMNS_MAX => {
                    return Ok(Err(Reason::TooManyColumns));
                }
                ReadRecordResult::OutputEndsFull => self.ends.resize(self.ends.len() * 2, 0),
            }
        }
    }
}
