//! Silent alerts: an owner is told that an object it keeps black was asked for, if its agreement with the asker
//! foresees it. Alerts are sought after the answer has been made, so that neither the answer nor the time that it takes
//! tells the asker anything.
//!
//! The question is kept until the owners have been told ([`crate::casework::deferred`]), whether there are any or not.

use super::ask::Identifier;
use crate::analyze::deconflict::holders;
use crate::casework::deferred::{Deferred, KeptQuestion, Sealing};
use crate::casework::desks::{message_about, tell_once};
use crate::casework::{Casework, CaseworkError};
use crate::govern::{MessageKind, PointerId, Question, View};
use crate::resolve::Engine;

/// The prefix of the names of documents that keep questions.
pub const DOCUMENTS: &str = "silent/";

/// Keeps a question until the owners have been alerted.
///
/// # Errors
/// When it could not be made durable; the answer must then not leave.
pub fn keep(
    work: Casework<'_>,
    question: &Question<'_>,
    sealing: Sealing<'_>,
    identifiers: &[Identifier],
) -> Result<Deferred, CaseworkError> {
    Deferred::keep(work, sealing, DOCUMENTS, (question, identifiers))
}

/// Alerts the owners, then forgets the question. Each owner is told once, however often this is done: the
///
/// # Errors
/// When the store does not answer; the question is then kept.
pub fn finish(
    work: Casework<'_>,
    engine: &Engine,
    sealing: Sealing<'_>,
    kept: &Deferred,
) -> Result<(), CaseworkError> {
    alert(work, engine, kept, kept.open(sealing)?)?;
    kept.forget(work)
}

fn alert(
    work: Casework<'_>,
    engine: &Engine,
    kept: &Deferred,
    asked: KeptQuestion<Vec<Identifier>>,
) -> Result<(), CaseworkError> {
    let policy = work.policy()?;
    let view = View::decide(&asked.question(), &policy, &work.store.classes()?).view;
    let Some(silent) = view.pointing_to_silent() else { return Ok(()) };
    let KeptQuestion { principal, purpose, at, about, .. } = asked;
    let wanted: Vec<_> = about.into_iter().filter_map(Identifier::wanted).collect();
    for owner in holders(work.store, &silent, engine, &wanted)? {
        let parts = [kept.name().as_bytes(), owner.as_bytes()];
        let ticket = PointerId::of_tag(work.id_key.tag("silent alert", &parts));
        let about = (principal.agency.as_str(), purpose, at);
        let message = message_about(&policy, about, MessageKind::AskedSilently, ticket.into());
        tell_once(work, &owner, &message)?;
    }
    Ok(())
}
