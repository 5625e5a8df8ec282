//! The store's side of the log: it keeps the entries that were committed together with their writes until the log has
//! them.

use thiserror::Error;

use super::chain::Entry;

/// The error that the entries of a store cannot be read or removed; the reason.
#[derive(Debug, Error)]
#[error("entries in the store: {0}")]
pub struct OutboxError(pub String);

/// An entry that a store has committed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Committed {
    /// Its position in the order of commits.
    pub position: u64,
    /// Its id, which no other entry has, whatever becomes of the store.
    pub write: String,
    /// The entry to log.
    pub entry: Entry,
}

/// Entries that a store has committed and that may not be in the log yet.
pub trait Outbox {
    /// Returns the first `most` of them behind a position, in their order.
    ///
    /// # Errors
    /// When the store does not answer.
    fn committed(&self, after: u64, most: usize) -> Result<Vec<Committed>, OutboxError>;

    /// Marks all up to a position as durable in the log: the next commit removes them.
    fn logged(&self, up_to: u64);

    /// Removes all up to a position at once.
    ///
    /// # Errors
    /// When the store does not answer.
    fn remove(&self, up_to: u64) -> Result<(), OutboxError>;
}

/// No store, for a log of reads only.
impl Outbox for () {
    fn committed(&self, _: u64, _: usize) -> Result<Vec<Committed>, OutboxError> {
        Ok(Vec::new())
    }

    fn logged(&self, _: u64) {}

    fn remove(&self, _: u64) -> Result<(), OutboxError> {
        Ok(())
    }
}
