//! `GET /health`: whether the server lives.

use actix_web::{get, web};
use serde::Serialize;
use utoipa::ToSchema;

/// Whether the server lives or is ready.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct ServiceStatus {
    /// `ok`.
    #[schema(value_type = String, example = "ok")]
    pub status: &'static str,
}

/// Whether the server lives
#[utoipa::path(
    tag = "service",
    operation_id = "health",
    security(()),
    responses((status = 200, body = ServiceStatus)),
)]
#[get("/health")]
pub async fn health() -> web::Json<ServiceStatus> {
    web::Json(ServiceStatus { status: "ok" })
}
