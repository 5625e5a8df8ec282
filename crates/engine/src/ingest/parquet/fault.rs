//! Faults of a Parquet file.

use std::io;

use parquet::errors::ParquetError;
use thiserror::Error;

/// A fault of a Parquet file. Names columns of the mapping only, never what a file says.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum ParquetFault {
    /// It cannot be read on.
    #[error("cannot be read: {0}")]
    Unreadable(io::ErrorKind),
    /// It does not begin and end as Parquet files do.
    #[error("this is not a Parquet file, or not the whole of one")]
    NotParquet,
    /// It is encrypted.
    #[error("the Parquet file is encrypted, which is not supported")]
    Encrypted,
    /// Its footer, or a page of it, is larger than any that is read.
    #[error("the Parquet file is too large in one piece: {0}")]
    TooLarge(&'static str),
    /// Its metadata contradict each other or its pages, or its values cannot be decoded.
    #[error("the Parquet file is corrupt: {0}")]
    Corrupt(&'static str),
    /// A column that the mapping uses holds lists, maps or groups.
    #[error(
        "the column `{0}` is nested (a list, map or group); write it to columns of its own first"
    )]
    Nested(String),
    /// A column that the mapping uses holds values without a text form.
    #[error("the column `{0}` is of a type that is not read ({1})")]
    Type(String, &'static str),
    /// A column that the mapping uses is packed in a way that is not read.
    #[error("the column `{0}` is compressed or encoded in a way that is not supported")]
    Packing(String),
    /// Parquet was to be read from a stream, not from a file.
    #[error("Parquet is read from files only: use `accord import`")]
    NoFile,
}

impl From<io::Error> for ParquetFault {
    fn from(error: io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::UnexpectedEof => Self::Corrupt("it ends too soon"),
            kind => Self::Unreadable(kind),
        }
    }
}

/// Our own faults come through the library as what they are.
impl From<ParquetError> for ParquetFault {
    fn from(error: ParquetError) -> Self {
        let fault = match error {
            ParquetError::External(inner) => inner.downcast::<Self>().ok().map(|fault| *fault),
            _ => None,
        };
        fault.unwrap_or(Self::Corrupt("values that cannot be decoded"))
    }
}

impl From<ParquetFault> for ParquetError {
    fn from(fault: ParquetFault) -> Self {
        Self::External(Box::new(fault))
    }
}
