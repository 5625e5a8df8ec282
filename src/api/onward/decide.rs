//! `POST /v1/onward-requests/{id}/decision`: the owner's decision.

use actix_web::{post, web};
use serde::Deserialize;
use utoipa::ToSchema;

use super::list::OnwardView;
use crate::api::answer::Answer;
use crate::api::context::Context;
use crate::api::problem::{Problem, ProblemBody};
use crate::api::receive::Body;
use crate::api::scope::CallerScope;
use crate::casework::onward;
use crate::govern::{Function, OnwardId};

/// What the owner decides.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct OnwardDecided {
    /// Whether the record may be handed on.
    pub granted: bool,
    /// Why, in 10 to 1,000 characters. The asker reads it.
    pub note: String,
}

/// Grant or refuse an onward request
///
/// For an approver of the agency that owns the record. A decision is not taken back.
#[utoipa::path(
    tag = "agreements",
    operation_id = "decide_onward",
    params(("id" = String, Path, description = "The request's id")),
    request_body = OnwardDecided,
    responses(
        (status = 200, body = OnwardView),
        (status = 404, body = ProblemBody, description = "No such request about a record of the caller's agency"),
        (status = 409, body = ProblemBody, description = "It is decided already"),
    ),
)]
#[post("/v1/onward-requests/{id}/decision")]
pub async fn decide_onward(
    context: Context,
    id: web::Path<String>,
    body: Body,
) -> Result<Answer<OnwardView>, Problem> {
    context.answer_about(Function::DecideOnward, id, body, decide).await
}

fn decide(
    scope: &CallerScope,
    id: OnwardId,
    decided: OnwardDecided,
) -> Result<OnwardView, Problem> {
    let (work, question) = (scope.casework(), scope.question());
    let decided = onward::decide(work, &question, id, (decided.granted, &decided.note))?;
    Ok(OnwardView::of(scope, &scope.seen()?, &decided))
}
