//! `GET /health`: whether the server lives.

use serde::Serialize;
use utoipa::ToSchema;

use crate::api::answer::Answer;
use crate::api::entrance::Entrance;
use crate::api::operation::server_operation;
use crate::api::problem::Problem;

/// Whether the server lives or is ready.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct ServiceStatus {
    /// `ok`.
    #[schema(value_type = String, example = "ok")]
    pub status: &'static str,
}

server_operation! {
    /// Whether the server lives
    health = alive;
    "service", Administration;
}

async fn alive(_: Entrance, (): ()) -> Result<Answer<ServiceStatus>, Problem> {
    Ok(Answer::of_no_object(ServiceStatus { status: "ok" }))
}
