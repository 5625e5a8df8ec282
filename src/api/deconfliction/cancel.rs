//! `POST /v1/planned-operations/cancel`: an operation that will not be.

use actix_web::{HttpRequest, HttpResponse, post, web};
use serde::Deserialize;
use utoipa::ToSchema;

use super::announce::planner;
use crate::api::policies::change_book;
use crate::api::problem::{Code, Problem, ProblemBody};
use crate::api::state::{Body, Context, Scope};
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
pub async fn cancel_operation(
    context: Context,
    request: HttpRequest,
    bytes: web::Bytes,
) -> Result<HttpResponse, Problem> {
    context.answer_to(Function::Deconflict, Body::of(&request, bytes), cancel).await?;
    Ok(HttpResponse::NoContent().finish())
}

fn cancel(scope: &Scope, asked: CancelRequest) -> Result<(), Problem> {
    let planner = planner(scope, asked.on_behalf_of.as_deref())?;
    change_book(scope.state.store.as_ref(), &planner.agency, &scope.due, |book| {
        let planned = book.cancel(&asked.reference, scope.at);
        if planned { Ok(()) } else { Err(Problem::new(Code::NotFound)) }
    })
}
