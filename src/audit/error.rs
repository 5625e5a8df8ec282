//! Errors of the log.

use std::path::{Path, PathBuf};

use thiserror::Error;

use super::outbox::OutboxError;

/// Errors of the log.
#[derive(Debug, Error)]
pub enum AuditError {
    /// The file cannot be read or written.
    #[error("audit log {path}: {source}")]
    Io {
        /// The file.
        path: PathBuf,
        /// The system's error.
        source: std::io::Error,
    },
    /// The chain is broken: the line was altered, or lines before it were removed or reordered.
    #[error("audit log {path}: line {line} does not follow from the line before it")]
    Broken {
        /// The file.
        path: PathBuf,
        /// The first bad line, from 1.
        line: u64,
    },
    /// The file was moved or removed.
    #[error("audit log {path}: it is not in its place any more")]
    Missing {
        /// The file.
        path: PathBuf,
    },
    /// Another file is at the log's path.
    #[error("audit log {path}: something else lies in its place, without what was logged")]
    Replaced {
        /// The file.
        path: PathBuf,
    },
    /// The file is shorter than its known length, or its content differs.
    #[error("audit log {path}: what was logged is not there any more")]
    Cut {
        /// The file.
        path: PathBuf,
    },
    /// A write failed an instant ago.
    #[error("audit log: it could not be written an instant ago")]
    Failing,
    /// The entries that a store has committed cannot be read or removed.
    #[error(transparent)]
    Outbox(#[from] OutboxError),
}

impl AuditError {
    /// The error of a file operation.
    pub(super) fn io(path: &Path, source: std::io::Error) -> Self {
        Self::Io { path: path.to_owned(), source }
    }
}
