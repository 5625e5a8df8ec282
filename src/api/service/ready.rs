//! `GET /ready`: tells if the server can answer questions.

use super::health::ServiceStatus;
use crate::api::answer::Answer;
use crate::api::entrance::Entrance;
use crate::api::operation::server_operation;
use crate::api::problem::Problem;

server_operation! {
    /// Readiness of the server
    ///
    /// Checks that the store answers, that it takes writes if it did not take the last one, that the audit log can be
    /// written, and that links which a write leaves for later can be completed.
    ready = is_ready;
    "service", Administration, Readiness;
    503 "The store does not answer or takes no writes, the audit log cannot be written, or links cannot be completed";
}

async fn is_ready(entrance: Entrance, (): ()) -> Result<Answer<ServiceStatus>, Problem> {
    entrance.readiness().await?;
    Ok(Answer::of_no_object(ServiceStatus { status: "ok" }))
}
