//! The tamper-evident log: who asked or wrote what, when, and how it ended. An entry is durable
//! before the answer leaves. Entries hold no personal data: operations and ids, never search terms.
//!
//! The log is a file of JSON lines. Each line carries the hash of the line before it, so that
//! changing, removing or reordering a line breaks the chain at that line ([`verify`]). Cutting the
//! end off is noticed by whoever kept a later [`Head`]; the server logs its head at start and stop.
//!
//! This room knows neither stores nor HTTP.

mod chain;
mod file;

pub use chain::{Entry, Head, Line, Outcome};
pub use file::{AuditError, AuditLog, verify};
