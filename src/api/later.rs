//! Work that begins after an answer has been made: questions that are kept ([`Deferred`]) until their owners have been
//! told. A handler notes one with [`CallerScope::later`](super::scope::CallerScope::later), the frame begins the work.
//! Work that a stop of the server interrupts is done at the next start.

use std::sync::Arc;

use actix_web::{rt, web};

use super::state::State;
use crate::audit::{Due, Entry, Housekeeping};
use crate::casework::deconfliction::silent;
use crate::casework::deferred::Deferred;
use crate::casework::{CaseworkError, referrals};
use crate::model::hex;

/// Silent alerts are written some time after the question; the entry of the question is in the log.
static ALERTS: Due = Due::unlogged(Housekeeping::SilentAlerts);
/// Referrals are looked for some time after the question; the entry of the question is in the log.
static CHECKS: Due = Due::unlogged(Housekeeping::Referrals);

/// A question about which other agencies may have to be told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Later {
    /// Alerts silently the owners that keep the sought objects black.
    Alert(Deferred),
    /// Refers to the owners whose masked records a finding would need.
    Refer(Deferred),
}

impl Later {
    /// Begins the work on a thread for blocking work.
    pub fn begin(self, state: Arc<State>) {
        rt::spawn(async move {
            let Ok(_turn) = state.queues.later.acquire().await else { return };
            let state = Arc::clone(&state);
            let _ = web::block(move || self.finish(&state)).await;
        });
    }

    /// Does the work. Failed work is tried again at the next start.
    fn finish(&self, state: &State) {
        let done = match self {
            Self::Alert(kept) => alert(state, kept),
            Self::Refer(kept) => refer(state, kept),
        };
        if let Err(error) = done {
            tracing::error!(%error, "a question that others may have to hear of waits for the next start");
        }
    }
}

/// Begins the work that was unfinished when the server stopped.
pub fn resume(state: Arc<State>) {
    rt::spawn(web::block(move || match left(&state) {
        Ok(left) => left.iter().for_each(|later| later.finish(&state)),
        Err(error) => tracing::error!(%error, "questions that others may have to hear of wait"),
    }));
}

fn left(state: &State) -> Result<Vec<Later>, CaseworkError> {
    let alerts = Deferred::left(state.casework(&ALERTS), silent::DOCUMENTS)?;
    let referrals = Deferred::left(state.casework(&CHECKS), referrals::QUESTIONS)?;
    let referrals = referrals.into_iter().map(Later::Refer);
    Ok(alerts.into_iter().map(Later::Alert).chain(referrals).collect())
}

fn alert(state: &State, kept: &Deferred) -> Result<(), CaseworkError> {
    silent::finish(state.casework(&ALERTS), &state.engine, state.sealing(), kept)
}

fn refer(state: &State, kept: &Deferred) -> Result<(), CaseworkError> {
    let entry = |(id, referral): &referrals::Named| {
        let made = ((state.clock)(), hex(&(state.random)()[..16]));
        let entry = Entry::apart(made, &referral.owner, None, "referral".to_owned());
        Entry { object: Some(id.to_string()), ..entry }
    };
    let (work, sealing) = (state.casework(&CHECKS), state.sealing());
    let done = referrals::finish(work, (&state.cache, &state.referred), sealing, kept, entry);
    // Referrals that were made before a failure are logged as well.
    if let Err(error) = state.audit.settle(state.store.as_ref(), None) {
        tracing::error!(%error, "the entry of a referral waits in the store");
    }
    done
}
