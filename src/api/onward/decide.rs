//! `POST /v1/onward-requests/{id}/decision`: the owner's decision.

use serde::Deserialize;
use utoipa::ToSchema;

use super::list::OnwardView;
use crate::api::examples;
use crate::api::input::{Id, Json};
use crate::api::operation::operation;
use crate::api::problem::Problem;
use crate::api::scope::CallerScope;
use crate::casework::onward;
use crate::govern::OnwardId;

/// The owner's decision.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct OnwardDecided {
    /// True if the record may be handed on.
    pub granted: bool,
    /// The reasons for the decision, in 10 to 1,000 characters. The agency that asked reads them.
    pub note: String,
}

operation! {
    /// Grant or refuse an onward request
    ///
    /// For an approver of the agency that owns the record. A decision cannot be taken back.
    decide_onward = decide;
    "agreements", Disclosure, Write;
    examples {
        "id": examples::ONWARD,
        "body": {
            "granted": true, "note": "To their duty officer, for the search only",
        },
    };
    404 "No such request about a record of the caller's agency";
    409 "It is decided already";
}

fn decide(
    scope: &CallerScope,
    (Id(id), Json(decided)): (Id<OnwardId>, Json<OnwardDecided>),
) -> Result<OnwardView, Problem> {
    let (work, question) = (scope.casework(), scope.question());
    let decided = onward::decide(work, &question, id, (decided.granted, &decided.note))?;
    Ok(OnwardView::of(scope, &scope.seen()?, &decided))
}
