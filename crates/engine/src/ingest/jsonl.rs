//! JSON Lines in constant memory: one object a line, flattened to the mapper's columns.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::io::{self, Read};

use serde::de::{DeserializeSeed, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};

use super::check;
use super::file_fault::FileFault;
use super::mapper::RowMapper;
use super::reason::{Reason, RowError};
use super::window::Window;

/// Above this, a number that JSON carries as a float has lost digits.
const EXACT_MAX: f64 = 9_007_199_254_740_992.0;

/// The lines of a JSON Lines file.
pub(super) struct JsonlRows<R> {
    window: Window<R>,
    shape: Shape,
}

/// The paths of an object that are known: mapped, parents of mapped ones, or ignored.
#[derive(Debug)]
struct Shape {
    /// Positions of the mapper's columns by path.
    columns: BTreeMap<String, usize>,
    /// Paths of the objects and arrays that hold mapped columns.
    parents: BTreeSet<String>,
    ignored: BTreeSet<String>,
}

impl<R: Read> JsonlRows<R> {
    /// Opens an input.
    pub fn new(
        input: R,
        mapper: &RowMapper,
        ignored: &BTreeSet<String>,
    ) -> Result<Self, FileFault> {
        let names = mapper.columns().iter();
        let columns: BTreeMap<_, _> =
            names.enumerate().map(|(position, name)| (name.clone(), position)).collect();
        let parents = columns
            .keys()
            .flat_map(|path| path.match_indices('.').map(|(dot, _)| path[..dot].to_owned()))
            .collect();
        let shape = Shape { columns, parents, ignored: ignored.clone() };
        let window = Window::new(input)?;
        if window.is_utf16() {
            return Err(FileFault::Utf16);
        }
        Ok(Self { window, shape })
    }

    /// Bytes consumed so far.
    pub fn consumed(&self) -> u64 {
        self.window.consumed()
    }

    /// Reads the next row: its line, and the result of `take` on its cells; `None` at the end.
    pub fn next<T>(
        &mut self,
        take: impl FnOnce(&[&str]) -> Result<T, RowError>,
    ) -> io::Result<Option<(u64, Result<T, RowError>)>> {
        loop {
            if !self.window.skip_line_ends()? {
                return Ok(None);
            }
            let line = self.window.line();
            let Some(length) = self.line_length()? else {
                self.window.skip_line()?;
                return Ok(Some((line, Err(RowError::row(Reason::RowTooLong)))));
            };
            let bytes = &self.window.bytes()[..length];
            if bytes.iter().all(u8::is_ascii_whitespace) {
                self.window.consume(length);
                continue;
            }
            let row = self.shape.cells(bytes).and_then(|cells| {
                let cells: Vec<&str> = cells.iter().map(String::as_str).collect();
                take(&cells)
            });
            self.window.consume(length);
            return Ok(Some((line, row)));
        }
    }

    /// The length of the line at the window's begin; nothing when it is too long.
    fn line_length(&mut self) -> io::Result<Option<usize>> {
        let mut searched = 0;
        loop {
            let bytes = self.window.bytes();
            let end = bytes[searched..].iter().position(|b| *b == b'\n');
            if let Some(end) = end {
                return Ok(Some(searched + end).filter(|length| *length <= check::ROW_BYTES_MAX));
            }
            searched = bytes.len();
            if self.window.is_over_long() {
                return Ok(None);
            }
            if !self.window.fill()? {
                return Ok(Some(searched).filter(|length| *length <= check::ROW_BYTES_MAX));
            }
        }
    }
}

impl Shape {
    /// The cells of a line in the order of the mapper's columns.
    fn cells(&self, line: &[u8]) -> Result<Vec<String>, RowError> {
        let text = std::str::from_utf8(line).map_err(|_| RowError::row(Reason::InvalidUtf8))?;
        let mut flat = Flat {
            shape: self,
            cells: vec![None; self.columns.len()],
            path: String::new(),
            leaves: 0,
            error: None,
        };
        let mut deserializer = serde_json::Deserializer::from_str(text);
        let read = Node(&mut flat).deserialize(&mut deserializer).and_then(|()| deserializer.end());
        match (read, flat.error) {
            (Ok(()), _) => Ok(flat.cells.into_iter().map(Option::unwrap_or_default).collect()),
            (Err(_), Some(error)) => Err(error),
            (Err(_), None) => Err(RowError::row(Reason::MalformedJson)),
        }
    }
}

