//! `GET /ready`: whether the server can answer questions.

use actix_web::{get, web};

use super::health::ServiceStatus;
use crate::api::answer::Answer;
use crate::api::problem::{Code, Problem, ProblemBody};
use crate::api::state::State;

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
pub async fn ready(state: web::Data<State>) -> Result<Answer<ServiceStatus>, Problem> {
    let asked = web::block(move || {
        state.store.ping()?;
        let unwritable =
            |_| Problem::new(Code::Unavailable).detail("the audit log cannot be written");
        state.audit.probe(state.store.as_ref()).map_err(unwritable)?;
        match state.links.is_failing() {
            true => Err(Problem::new(Code::Unavailable).detail("links cannot be completed")),
            false => Ok(()),
        }
    });
    asked.await.map_err(|_| Problem::new(Code::Internal))??;
    Ok(Answer::of_no_object(ServiceStatus { status: "ok" }))
}
