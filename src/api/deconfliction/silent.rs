//! Silent alerts: an owner hears that something it keeps black was asked for, where its agreement with the
//! asker foresees it. Sought after the answer has been made, so that neither the answer nor the time that it
//! takes tells the asker anything.
//!
//! Before an answer leaves, what was asked is kept in the store, whatever there is to be found: so an alert
//! outlives the server, and keeping it is the same work for every question. It is sealed, since it says who
//! looked for whom; once done it is removed. What a stop has left is done at the next start.

use std::sync::Arc;

use actix_web::{rt, web};
use serde::{Deserialize, Serialize};

use super::ask::{DeconflictRequest, IdentifierRequest};
use crate::analyze::deconflict::holders;
use crate::api::desks::{deliver, message_about};
use crate::api::problem::{Code, Problem};
use crate::api::state::{Scope, State};
use crate::audit::{Due, Housekeeping};
use crate::govern::{MessageKind, Principal, Purpose, Question, Reference, View};
use crate::identity::IdentityError;
use crate::model::{Timestamp, hex};

/// The start of the names of the documents that keep questions.
const DOCUMENTS: &str = "silent/";

/// What is done some time after the question, whose entry is in the log.
static ALERTS: Due = Due::unlogged(Housekeeping::SilentAlerts);

/// A question that owners may have to hear of.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Asked {
    principal: Principal,
    purpose: Purpose,
    case: Reference,
    at: Timestamp,
    identifiers: Vec<IdentifierRequest>,
}

/// A question as it is kept: the name of its document, and what that says.
pub struct Kept {
    name: String,
    sealed: String,
}

/// Keeps a question until the owners have been alerted. Whoever wants to stay unknown alerts nobody.
///
/// # Errors
/// When it could not be made durable; the answer must then not leave.
pub fn keep(scope: &Scope, asked: &DeconflictRequest) -> Result<Option<Kept>, Problem> {
    if asked.covert {
        return Ok(None);
    }
    let asked = Asked {
        principal: scope.principal.clone(),
        purpose: scope.asked.purpose,
        case: scope.asked.case.clone(),
        at: scope.at,
        identifiers: asked.identifiers.clone(),
    };
    let text = serde_json::to_string(&asked).map_err(|_| Problem::new(Code::Internal))?;
    let state = &scope.state;
    // Two questions that say the same are two, by chance.
    let request = (state.random)();
    let tag = state.id_key.tag("silent question", &[&request, text.as_bytes()]);
    let name = format!("{DOCUMENTS}{}", hex(&tag));
    let sealed = state.identity.seal(&text, &name, (state.random)()).map_err(unsealed)?;
    state.store.put_document(&name, &sealed, &scope.due)?;
    Ok(Some(Kept { name, sealed }))
}

/// Alerts the owners, some time after.
pub fn alert_later(state: Arc<State>, kept: Kept) {
    rt::spawn(web::block(move || finish(&state, &kept)));
}

/// Alerts the owners of all questions that an earlier stop has left, some time after.
pub fn resume(state: Arc<State>) {
    rt::spawn(web::block(move || match state.store.documents(DOCUMENTS) {
        Ok(left) => {
            left.into_iter().for_each(|(name, sealed)| finish(&state, &Kept { name, sealed }));
        }
        Err(error) => tracing::error!(%error, "silent alerts that were left wait"),
    }));
}

/// Alerts the owners, then forgets the question. What fails is tried again at the next start.
fn finish(state: &State, kept: &Kept) {
    let done = alert(state, kept).and_then(|()| {
        Ok(state.store.swap_document(&kept.name, Some(&kept.sealed), None, &ALERTS)?)
    });
    if let Err(problem) = done {
        tracing::error!(%problem, "silent alerts wait for the next start");
    }
}

/// Each owner hears once, however often this is done: the ticket follows from the question and the owner.
fn alert(state: &State, kept: &Kept) -> Result<(), Problem> {
    let text = state.identity.unseal(&kept.sealed, &kept.name).map_err(unsealed)?;
    let asked: Asked = serde_json::from_str(&text).map_err(|_| Problem::new(Code::Internal))?;
    let store = state.store.as_ref();
    let policy = state.policies.policy(store)?.1;
    let (principal, purpose, case, at) = (&asked.principal, asked.purpose, &asked.case, asked.at);
    let question = Question { principal, purpose, case, at };
    let view = View::decide(&question, &policy, &store.classes()?).view;
    if view.silent.is_empty() {
        return Ok(());
    }
    let wanted: Vec<_> = asked.identifiers.into_iter().filter_map(|it| it.wanted()).collect();
    let silent = View { pointers: view.silent.clone(), ..view };
    for owner in holders(store, &silent, &state.engine, &wanted)? {
        let parts = [kept.name.as_bytes(), owner.as_bytes()];
        let ticket = format!("tkt_{}", hex(&state.id_key.tag("silent alert", &parts)));
        let about = (asked.principal.agency.as_str(), purpose, at);
        let message = message_about(&policy, about, MessageKind::AskedSilently, &ticket);
        deliver(store, &owner, &ALERTS, |book| book.tell_once(message.clone()))?;
    }
    Ok(())
}

fn unsealed(error: IdentityError) -> Problem {
    tracing::error!(%error, "a question of a silent alert");
    Problem::new(Code::Unavailable)
}
