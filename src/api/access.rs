//! The access rule of an operation.

use crate::govern::Function;

/// The access rule of an operation. The refusal of all other callers depends on the caller only, never on data.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    /// Anybody may call it, without credentials; the text is the reason.
    Public(&'static str),
    /// Any authenticated caller may call it.
    Known,
    /// A caller may call it who has the function by one of their roles.
    May(Function),
}
