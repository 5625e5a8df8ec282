//! `GET /v1/meta/public-operations`: what answers without credentials, and why.

use actix_web::{get, web};
use serde::Serialize;
use utoipa::ToSchema;

use crate::api::public::{PUBLIC_OPERATIONS, PublicOperation};

/// The operations that need no credentials.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct PublicOperationsAnswer {
    /// Each with its reason.
    pub operations: Vec<PublicOperation>,
}

/// Operations that need no credentials
///
/// All others answer 401 to whoever is not authenticated.
#[utoipa::path(
    tag = "service",
    operation_id = "list_public_operations",
    security(()),
    responses((status = 200, body = PublicOperationsAnswer)),
)]
#[get("/v1/meta/public-operations")]
pub async fn list_public_operations() -> web::Json<PublicOperationsAnswer> {
    web::Json(PublicOperationsAnswer { operations: PUBLIC_OPERATIONS.to_vec() })
}
