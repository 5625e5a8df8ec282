//! `POST /v1/referrals/{id}/decision`: is the asker told whom to call?

use actix_web::{post, web};
use serde::Deserialize;
use utoipa::ToSchema;

use super::list::ReferralView;
use crate::api::answer::Answer;
use crate::api::context::Context;
use crate::api::problem::{Problem, ProblemBody};
use crate::api::receive::Body;
use crate::api::scope::CallerScope;
use crate::casework::referrals;
use crate::govern::{Function, ReferralId};

/// What becomes of a referral.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ReferralVerdict {
    /// The asker's desk is told whom to call.
    Release,
    /// The asker is told nothing.
    Refuse,
}

/// What is decided.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ReferralDecided {
    /// Whether it is released.
    pub decision: ReferralVerdict,
    /// Why, in 10 to 1,000 characters. The asker does not read it.
    pub note: String,
}

/// Release or refuse a referral
///
/// For an approver or privacy officer of the owner, or a victim specialist who works on a case that one of the masked
/// records is in. Released, the desk of the agency that asked is told the owner's desk and which of its own records it
/// is about, and nothing else. Refused, it is told nothing. A decision is not taken back.
#[utoipa::path(
    tag = "deconfliction",
    operation_id = "decide_referral",
    params(("id" = String, Path, description = "The referral's id")),
    request_body = ReferralDecided,
    responses(
        (status = 200, body = ReferralView),
        (status = 404, body = ProblemBody, description = "No such referral that the caller decides about"),
        (status = 409, body = ProblemBody, description = "It is decided already"),
    ),
)]
#[post("/v1/referrals/{id}/decision")]
pub async fn decide_referral(
    context: Context,
    id: web::Path<String>,
    body: Body,
) -> Result<Answer<ReferralView>, Problem> {
    context.answer_about(Function::DecideReferrals, id, body, decide).await
}

fn decide(
    scope: &CallerScope,
    id: ReferralId,
    decided: ReferralDecided,
) -> Result<ReferralView, Problem> {
    let (work, question, seen) = (scope.casework(), scope.question(), scope.seen()?);
    let released = decided.decision == ReferralVerdict::Release;
    let (id, referral) = referrals::decide(work, &question, id, (released, &decided.note))?;
    Ok(ReferralView::of(id, &referral, &seen))
}
