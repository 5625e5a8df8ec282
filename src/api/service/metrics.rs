//! `GET /metrics`: the server's metrics, for operators.

use actix_web::get;

use crate::api::answer::{Answer, Metrics};
use crate::api::context::Context;
use crate::api::problem::{Problem, ProblemBody};

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
pub async fn metrics(context: Context) -> Result<Answer<Metrics>, Problem> {
    context.metrics()
}
