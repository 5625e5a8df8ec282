//! The frame around silent alerts: a question is kept before its answer leaves, and its owners are alerted
//! after.

use crate::api::background::Background;
use crate::api::problem::Problem;
use crate::api::scope::Scope;
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
    Ok(Some(silent::keep(work, &question, scope.sealing(), &asked.identifiers)?))
}

/// Alerts the owners, some time after.
pub fn alert_later(background: Background, kept: Deferred) {
    background.spawn(move |background| finish(background, &kept));
}

/// Alerts the owners of all questions that an earlier stop has left, some time after.
pub fn resume(background: Background) {
    background.spawn(|background| match background.left(silent::DOCUMENTS, &ALERTS) {
        Ok(left) => left.iter().for_each(|kept| finish(background, kept)),
        Err(error) => tracing::error!(%error, "silent alerts that were left wait"),
    });
}

/// Alerts the owners of a question. What fails is tried again at the next start.
fn finish(background: &Background, kept: &Deferred) {
    if let Err(error) = background.alert(kept, &ALERTS) {
        tracing::error!(%error, "silent alerts wait for the next start");
    }
}
