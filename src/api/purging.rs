//! The regular purges of a running server.

use std::sync::Arc;
use std::time::Duration;

use actix_web::web;
use thiserror::Error;
use tokio::sync::Notify;

use super::state::State;
use crate::audit::{AuditError, Entry};
use crate::casework::{self, PurgeReport};
use crate::model::hex;
use crate::store::StoreError;

#[derive(Debug, Error)]
enum PurgeError {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Audit(#[from] AuditError),
}

/// Removes expired data, now and each time that `every` has passed. A failed purge is made up for by the next one. Ends
/// when told to stop, but not within a purge.
pub async fn purge_again_and_again(state: web::Data<State>, every: Duration, stop: Arc<Notify>) {
    loop {
        let shared = state.clone();
        match web::block(move || purge(&shared)).await {
            Ok(Ok(report)) if report.agencies.is_empty() => {}
            Ok(Ok(report)) => {
                let objects: u64 = report.agencies.values().sum();
                tracing::info!(objects, agencies = report.agencies.len(), "purged");
            }
            Ok(Err(error)) => tracing::error!(%error, "a purge failed"),
            Err(error) => tracing::error!(%error, "a purge was given up"),
        }
        if actix_web::rt::time::timeout(every, stop.notified()).await.is_ok() {
            return;
        }
    }
}

/// Removes expired data, with an entry in the audit log for each agency that owned some of them.
fn purge(state: &State) -> Result<PurgeReport, PurgeError> {
    let at = (state.clock)();
    let store = state.store.as_ref();
    state.audit.check(store)?;
    let report = casework::purge(store, at, |agency| {
        let made = (at, hex(&(state.random)()[..16]));
        Entry::apart(made, agency, None, "purge".to_owned())
    })?;
    state.audit.settle(store, None)?;
    if !report.agencies.is_empty() {
        state.cache.clear();
    }
    Ok(report)
}
