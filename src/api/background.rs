//! The part of the shared state that a job may use. A job outlives the request that began it.

use std::sync::Arc;

use super::state::State;
use crate::audit::AuditError;
use crate::ingest::RowReader;
use crate::jobs::{BATCH_ROWS, ImportError, ImportReport, Observer, import_readers};
use crate::model::Timestamp;

/// The store, the engine and the audit log of the server, as a job may use them.
pub struct Background {
    state: Arc<State>,
}

impl Background {
    /// Returns the background of a server from its shared state.
    pub(super) fn of(state: Arc<State>) -> Self {
        Self { state }
    }

    /// Returns the current time.
    pub fn now(&self) -> Timestamp {
        (self.state.clock)()
    }

    /// Checks that the audit log can be written.
    ///
    /// # Errors
    /// When the log cannot be written.
    pub fn check_log(&self) -> Result<(), AuditError> {
        self.state.audit.check(self.state.store.as_ref())
    }

    /// Moves the entries that the store has committed for the audit log into the log.
    ///
    /// # Errors
    /// When the log cannot be written; the entries then wait in the store.
    pub fn settle_log(&self) -> Result<(), AuditError> {
        self.state.audit.settle(self.state.store.as_ref(), None).map(drop)
    }

    /// Imports the rows of a file.
    ///
    /// # Errors
    /// When the file, the store or the audit log fails, or the job is cancelled.
    pub fn import(
        &self,
        reader: RowReader,
        watch: &mut dyn Observer,
    ) -> Result<ImportReport, ImportError> {
        let (store, engine) = (self.state.store.as_ref(), self.state.engine.as_ref());
        import_readers(store, engine, vec![reader], BATCH_ROWS, self.now(), watch)
    }
}
