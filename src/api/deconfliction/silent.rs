//! The frame around silent alerts: a question is kept before its answer leaves, and its owners are alerted
//! after.

use std::sync::Arc;

use actix_web::{rt, web};

use crate::api::problem::Problem;
use crate::api::scope::Scope;
use crate::api::state::State;
use crate::audit::{Due, Housekeeping};
use crate::casework::deconfliction::{Asked, silent};
use crate::casework::deferred::Deferred;

/// Silent alerts are written some time after the question, whose entry is in the log.
static ALERTS: Due = Due::unlogged(Housekeeping::SilentAlerts);

/// Keeps a question until the owners have been alerted. Whoever wants to stay unknown alerts nobody.
///
/// # Errors
/// When it could not be made durable; the answer must then not leave.
pub fn keep(scope: &Scope, asked: &Asked) -> Result<Option<Deferred>, Problem> {
    if asked.covert {
        return Ok(None);
    }
    let (work, question) = (scope.casework(), scope.question());
    Ok(Some(silent::keep(work, &question, scope.state.sealing(), &asked.identifiers)?))
}

/// Alerts the owners, some time after.
pub fn alert_later(state: Arc<State>, kept: Deferred) {
    rt::spawn(web::block(move || finish(&state, &kept)));
}

/// Alerts the owners of all questions that an earlier stop has left, some time after.
pub fn resume(state: Arc<State>) {
    rt::spawn(web::block(move || {
        match Deferred::left(state.casework(&ALERTS), silent::DOCUMENTS) {
            Ok(left) => left.iter().for_each(|kept| finish(&state, kept)),
            Err(error) => tracing::error!(%error, "silent alerts that were left wait"),
        }
    }));
}

/// Alerts the owners of a question. What fails is tried again at the next start.
fn finish(state: &State, kept: &Deferred) {
    let (work, sealing) = (state.casework(&ALERTS), state.sealing());
    if let Err(error) = silent::finish(work, &state.engine, sealing, kept) {
        tracing::error!(%error, "silent alerts wait for the next start");
    }
}
