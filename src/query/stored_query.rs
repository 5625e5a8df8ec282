//! A stored query, read and checked.

use thiserror::Error;

use super::header::{self, Header};
use super::token::characters;
use super::{Column, Engines, Parameter, Refusal, check};
use crate::model::hex;

/// A stored query: a checked statement with its header.
#[derive(Debug, Clone, PartialEq)]
pub struct StoredQuery {
    header: Header,
    cypher: String,
    version: String,
}

impl StoredQuery {
    /// Reads and checks one file.
    ///
    /// # Errors
    /// The place and the reason if the header cannot be read or the statement is refused.
    pub fn parse(file: &str, text: &str) -> Result<Self, RefusedFile> {
        Self::read(file, text).map_err(|refusal| RefusedFile::of(file, refusal))
    }

    pub(super) fn read(file: &str, text: &str) -> Result<Self, Refusal> {
        characters(text)?;
        let header = header::parse(text)?;
        let first = |reason: &str| Refusal { line: 1, column: 1, reason: reason.into() };
        if file.strip_suffix(".cypher") != Some(header.name.as_str()) {
            return Err(first("the name in the header is not that of the file"));
        }
        let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
        if header.name.len() > NAME_BYTES_MAX || !header.name.chars().all(plain) {
            return Err(first("a name has lower-case letters, digits and `-` only, 64 at most"));
        }
        check::check(&header, text)?;
        let version = hex(&blake3::hash(text.as_bytes()).as_bytes()[..8]);
        Ok(Self { header, cypher: text.to_owned(), version })
    }

    /// The name of the query, which is the name of its file without `.cypher`.
    pub fn name(&self) -> &str {
        &self.header.name
    }

    /// The purpose of the query.
    pub fn about(&self) -> &str {
        &self.header.about
    }

    /// The engines that run the query.
    pub fn engines(&self) -> Engines {
        self.header.engines
    }

    /// The parameters of the query, in the header's order.
    pub fn parameters(&self) -> &[Parameter] {
        &self.header.parameters
    }

    /// The columns of its result, in order.
    pub fn columns(&self) -> &[Column] {
        &self.header.columns
    }

    /// The columns of the key: no two rows have equal values in all of them, and the rows are ordered by all of them.
    pub fn key(&self) -> &[String] {
        &self.header.key
    }

    /// The whole file.
    pub fn cypher(&self) -> &str {
        &self.cypher
    }

    /// A hash of the whole file, by which the text of a query that was run can be identified.
    pub fn version(&self) -> &str {
        &self.version
    }
}

/// A file that cannot be part of the library, with the place and the reason.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Error)]
#[error("{file}:{line}:{column}: {reason}")]
pub struct RefusedFile {
    /// The file's name.
    pub file: String,
    /// The line, from 1.
    pub line: usize,
    /// The character in the line, from 1.
    pub column: usize,
    /// The fault at that place.
    pub reason: String,
}

impl RefusedFile {
    pub(super) fn of(file: &str, refusal: Refusal) -> Self {
        let Refusal { line, column, reason } = refusal;
        Self { file: file.to_owned(), line, column, reason }
    }
}

/// The longest name of a query.
const NAME_BYTES_MAX: usize = 64;
