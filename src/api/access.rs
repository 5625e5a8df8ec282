//! The access rule of an operation.

use crate::govern::Function;

/// Who may call an operation. Its answer to everybody else depends on the caller only, never on data.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    /// Anyone, for a reason.
    Public(&'static str),
    /// Whoever has shown who they are.
    Known,
    /// Who has a function by one of their roles.
    May(Function),
}