/// A line being flattened.
struct Flat<'s> {
    shape: &'s Shape,
    cells: Vec<Option<String>>,
    /// The path of the value being read.
    path: String,
    /// How many scalars have been met, to name by number what the line itself named.
    leaves: usize,
    /// The error that stopped the reading.
    error: Option<RowError>,
}

impl Flat<'_> {
    /// Stops reading. The text is never seen: `error` is what counts.
    fn stop<E: Error>(&mut self, error: RowError) -> E {
        self.error = Some(error);
        E::custom("refused")
    }

    fn scalar<E: Error>(&mut self, text: Option<String>) -> Result<(), E> {
        self.leaves += 1;
        if self.path.is_empty() {
            return Err(self.stop(RowError::row(Reason::WrongType)));
        }
        if self.shape.parents.contains(&self.path) && !self.shape.columns.contains_key(&self.path) {
            return match text {
                None => Ok(()),
                Some(_) => Err(self.stop(RowError::column(&self.path, Reason::WrongType))),
            };
        }
        let Some(&position) = self.shape.columns.get(&self.path) else {
            let name = format!("#{}", self.leaves);
            return Err(self.stop(RowError::column(name, Reason::UnknownColumn)));
        };
        let twice = self.cells[position].replace(text.unwrap_or_default()).is_some();
        if twice {
            return Err(self.stop(RowError::column(&self.path, Reason::DuplicateKey)));
        }
        Ok(())
    }

    /// Refuses an object or array where a mapped column wants a text.
    fn container<E: Error>(&mut self) -> Result<(), E> {
        if self.shape.columns.contains_key(&self.path) {
            return Err(self.stop(RowError::column(&self.path, Reason::WrongType)));
        }
        Ok(())
    }

    /// Goes one step down the path; returns the length to go back to.
    fn enter(&mut self, step: &str) -> usize {
        let length = self.path.len();
        if length > 0 {
            self.path.push('.');
        }
        self.path.push_str(step);
        length
    }
}

/// One JSON value at the current path.
struct Node<'f, 's>(&'f mut Flat<'s>);

impl<'de> DeserializeSeed<'de> for Node<'_, '_> {
    type Value = ();

    fn deserialize<D: serde::Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        if self.0.shape.ignored.contains(&self.0.path) {
            self.0.leaves += 1;
            return deserializer.deserialize_ignored_any(IgnoredAny).map(|_| ());
        }
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Node<'_, '_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_unit<E: Error>(self) -> Result<(), E> {
        self.0.scalar(None)
    }

    fn visit_bool<E: Error>(self, value: bool) -> Result<(), E> {
        self.0.scalar(Some(value.to_string()))
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<(), E> {
        self.0.scalar(Some(value.to_string()))
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<(), E> {
        self.0.scalar(Some(value.to_string()))
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<(), E> {
        if value.abs() >= EXACT_MAX {
            let known = self.0.shape.columns.contains_key(&self.0.path);
            let column = known.then(|| self.0.path.clone());
            return Err(self.0.stop(RowError { column, reason: Reason::BadNumber }));
        }
        self.0.scalar(Some(value.to_string()))
    }

    fn visit_str<E: Error>(self, value: &str) -> Result<(), E> {
        self.0.scalar(Some(value.to_owned()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<(), A::Error> {
        let flat = self.0;
        if flat.path.is_empty() {
            return Err(flat.stop(RowError::row(Reason::WrongType)));
        }
        flat.container()?;
        for index in 0usize.. {
            let back = flat.enter(&index.to_string());
            let more = items.next_element_seed(Node(&mut *flat))?;
            flat.path.truncate(back);
            if more.is_none() {
                break;
            }
        }
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<(), A::Error> {
        let flat = self.0;
        flat.container()?;
        let mut seen = BTreeSet::new();
        while let Some(key) = entries.next_key::<String>()? {
            let back = flat.enter(&key);
            if !seen.insert(key) {
                let known = flat.shape.columns.contains_key(&flat.path);
                let column = known.then(|| flat.path.clone());
                return Err(flat.stop(RowError { column, reason: Reason::DuplicateKey }));
            }
            entries.next_value_seed(Node(&mut *flat))?;
            flat.path.truncate(back);
        }
        Ok(())
    }
}
