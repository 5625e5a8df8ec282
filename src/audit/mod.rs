//! The tamper-evident log: each question and write with its caller, time and outcome. An entry is durable before the
//! answer leaves. Entries hold no personal data: operations and ids, never search terms.
//!
//! The log is a file of JSON lines. Each line carries the hash of the line before it, so that changing, removing or
//! reordering a line breaks the chain at that line ([`verify`]). Removal of lines at the end shows against a later
//! [`Head`] kept elsewhere; the server logs its head at start and stop.
//!
//! The entry of a write is [`Due`]: the store commits it together with the write and keeps it in its [`Outbox`] until
//! the log has it. Nothing is stored without its entry, and nothing is logged twice.
//!
//! This room knows neither stores nor HTTP.

mod chain;
mod due;
mod error;
mod file;
mod log;
mod outbox;
mod read;

pub use chain::{Act, Entry, Head, Line, Outcome};
pub use due::{Due, Housekeeping, NoEntry};
pub use error::AuditError;
pub use log::AuditLog;
pub use outbox::{Committed, Outbox, OutboxError};
pub use read::verify;
