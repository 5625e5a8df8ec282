//! `POST /v1/onward-requests`: asks the owner's leave to hand a record on to another agency.

use serde::Deserialize;
use utoipa::ToSchema;

use super::list::OnwardView;
use crate::api::examples;
use crate::api::input::Json;
use crate::api::operation::operation;
use crate::api::problem::Problem;
use crate::api::scope::CallerScope;
use crate::casework::onward;
use crate::model::RecordId;

/// The record to hand on, its recipient and the reason.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct OnwardAsked {
    /// A record of another agency that the caller sees.
    pub record: RecordId,
    /// The agency that is to get the record.
    pub recipient: String,
    /// The reason, in 10 to 1,000 characters. The owner reads it.
    pub reason: String,
}

operation! {
    /// Ask for leave to hand a record on
    ///
    /// The agreement by which the caller sees the record decides about the request (`onward`): `never` refuses it,
    /// `ask` asks the owner, `allowed` grants it at once. The request and its outcome are kept with recipient and
    /// reason, for both agencies to read. The record's label goes with the record.
    ask_onward = ask;
    "agreements", Disclosure, Write;
    examples {
        "body": {
            "record": examples::RECORD, "recipient": "coast-guard",
            "reason": "The vessel that was seen is in their waters",
        },
    };
    404 "No such record of another agency in the caller's view";
    409 "The agreement never allows it";
    422 "No recipient or no reason";
}

fn ask(scope: &CallerScope, Json(asked): Json<OnwardAsked>) -> Result<OnwardView, Problem> {
    let (work, question, seen) = (scope.casework(), scope.question(), scope.seen()?);
    let OnwardAsked { record, recipient, reason } = asked;
    let asked = onward::OnwardDisclosure { record, recipient, reason };
    let requested = onward::request(work, &question, seen.snapshot(), asked)?;
    scope.is_about(requested.0);
    onward::ask(work, &question, &requested)?;
    Ok(OnwardView::of(scope, &seen, &requested))
}
