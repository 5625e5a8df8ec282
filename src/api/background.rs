//! What is done apart from a request: after its answer, by a job that it began, or at the start of the server. Of
//! what the server shares it gets what stands here, and nothing else.

use std::sync::Arc;

use actix_web::{rt, web};

use super::state::State;
use crate::audit::{AuditError, Due, Entry};
use crate::casework::deconfliction::silent;
use crate::casework::deferred::Deferred;
use crate::casework::{CaseworkError, referrals};
use crate::ingest::RowReader;
use crate::jobs::{BATCH_ROWS, ImportError, ImportReport, Observer, import_readers};
use crate::model::{Timestamp, hex};

/// What a server does apart from requests.
#[derive(Clone)]
pub struct Background {
    state: Arc<State>,
}

impl Background {
    /// Of a server.
    pub(super) fn of(state: Arc<State>) -> Self {
        Self { state }
    }

    /// Does something on a thread for blocking work, and waits for nothing.
    pub fn spawn(self, work: impl FnOnce(&Self) + Send + 'static) {
        rt::spawn(web::block(move || work(&self)));
    }

    /// The time.
    pub fn now(&self) -> Timestamp {
        (self.state.clock)()
    }

    /// When something is done and the id of what does it, for the audit log.
    pub fn act(&self) -> (Timestamp, String) {
        (self.now(), hex(&(self.state.random)()[..16]))
    }

    /// Refuses where the audit log cannot be written.
    ///
    /// # Errors
    /// When it cannot.
    pub fn check_log(&self) -> Result<(), AuditError> {
        self.state.audit.check(self.state.store.as_ref())
    }

    /// Takes into the audit log what a store has committed for it.
    ///
    /// # Errors
    /// When the log cannot be written; the entries then wait in the store.
    pub fn settle_log(&self) -> Result<(), AuditError> {
        self.state.audit.settle(self.state.store.as_ref(), None).map(drop)
    }

    /// The questions that an earlier stop has left, of names that begin so.
    ///
    /// # Errors
    /// When the store does not answer.
    pub fn left(&self, documents: &str, due: &Due) -> Result<Vec<Deferred>, CaseworkError> {
        Deferred::left(self.state.casework(due), documents)
    }

    /// Alerts the owners of a question silently.
    ///
    /// # Errors
    /// When the store does not answer; the question is then kept.
    pub fn alert(&self, kept: &Deferred, due: &Due) -> Result<(), CaseworkError> {
        let (work, sealing) = (self.state.casework(due), self.state.sealing());
        silent::finish(work, &self.state.engine, sealing, kept)
    }

    /// Refers what a question leads to. `entry` is what is logged of a referral.
    ///
    /// # Errors
    /// When the store does not answer; the question is then kept.
    pub fn refer(
        &self,
        kept: &Deferred,
        due: &Due,
        entry: impl Fn(&referrals::Named) -> Entry,
    ) -> Result<(), CaseworkError> {
        let (work, sealing) = (self.state.casework(due), self.state.sealing());
        referrals::finish(work, &self.state.cache, sealing, kept, entry)
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
