//! `POST /v1/planned-operations/cancel`: an operation that will not be.

use actix_web::post;
use serde::Deserialize;
use utoipa::ToSchema;

use crate::api::answer::{Answer, NoContent};
use crate::api::context::Context;
use crate::api::problem::{Problem, ProblemBody};
use crate::api::receive::Body;
use crate::api::scope::CallerScope;
use crate::casework::deconfliction;
use crate::govern::{Function, Reference};

/// Which operation.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CancelRequest {
    /// The reference that it was announced by.
    pub reference: Reference,
    /// The agency that it was announced for by a watch desk, when not the caller's.
    #[serde(default)]
    pub on_behalf_of: Option<String>,
}

/// Cancel an operation
///
/// From then on it clashes with nobody's. Those who were told of a clash are told nothing more: they have
/// the desk's number.
#[utoipa::path(
    tag = "deconfliction",
    operation_id = "cancel_operation",
    request_body = CancelRequest,
    responses(
        (status = 204, description = "It is no longer planned"),
        (status = 404, body = ProblemBody, description = "No such operation of the agency"),
        (status = 422, body = ProblemBody, description = "Not an agency that the caller's watch desk enters for"),
    ),
)]
#[post("/v1/planned-operations/cancel")]
pub async fn cancel_operation(context: Context, body: Body) -> Result<Answer<NoContent>, Problem> {
    let cancelled = context.answer_to(Function::Deconflict, body, cancel).await?;
    Ok(cancelled.map(|()| NoContent))
}

fn cancel(scope: &CallerScope, asked: CancelRequest) -> Result<(), Problem> {
    let (work, question) = (scope.casework(), scope.question());
    let for_whom = asked.on_behalf_of.as_deref();
    Ok(deconfliction::cancel(work, &question, for_whom, &asked.reference)?)
}
