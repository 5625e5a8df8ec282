//! `POST /v1/agreements` and `POST /v1/agreements/{id}/versions`: what the discloser offers.

use actix_web::{post, web};

use super::get::AgreementView;
use crate::api::answer::Answer;
use crate::api::context::Context;
use crate::api::problem::{Problem, ProblemBody};
use crate::api::receive::Body;
use crate::api::scope::CallerScope;
use crate::casework::agreements;
use crate::govern::{AgreementId, Function, Terms};

/// Draft an agreement
///
/// The caller's agency offers to disclose something. It counts for nobody until two officers of the
/// caller's agency and two of a recipient have signed it. The answer is the same whether there are such recipients
/// or not. One that is listed, or that knows the caller's agency, finds the draft in its list; any other reads it by
/// its id, which the caller hands over to it.
#[utoipa::path(
    tag = "agreements",
    operation_id = "draft_agreement",
    request_body = Terms,
    responses(
        (status = 200, body = AgreementView),
        (status = 409, body = ProblemBody, description = "The agency has an agreement of this reference"),
        (status = 422, body = ProblemBody, description = "Terms that are refused, each with its reason"),
    ),
)]
#[post("/v1/agreements")]
pub async fn draft_agreement(
    context: Context,
    body: Body,
) -> Result<Answer<AgreementView>, Problem> {
    context.answer_to(Function::DraftAgreements, body, draft).await
}

fn draft(scope: &CallerScope, terms: Terms) -> Result<AgreementView, Problem> {
    Ok(agreements::draft(scope.casework(), &scope.question(), &terms)?.into())
}

/// Draft a new version
///
/// What holds stays as it is until the discloser's officers have signed the new version; from then on
/// only the new version holds, for those recipients that have signed it too. So widening needs both
/// sides and narrowing the discloser alone.
#[utoipa::path(
    tag = "agreements",
    operation_id = "draft_version",
    params(("id" = String, Path, description = "The agreement's id")),
    request_body = Terms,
    responses(
        (status = 200, body = AgreementView),
        (status = 404, body = ProblemBody, description = "No such agreement of the caller's agency"),
        (status = 409, body = ProblemBody, description = "It has ended"),
        (status = 422, body = ProblemBody, description = "Terms that are refused, each with its reason"),
    ),
)]
#[post("/v1/agreements/{id}/versions")]
pub async fn draft_version(
    context: Context,
    id: web::Path<String>,
    body: Body,
) -> Result<Answer<AgreementView>, Problem> {
    context.answer_about(Function::DraftAgreements, id, body, add).await
}

fn add(scope: &CallerScope, id: AgreementId, terms: Terms) -> Result<AgreementView, Problem> {
    Ok(agreements::add_version(scope.casework(), &scope.question(), id, &terms)?.into())
}
