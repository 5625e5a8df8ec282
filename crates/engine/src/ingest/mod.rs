//! From files to records: mapping files say which column is which field; readers stream rows; a
//! row that cannot be taken is reported with row, column and reason, never with its content.
//!
//! A row becomes a [`RowOutput`] by one of two roads that meet in `assemble`: a file's row through
//! a [`RowMapper`], or a [`SubmittedRow`] of the API. Both apply the same checks, so batch and live
//! cannot differ. Nothing here knows of stores, the engine, callers or HTTP; text is kept as the
//! source gave it and is made comparable elsewhere.

mod assemble;
mod bodies;
mod check;
mod compile;
mod csv;
mod dates;
mod fields;
mod file_fault;
mod grading;
mod jsonl;
mod load;
mod mapper;
pub mod mapping;
mod mapping_fault;
mod parquet;
mod plans;
mod reader;
mod reason;
mod sharing;
pub mod submission;
mod terms;
mod value;
mod window;

#[cfg(test)]
mod tests;

pub use assemble::RowOutput;
pub use check::{ID_BYTES_MAX, MODEL_YEARS, PARTS_MAX, TEXT_BYTES_MAX};
pub use file_fault::{FileError, FileFault};
pub use load::{Source, load_manifest, load_mapping, load_mapping_of_bodies, parse_mapping};
pub use mapper::RowMapper;
pub use mapping_fault::{MappingError, MappingFault};
pub use parquet::ParquetFault;
pub use reader::{RawRow, RowReader, read_file};
pub use reason::{Reason, RowError};
pub use submission::SubmittedRow;
pub use terms::{Intelligence, RELEASE, Release, SUSPICION, day_of};
