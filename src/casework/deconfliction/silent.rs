//! Silent alerts: an owner hears that something it keeps black was asked for, where its agreement with the
//! asker foresees it. Sought after the answer has been made, so that neither the answer nor the time that it
//! takes tells the asker anything.
//!
//! What was asked is kept until the owners have heard ([`crate::casework::deferred`]), whatever there is to be
//! found.

use serde::{Deserialize, Serialize};

use super::ask::Identifier;
use crate::analyze::deconflict::holders;
use crate::casework::deferred::{Deferred, Sealing};
use crate::casework::desks::{message_about, tell_once};
use crate::casework::documents::{parse, text_of};
use crate::casework::{Casework, CaseworkError};
use crate::govern::{CaseRef, MessageKind, PointerId, Principal, Purpose, Question, View};
use crate::model::Timestamp;
use crate::resolve::Engine;

/// The start of the names of the documents that keep questions.
pub const DOCUMENTS: &str = "silent/";

/// What a question of which owners may have to hear is called in errors.
const WHAT: &str = "a question of a silent alert";

/// A question that owners may have to hear of.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Asked {
    principal: Principal,
    purpose: Purpose,
    case: CaseRef,
    at: Timestamp,
    identifiers: Vec<Identifier>,
}

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
    let asked = Asked {
        principal: question.principal.clone(),
        purpose: question.purpose,
        case: question.case.clone(),
        at: question.at,
        identifiers: identifiers.to_vec(),
    };
    Deferred::keep(work, sealing, DOCUMENTS, &text_of(&asked, WHAT)?)
}

/// Alerts the owners, then forgets the question. Each owner hears once, however often this is done: the
/// ticket follows from the question and the owner.
///
/// # Errors
/// When the store does not answer; the question is then kept.
pub fn finish(
    work: Casework<'_>,
    engine: &Engine,
    sealing: Sealing<'_>,
    kept: &Deferred,
) -> Result<(), CaseworkError> {
    let asked: Asked = parse(&kept.open(sealing)?, WHAT)?;
    alert(work, engine, kept, asked)?;
    kept.forget(work)
}

fn alert(
    work: Casework<'_>,
    engine: &Engine,
    kept: &Deferred,
    asked: Asked,
) -> Result<(), CaseworkError> {
    let policy = work.policy()?;
    let Asked { principal, purpose, case, at, identifiers } = asked;
    let question = Question { principal: &principal, purpose, case: &case, at };
    let view = View::decide(&question, &policy, &work.store.classes()?).view;
    let Some(silent) = view.pointing_to_silent() else { return Ok(()) };
    let wanted: Vec<_> = identifiers.into_iter().filter_map(Identifier::wanted).collect();
    for owner in holders(work.store, &silent, engine, &wanted)? {
        let parts = [kept.name().as_bytes(), owner.as_bytes()];
        let ticket = PointerId::of_tag(work.id_key.tag("silent alert", &parts));
        let about = (principal.agency.as_str(), purpose, at);
        let message = message_about(&policy, about, MessageKind::AskedSilently, ticket.into());
        tell_once(work, &owner, &message)?;
    }
    Ok(())
}
