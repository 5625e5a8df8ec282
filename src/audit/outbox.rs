//! What a store does for the log: it keeps the entries that were committed with what they are about until the log
//! has them.

use thiserror::Error;

use super::chain::Entry;

/// The entries of a store cannot be read or removed; why.
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
    /// What is to be logged.
    pub entry: Entry,
}

/// Entries that a store has committed and that may not be in the log yet.
pub trait Outbox {
    /// The first of them behind a position, in their order.
    ///
    /// # Errors
    /// When the store does not answer.
    fn committed(&self, after: u64, most: usize) -> Result<Vec<Committed>, OutboxError>;

    /// Says that all up to a position are durable in the log: the next commit removes them.
    fn logged(&self, up_to: u64);

    /// Removes all up to a position at once.
    ///
    /// # Errors
    /// When the store does not answer.
    fn remove(&self, up_to: u64) -> Result<(), OutboxError>;
}

/// No store, for a log of what is only asked.
impl Outbox for () {
    fn committed(&self, _: u64, _: usize) -> Result<Vec<Committed>, OutboxError> {
        Ok(Vec::new())
    }

    fn logged(&self, _: u64) {}

    fn remove(&self, _: u64) -> Result<(), OutboxError> {
        Ok(())
    }
}
