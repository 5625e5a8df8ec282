//! `GET /ready`: whether the server can answer questions.

use actix_web::get;

use super::health::ServiceStatus;
use crate::api::answer::Answer;
use crate::api::entrance::Entrance;
use crate::api::problem::{Problem, ProblemBody};

/// Whether the server can answer questions
///
/// Asks the store, whether the audit log can be written, and whether links that a write leaves for later can be found.
#[utoipa::path(
    tag = "service",
    operation_id = "ready",
    security(()),
    responses(
        (status = 200, body = ServiceStatus),
        (status = 503, body = ProblemBody, description = "The store does not answer, the audit log cannot be written, or links cannot be completed"),
    ),
)]
#[get("/ready")]
pub async fn ready(entrance: Entrance) -> Result<Answer<ServiceStatus>, Problem> {
    entrance.is_ready().await?;
    Ok(Answer::of_no_object(ServiceStatus { status: "ok" }))
}
