//! `POST /v1/break-glass`: breaking an owner's glass.

use actix_web::{HttpMessage, HttpRequest, post, web};
use serde::Deserialize;
use utoipa::ToSchema;

use super::list::BreakGlassView;
use crate::api::desks::tell;
use crate::api::logged::LoggedObject;
use crate::api::policies::Policies;
use crate::api::problem::{Code, Problem, ProblemBody};
use crate::api::reason::reason;
use crate::api::state::{Body, Context, Scope};
use crate::govern::{BreakGlass, BreakGlassError, Function, MessageKind, REVIEW_HOURS_MAX, Rights};

/// Whose glass to break, and why.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct BreakGlassRequest {
    /// The agency that owns what is needed.
    pub agency: String,
    /// The imminent danger, in 10 to 1,000 characters. The owner and who reviews it read it.
    pub reason: String,
}

/// Break the glass
///
/// In imminent danger: what the agency's agreements let the caller only be pointed to, and say may be
/// opened so, the caller sees in full for an hour, for this purpose and in this case. Never what is
/// kept black, and never a victim. The owner's desk is told at once. An approver or privacy officer of
/// the caller's agency reviews it within 24 hours; until one that is overdue is reviewed the caller can
/// open no other.
#[utoipa::path(
    tag = "break-glass",
    operation_id = "break_glass",
    request_body = BreakGlassRequest,
    responses(
        (status = 200, body = BreakGlassView),
        (status = 409, body = ProblemBody, description = "No agreement foresees it, one is open already, or a review is overdue"),
        (status = 422, body = ProblemBody, description = "Not a reason"),
    ),
)]
#[post("/v1/break-glass")]
pub async fn break_glass(
    context: Context,
    request: HttpRequest,
    bytes: web::Bytes,
) -> Result<web::Json<BreakGlassView>, Problem> {
    let answer = context.answer_to(Function::BreakGlass, Body::of(&request, bytes), open).await?;
    request.extensions_mut().insert(LoggedObject(answer.id.clone()));
    Ok(answer)
}

fn open(scope: &Scope, asked: BreakGlassRequest) -> Result<BreakGlassView, Problem> {
    let reason = reason(&asked.reason, "reason")?;
    let policy = scope.policy()?;
    let foreseen = Rights::of(&scope.question(), &policy).may_break(&asked.agency);
    if !foreseen {
        let detail = "no agreement with this agency foresees break-glass for this purpose";
        return Err(Problem::new(Code::NotNow).detail(detail));
    }
    let glass = BreakGlass {
        by: scope.act(),
        owner: asked.agency,
        purpose: scope.asked.purpose,
        case: scope.asked.case.clone(),
        reason,
        review: None,
    };
    let id = glass.id(&scope.state.id_key);
    scope.due.amend(|entry| entry.object = Some(id.clone()));
    let refused = |error| Problem::new(Code::NotNow).detail(words(error));
    policy.check_break_glass(&glass).map_err(refused)?;
    // First told, then opened: it is never open without the owner's having been told.
    let caller = scope.caller.agency.as_str();
    tell(scope, &policy, (&glass.owner, caller), MessageKind::BreakGlassByOther, &id)?;
    tell(scope, &policy, (caller, &glass.owner), MessageKind::BreakGlassToReview, &id)?;
    Policies::change(scope.state.store.as_ref(), &scope.due, |policy| {
        policy.open_break_glass(id.clone(), glass.clone()).map_err(refused)
    })?;
    Ok(BreakGlassView::of(&id, &glass, scope))
}

fn words(error: BreakGlassError) -> String {
    match error {
        BreakGlassError::Open => "one is open for this agency, purpose and case".to_owned(),
        BreakGlassError::Overdue => {
            format!("one was not reviewed within {REVIEW_HOURS_MAX} hours: it must be first")
        }
        BreakGlassError::Unreviewed => "too many of the user's await their review".to_owned(),
    }
}
