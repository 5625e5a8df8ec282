//! The state that all requests of a server share.

use std::sync::Arc;

use super::analyses::Analyses;
use super::budget::Budget;
use super::failures::Failures;
use super::metrics::Metrics;
use super::notice::Notice;
use super::probe::WriteProbe;
use super::public::Operations;
use super::queues::Queues;
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

/// A source of random bytes.
pub type Random = Arc<dyn Fn() -> [u8; 32] + Send + Sync>;

/// The state that all requests of a server share.
pub struct State {
    pub(super) store: Arc<dyn Store>,
    pub(super) engine: Arc<Engine>,
    pub(super) id_key: IdKey,
    pub(super) cache: graph::Cache,
    pub(super) analyses: Analyses<graph::Spans>,
    pub(super) runner: Runner,
    pub(super) jobs: Jobs,
    /// The background search for links that writes leave for later.
    pub(super) links: Arc<LateLinks<Engine>>,
    pub(super) audit: AuditLog,
    pub(super) clock: Clock,
    pub(super) random: Random,
    pub(super) metrics: Metrics,
    /// The guard's list of all operations.
    pub(super) operations: Operations,
    pub(super) policies: Policies,
    /// The questions that have been checked for referrals.
    pub(super) referred: Checked,
    pub(super) identity: Identity,
    /// The greatest age in seconds of a caller's authentication for privileged functions.
    pub(super) privileged_seconds: i64,
    /// The text that a user accepts by logging on.
    pub(super) notice: Notice,
    /// The memory for the bodies of requests under way.
    pub(super) bodies: Budget,
    /// The recent failed authentications.
    pub(super) failures: Failures,
    /// Whether the store takes writes.
    pub(super) probe: WriteProbe,
    /// The queues in front of the work of requests.
    pub(super) queues: Queues,
}

impl State {
    /// Returns the policy and the store for acts of governance, with the due entry for their writes.
    pub(super) fn casework<'a>(&'a self, due: &'a Due) -> Casework<'a> {
        let Self { store, policies, id_key, .. } = self;
        Casework::new((store.as_ref(), due), policies, id_key)
    }

    /// Returns the parts from which a deliberate leak of a test would build the snapshot of everything.
    pub(super) fn whole(&self) -> leak::Whole<'_> {
        (self.store.as_ref(), &self.engine, &self.id_key)
    }

    /// Returns the key and the randomness that seal questions which are kept after their answer.
    pub(super) fn sealing(&self) -> Sealing<'_> {
        Sealing { identity: &self.identity, random: &*self.random }
    }
}
