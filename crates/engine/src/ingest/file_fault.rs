//! Faults of a file as a whole.

use std::io;

use thiserror::Error;

use super::parquet::ParquetFault;
use super::reason::Reason;

/// A fault of a file as a whole, for which none of its further rows is read.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum FileFault {
    /// It cannot be opened or read on.
    #[error("cannot be read: {0}")]
    Unreadable(io::ErrorKind),
    /// A CSV file without a header row.
    #[error("the header row is missing")]
    NoHeader,
    /// A text file in UTF-16.
    #[error("the file is UTF-16; save it as UTF-8")]
    Utf16,
    /// A CSV file whose header row cannot be read.
    #[error("the header row: {0}")]
    Header(Reason),
    /// A column that the mapping uses is not in the header.
    #[error("the mapping uses a column `{0}`, which the header does not have")]
    MissingColumn(String),
    /// A column, by its position from 1, that the mapping neither uses nor ignores. The name is
    /// not told: in a file without a header it is a person's.
    #[error("column {0} is neither mapped nor listed in columns_ignored")]
    UnmappedColumn(usize),
    /// A column that the mapping knows stands twice in the header.
    #[error("the header has the column `{0}` twice")]
    RepeatedColumn(String),
    /// A Parquet file that cannot be read.
    #[error(transparent)]
    Parquet(#[from] ParquetFault),
}

impl From<io::Error> for FileFault {
    fn from(error: io::Error) -> Self {
        let kind = error.kind();
        let own = error.into_inner().and_then(|inner| inner.downcast::<ParquetFault>().ok());
        own.map_or(Self::Unreadable(kind), |fault| Self::Parquet(*fault))
    }
}

/// A fault of a file as a whole, with the name of the file.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("{file}: {fault}")]
pub struct FileError {
    /// The file's name in reports.
    pub file: String,
    /// The fault of the file.
    pub fault: FileFault,
}
