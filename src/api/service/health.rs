//! `GET /health`: tells that the server lives.

use serde::Serialize;
use utoipa::ToSchema;

use crate::api::answer::Answer;
use crate::api::entrance::Entrance;
use crate::api::operation::server_operation;
use crate::api::problem::Problem;

/// The status of the server.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct ServiceStatus {
    /// Always `ok`: a server that cannot answer gives a problem or no answer.
    #[schema(value_type = String, example = "ok")]
    pub status: &'static str,
}

server_operation! {
    /// Health of the server
    health = alive;
    "service", Administration, Instant;
}

async fn alive(_: Entrance, (): ()) -> Result<Answer<ServiceStatus>, Problem> {
    Ok(Answer::of_no_object(ServiceStatus { status: "ok" }))
}
