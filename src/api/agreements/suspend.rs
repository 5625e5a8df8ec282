//! `POST /v1/agreements/{id}/suspend` and `/end`: what one side does alone.

use actix_web::{HttpRequest, post, web};

use super::get::AgreementView;
use crate::api::answer::Answer;
use crate::api::context::Context;
use crate::api::parameters::{Parameters, named};
use crate::api::problem::{Problem, ProblemBody};
use crate::casework::agreements;
use crate::govern::Function;

/// Suspend an agreement
///
/// Nothing of it holds from the next request on. For the discloser alone, at once; of a reciprocal
/// agreement each side discloses. It holds again when both sides have signed a later version.
#[utoipa::path(
    tag = "agreements",
    operation_id = "suspend_agreement",
    params(("id" = String, Path, description = "The agreement's id")),
    responses(
        (status = 200, body = AgreementView),
        (status = 404, body = ProblemBody, description = "No such agreement of the caller's agency"),
        (status = 409, body = ProblemBody, description = "It has ended, or the caller does not disclose"),
    ),
)]
#[post("/v1/agreements/{id}/suspend")]
pub async fn suspend_agreement(
    context: Context,
    request: HttpRequest,
    id: web::Path<String>,
) -> Result<Answer<AgreementView>, Problem> {
    Parameters::of(&request)?.finish()?;
    context
        .answer(Function::SuspendAgreements, move |scope| {
            Ok(agreements::suspend(scope.casework(), &scope.question(), named(&id)?)?.into())
        })
        .await
}

/// End an agreement
///
/// For good. For the discloser; of a reciprocal agreement between two, for each of them.
#[utoipa::path(
    tag = "agreements",
    operation_id = "end_agreement",
    params(("id" = String, Path, description = "The agreement's id")),
    responses(
        (status = 200, body = AgreementView),
        (status = 404, body = ProblemBody, description = "No such agreement of the caller's agency"),
        (status = 409, body = ProblemBody, description = "It has ended, or the caller cannot end it alone"),
    ),
)]
#[post("/v1/agreements/{id}/end")]
pub async fn end_agreement(
    context: Context,
    request: HttpRequest,
    id: web::Path<String>,
) -> Result<Answer<AgreementView>, Problem> {
    Parameters::of(&request)?.finish()?;
    context
        .answer(Function::SuspendAgreements, move |scope| {
            Ok(agreements::end(scope.casework(), &scope.question(), named(&id)?)?.into())
        })
        .await
}
