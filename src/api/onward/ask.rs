//! `POST /v1/onward-requests`: may this record go on to that agency?

use actix_web::post;
use serde::Deserialize;
use utoipa::ToSchema;

use super::list::OnwardView;
use crate::api::answer::Answer;
use crate::api::context::Context;
use crate::api::problem::{Problem, ProblemBody};
use crate::api::receive::Body;
use crate::api::scope::CallerScope;
use crate::casework::onward;
use crate::govern::Function;
use crate::model::RecordId;

/// What is to go to whom, and why.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct OnwardAsked {
    /// A record of another agency that the caller sees.
    pub record: RecordId,
    /// The agency that it is to go to.
    pub recipient: String,
    /// Why, in 10 to 1,000 characters. The owner reads it.
    pub reason: String,
}

/// Ask for leave to hand a record on
///
/// The agreement by which the caller sees the record says whether that can be asked (`onward`): `never`
/// refuses it, `ask` asks the owner, `allowed` grants it at once. Whatever comes of it is written down
/// with recipient and reason, for both agencies to read. The record's label goes with it.
#[utoipa::path(
    tag = "agreements",
    operation_id = "ask_onward",
    request_body = OnwardAsked,
    responses(
        (status = 200, body = OnwardView),
        (status = 404, body = ProblemBody, description = "No such record of another agency in the caller's view"),
        (status = 409, body = ProblemBody, description = "The agreement never allows it"),
        (status = 422, body = ProblemBody, description = "No recipient or no reason"),
    ),
)]
#[post("/v1/onward-requests")]
pub async fn ask_onward(context: Context, body: Body) -> Result<Answer<OnwardView>, Problem> {
    context.answer_to(Function::AskOnward, body, ask).await
}

fn ask(scope: &CallerScope, asked: OnwardAsked) -> Result<OnwardView, Problem> {
    let (work, question, seen) = (scope.casework(), scope.question(), scope.seen()?);
    let OnwardAsked { record, recipient, reason } = asked;
    let asked = onward::OnwardDisclosure { record, recipient, reason };
    let requested = onward::request(work, &question, seen.snapshot(), asked)?;
    scope.is_about(requested.0);
    onward::ask(work, &question, &requested)?;
    Ok(OnwardView::of(scope, &seen, &requested))
}
