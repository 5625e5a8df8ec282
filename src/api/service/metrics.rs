//! `GET /metrics`: the server's metrics, for operators.

use actix_web::{HttpResponse, get};

use crate::api::problem::{Problem, ProblemBody};
use crate::api::state::Context;

/// Metrics
///
/// Requests by operation and status and their time, in Prometheus' text format. Needs a token of
/// the operator role, which in turn sees no content.
#[utoipa::path(
    tag = "service",
    operation_id = "metrics",
    responses(
        (status = 200, body = String, content_type = "text/plain"),
        (status = 403, body = ProblemBody, description = "Not an operator's token"),
    ),
)]
#[get("/metrics")]
pub async fn metrics(context: Context) -> Result<HttpResponse, Problem> {
    let text = context.metrics()?;
    Ok(HttpResponse::Ok().content_type("text/plain; version=0.0.4; charset=utf-8").body(text))
}
