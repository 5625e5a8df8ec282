//! Why a statement is refused.

use thiserror::Error;

/// Why a statement is refused.
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
