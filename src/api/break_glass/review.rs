//! `POST /v1/break-glass/{id}/review`: a second person's review.

use actix_web::{HttpRequest, post, web};
use serde::Deserialize;
use utoipa::ToSchema;

use super::list::BreakGlassView;
use crate::api::policies::Policies;
use crate::api::problem::{Code, Problem, ProblemBody};
use crate::api::reason::reason;
use crate::api::state::{Body, Context, Scope};
use crate::govern::{Function, Review};

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
    request: HttpRequest,
    id: web::Path<String>,
    bytes: web::Bytes,
) -> Result<web::Json<BreakGlassView>, Problem> {
    context.answer_about(Function::ReviewBreakGlass, id, Body::of(&request, bytes), review).await
}

fn review(scope: &Scope, id: &str, asked: ReviewRequest) -> Result<BreakGlassView, Problem> {
    let note = reason(&asked.note, "note")?;
    let (agency, user) = (&scope.caller.agency, &scope.caller.user);
    let not_now = |detail: &str| Problem::new(Code::NotNow).detail(detail);
    Policies::change(scope.state.store.as_ref(), &scope.due, |policy| {
        let glass = policy.break_glass.get_mut(id).filter(|it| it.by.agency == *agency);
        let glass = glass.ok_or_else(|| Problem::new(Code::NotFound))?;
        if glass.by.user == *user {
            return Err(not_now("another person than who asked reviews it"));
        }
        if glass.review.is_some() {
            return Err(not_now("it is reviewed already"));
        }
        let by = scope.act();
        glass.review = Some(Review { by, justified: asked.justified, note: note.clone() });
        Ok(BreakGlassView::of(id, glass, scope))
    })
}
