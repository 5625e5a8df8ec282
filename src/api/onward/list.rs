//! `GET /v1/onward-requests`: what was asked, and what came of it.

use serde::Serialize;
use utoipa::ToSchema;

use crate::api::operation::operation;
use crate::api::problem::Problem;
use crate::api::scope::CallerScope;
use crate::api::seen::Seen;
use crate::casework::onward;
use crate::govern::{OnwardDecision, OnwardId, OnwardState, Purpose};
use crate::model::{RecordId, Timestamp};

/// A request to hand a record on.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct OnwardView {
    /// Its id.
    pub id: OnwardId,
    /// The record.
    pub record: RecordId,
    /// Whose it is.
    pub owner: String,
    /// The agency that asked.
    pub agency: String,
    /// Who asked; for that agency only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub user: Option<String>,
    /// To whom it is to go.
    pub recipient: String,
    /// What for was asked.
    pub purpose: Purpose,
    /// Why.
    pub reason: String,
    /// When it was asked.
    pub asked: Timestamp,
    /// Where it stands.
    pub state: OnwardState,
    /// The owner's decision.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub decision: Option<OnwardDecision>,
}

impl OnwardView {
    /// A request as an agency sees it.
    pub fn of(scope: &CallerScope, seen: &Seen<'_>, (id, request): &onward::Named) -> Self {
        let own = request.by.agency == scope.caller.agency;
        Self {
            id: *id,
            record: seen.known_record(request.record, &request.owner),
            owner: request.owner.clone(),
            agency: request.by.agency.clone(),
            user: own.then(|| request.by.user.clone()),
            recipient: request.recipient.clone(),
            purpose: request.purpose,
            reason: request.reason.clone(),
            asked: request.by.at,
            state: request.state(),
            decision: request.decision.clone(),
        }
    }
}

/// Onward requests.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct OnwardList {
    /// The requests, by id.
    pub requests: Vec<OnwardView>,
}

operation! {
    /// List onward requests
    ///
    /// Those of the caller's agency, and those about its records: who handed what on, to whom, why, and who
    /// allowed it.
    list_onward_requests = list;
    "agreements", Consultation;
}

fn list(scope: &CallerScope, (): ()) -> Result<OnwardList, Problem> {
    let found = onward::list(scope.casework(), &scope.question())?;
    let seen = scope.seen()?;
    let views = found.iter().map(|named| OnwardView::of(scope, &seen, named));
    Ok(OnwardList { requests: views.collect() })
}
