//! `POST /v1/break-glass/{id}/review`: a second person's review.

use actix_web::{post, web};
use serde::Deserialize;
use utoipa::ToSchema;

use super::list::BreakGlassView;
use crate::api::answer::Answer;
use crate::api::context::Context;
use crate::api::problem::{Problem, ProblemBody};
use crate::api::receive::Body;
use crate::api::scope::CallerScope;
use crate::casework::break_glass;
use crate::govern::{BreakGlassId, Function};

/// What was found.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ReviewRequest {
    /// Whether there was imminent danger. When not, it ends at once.
    pub justified: bool,
    /// Why, in 10 to 1,000 characters. The owner reads it.
    pub note: String,
}

/// Review a use of break-glass
///
/// For an approver or privacy officer of the agency that asked, other than who asked. A review is not
/// taken back.
#[utoipa::path(
    tag = "break-glass",
    operation_id = "review_break_glass",
    params(("id" = String, Path, description = "Its id")),
    request_body = ReviewRequest,
    responses(
        (status = 200, body = BreakGlassView),
        (status = 404, body = ProblemBody, description = "No such use by the caller's agency"),
        (status = 409, body = ProblemBody, description = "It is reviewed already, or it is the caller's own"),
    ),
)]
#[post("/v1/break-glass/{id}/review")]
pub async fn review_break_glass(
    context: Context,
    id: web::Path<String>,
    body: Body,
) -> Result<Answer<BreakGlassView>, Problem> {
    context.answer_about(Function::ReviewBreakGlass, id, body, review).await
}

fn review(
    scope: &CallerScope,
    id: BreakGlassId,
    asked: ReviewRequest,
) -> Result<BreakGlassView, Problem> {
    let (work, question) = (scope.casework(), scope.question());
    let (id, glass) = break_glass::review(work, &question, id, (asked.justified, &asked.note))?;
    Ok(BreakGlassView::of(id, &glass, scope))
}
