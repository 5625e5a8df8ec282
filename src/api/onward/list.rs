//! `GET /v1/onward-requests`: requests to hand records on, and the decisions about them.

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
    /// The id of the request.
    pub id: OnwardId,
    /// The record.
    pub record: RecordId,
    /// The agency that owns the record.
    pub owner: String,
    /// The agency that asked.
    pub agency: String,
    /// The user who asked; shown to that user's agency only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub user: Option<String>,
    /// The agency that is to get the record.
    pub recipient: String,
    /// The purpose of the request.
    pub purpose: Purpose,
    /// The reason for the request.
    pub reason: String,
    /// The time of the request.
    pub asked: Timestamp,
    /// The state of the request.
    pub state: OnwardState,
    /// The owner's decision; absent while there is none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub decision: Option<OnwardDecision>,
}

impl OnwardView {
    /// Returns a request as the caller's agency sees it.
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
    /// The onward requests by the caller's agency and the requests about its records, with the asking agency, the
    /// record, the recipient, the reason and the decision.
    list_onward_requests = list;
    "agreements", Consultation, Light;
}

fn list(scope: &CallerScope, (): ()) -> Result<OnwardList, Problem> {
    let found = onward::list(scope.casework(), &scope.question())?;
    let seen = scope.seen()?;
    let views = found.iter().map(|named| OnwardView::of(scope, &seen, named));
    Ok(OnwardList { requests: views.collect() })
}
