//! Errors of a store.

use thiserror::Error;

use crate::audit::NoEntry;

/// An error of a store. Texts never hold personal data.
#[derive(Debug, Error)]
pub enum StoreError {
    /// The store cannot be reached or did not answer in time; trying again later may help.
    #[error("the store does not answer: {0}")]
    Unavailable(String),
    /// Another writer holds the store longer than the waiting limit.
    #[error("the store is busy with another write")]
    Busy,
    /// There is no room for the write, of which nothing was stored.
    #[error("the store has no room")]
    Full,
    /// The address is neither a path nor a `bolt://` or `neo4j://` address.
    #[error("not a store address: {0}")]
    Address(String),
    /// The file or database holds something else, or a version this program does not know.
    #[error("not a store of this program: {0}")]
    Format(String),
    /// An object exists with other content.
    #[error("the {kind} exists already with other content")]
    Conflict {
        /// `record`, `tie` or `event`.
        kind: &'static str,
    },
    /// A batch names a record that is neither in the batch nor in the store.
    #[error("a {kind} names a record that does not exist")]
    Dangling {
        /// `tie`, `event`, `link` or `judgement`.
        kind: &'static str,
    },
    /// A stored object cannot be read back: the file is damaged.
    #[error("stored data cannot be read back: {0}")]
    Damaged(String),
    /// A write of an act without an entry for the log; nothing was written.
    #[error(transparent)]
    Unlogged(#[from] NoEntry),
    /// Anything else the backend reports.
    #[error("store failure: {0}")]
    Backend(String),
}
