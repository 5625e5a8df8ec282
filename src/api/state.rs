//! What all requests of a server share.

use std::sync::Arc;

use tokio::sync::Semaphore;

use super::analyses::Analyses;
use super::budget::Budget;
use super::failures::Failures;
use super::metrics::Metrics;
use super::notice::Notice;
use super::public::Operations;
use crate::audit::{AuditLog, Due};
use crate::casework::deferred::Sealing;
use crate::casework::referrals::Checked;
use crate::casework::{Casework, Policies};
use crate::graph;
use crate::identity::Identity;
use crate::jobs::{Clock, Jobs, LateLinks};
use crate::leak;
use crate::model::IdKey;
use crate::query::Runner;
use crate::resolve::Engine;
use crate::store::Store;

/// Gives random bytes.
pub type Random = Arc<dyn Fn() -> [u8; 32] + Send + Sync>;

/// What all requests of a server share.
pub struct State {
    pub(super) store: Arc<dyn Store>,
    pub(super) engine: Arc<Engine>,
    pub(super) id_key: IdKey,
    pub(super) cache: graph::Cache,
    pub(super) analyses: Analyses<graph::Spans>,
    pub(super) runner: Runner,
    pub(super) jobs: Jobs,
    /// Finds the links that writes leave for later.
    pub(super) links: Arc<LateLinks<Engine>>,
    pub(super) audit: AuditLog,
    pub(super) clock: Clock,
    pub(super) random: Random,
    pub(super) metrics: Metrics,
    /// The operations, as the guard must know them.
    pub(super) operations: Operations,
    pub(super) policies: Policies,
    /// Questions of which owners may have to hear that have been looked at.
    pub(super) referred: Checked,
    pub(super) identity: Identity,
    /// How long ago, in seconds, a caller may have shown who they are to use a privileged function.
    pub(super) privileged_seconds: i64,
    /// The text that a user accepts by logging on.
    pub(super) notice: Notice,
    /// What bodies under way may hold.
    pub(super) bodies: Budget,
    /// Failures to show who one is, of late.
    pub(super) failures: Failures,
    /// Turns to hash a password.
    pub(super) hashings: Semaphore,
}

impl State {
    /// What the governing acts are done on, and the entry that is due for what they write.
    pub(super) fn casework<'a>(&'a self, due: &'a Due) -> Casework<'a> {
        let Self { store, policies, id_key, .. } = self;
        Casework::new((store.as_ref(), due), policies, id_key)
    }

    /// Out of what a deliberate leak would build the snapshot of everything.
    pub(super) fn whole(&self) -> leak::Whole<'_> {
        (self.store.as_ref(), &self.engine, &self.id_key)
    }

    /// The key and the randomness that seal the questions which are kept after their answer.
    pub(super) fn sealing(&self) -> Sealing<'_> {
        Sealing { identity: &self.identity, random: &*self.random }
    }
}
