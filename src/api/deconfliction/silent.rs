//! Silent alerts: an owner hears that something it keeps black was asked for, where its agreement with the
//! asker foresees it. Sought after the answer has been made, so that neither the answer nor the time that it
//! takes tells the asker anything.

use actix_web::{rt, web};

use super::ask::DeconflictRequest;
use super::ticket;
use crate::analyze::deconflict::holders;
use crate::api::desks::tell;
use crate::api::problem::Problem;
use crate::api::state::Scope;
use crate::govern::{MessageKind, View};

/// Alerts the owners, some time after.
pub fn alert_later(scope: Scope, asked: DeconflictRequest) {
    let work = move || {
        if let Err(problem) = alert(&scope, asked) {
            tracing::error!(%problem, "silent alerts were not given");
        }
    };
    rt::spawn(web::block(work));
}

fn alert(scope: &Scope, asked: DeconflictRequest) -> Result<(), Problem> {
    // Whoever wants to stay unknown alerts nobody.
    if asked.covert || scope.view.silent.is_empty() {
        return Ok(());
    }
    let wanted: Vec<_> = asked.identifiers.into_iter().filter_map(|it| it.wanted()).collect();
    let silent = View { pointers: scope.view.silent.clone(), ..scope.view.clone() };
    let policy = scope.policy()?;
    for owner in holders(scope.state.store.as_ref(), &silent, &scope.state.engine, &wanted)? {
        let ticket = ticket(scope);
        let desks = (owner.as_str(), scope.caller.agency.as_str());
        tell(scope, &policy, desks, MessageKind::AskedSilently, &ticket)?;
    }
    Ok(())
}
