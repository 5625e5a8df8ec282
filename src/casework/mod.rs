//! The governing acts: agreements, cases, break-glass, onward requests, deconfliction, planned operations, the
//! inbox, agencies, reviews and purges. The API, the command line and jobs do them through here.
//!
//! An act takes the store and policy that it works on ([`Casework`]), the asker's question ([`Question`]) and plain
//! arguments, and refuses with a [`CaseworkError`]. Every write of a document goes through [`documents`].

pub mod agencies;
pub mod agreements;
pub mod break_glass;
pub mod cases;
pub mod deconfliction;
pub mod deferred;
pub mod desks;
pub mod documents;
mod error;
pub mod inbox;
pub mod onward;
pub mod policies;
pub mod purges;
mod reason;
pub mod referrals;
pub mod reviews;

use std::sync::Arc;

pub use error::{CaseworkError, InputError, NotNow};
pub use policies::{Granted, Policies};
pub use purges::{PurgeReport, purge};

use crate::audit::Due;
use crate::govern::{Act, Question, Rules};
use crate::model::IdKey;
use crate::store::Store;

/// The context of acts: the store, the policy that it keeps, and the key that ids are hashed with.
#[derive(Clone, Copy)]
pub struct Casework<'a> {
    store: &'a dyn Store,
    policies: &'a Policies,
    id_key: &'a IdKey,
    /// The audit log's entry of the act, which is committed together with the act's writes.
    due: &'a Due,
}

impl<'a> Casework<'a> {
    /// Makes the context for the acts of one question on a store, with the audit entry that is committed with their
    /// writes.
    pub fn new(
        (store, due): (&'a dyn Store, &'a Due),
        policies: &'a Policies,
        id_key: &'a IdKey,
    ) -> Self {
        Self { store, policies, id_key, due }
    }

    /// The store that the act writes to, and the audit entry that is committed with the writes.
    fn writing(&self) -> (&'a dyn Store, &'a Due) {
        (self.store, self.due)
    }

    /// The policy as of now.
    ///
    /// # Errors
    /// When the store does not answer or keeps something else.
    pub fn policy(&self) -> Result<Arc<Rules>, CaseworkError> {
        Ok(self.policies.policy(self.store)?.1)
    }
}

/// Makes the record of an act: the asker's agency and user, and the time.
fn act(question: &Question<'_>) -> Act {
    let principal = question.principal;
    Act { agency: principal.agency.clone(), user: principal.user.clone(), at: question.at }
}
