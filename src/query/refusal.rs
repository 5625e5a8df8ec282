//! The refusal of a statement.

use thiserror::Error;

/// The place and the reason for which a statement is refused.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("{line}:{column}: {reason}")]
pub struct Refusal {
    /// The line, from 1.
    pub line: usize,
    /// The character in the line, from 1.
    pub column: usize,
    /// The fault at that place.
    pub reason: String,
}
