//! The regular log entries with the numbers of counted failed authentications.

use std::sync::Arc;

use actix_web::web;
use tokio::sync::Notify;

use super::failures::Source;
use super::limits::FAILURES_EVERY;
use super::state::State;
use crate::audit::{Entry, Outcome};
use crate::model::{Timestamp, hex};

/// Logs the numbers of counted failures, each minute and at the stop.
pub async fn report_again_and_again(state: web::Data<State>, stop: Arc<Notify>) {
    loop {
        let stopped = actix_web::rt::time::timeout(FAILURES_EVERY, stop.notified()).await.is_ok();
        let shared = state.clone();
        if web::block(move || report(&shared)).await.is_err() {
            tracing::error!("counted failures could not be written down");
        }
        if stopped {
            return;
        }
    }
}

fn report(state: &State) {
    for (source, count) in state.failures.take() {
        let made = ((state.clock)(), hex(&(state.random)()[..16]));
        if let Err(error) = state.audit.append(state.store.as_ref(), entry(made, source, count)) {
            tracing::error!(%error, "counted failures are kept for the next time");
            state.failures.put_back(count);
        }
    }
}

/// Returns the log entry of the failures counted for an address; `None` stands for all addresses without an entry of
/// their own.
fn entry(made: (Timestamp, String), source: Option<Source>, count: u64) -> Entry {
    Entry {
        agency: None,
        source: source.map(|source| source.to_string()),
        count: Some(count),
        outcome: Outcome::Unauthenticated,
        status: 429,
        ..Entry::apart(made, "", None, "authentication failures".to_owned())
    }
}
