//! `GET /v1/meta/public-operations`: the operations that need no credentials, each with the reason.

use serde::Serialize;
use utoipa::ToSchema;

use crate::api::answer::Answer;
use crate::api::entrance::Entrance;
use crate::api::operation::server_operation;
use crate::api::problem::Problem;
use crate::api::public::PublicOperation;

/// The operations that need no credentials.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct PublicOperationsAnswer {
    /// The operations, each with the reason for being public.
    pub operations: Vec<PublicOperation>,
}

server_operation! {
    /// Operations that need no credentials
    ///
    /// All other operations answer 401 to a caller who is not authenticated.
    list_public_operations = list;
    "service", Administration, Instant;
}

async fn list(entrance: Entrance, (): ()) -> Result<Answer<PublicOperationsAnswer>, Problem> {
    let operations = entrance.public_operations().to_vec();
    Ok(Answer::of_no_object(PublicOperationsAnswer { operations }))
}
