//! The operations that need no credentials: listed, each with its reason, in one place (CJIS AC-14).

use actix_web::http::Method;
use serde::Serialize;
use utoipa::ToSchema;

/// An operation that needs no credentials.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
pub struct PublicOperation {
    /// The HTTP method.
    pub method: &'static str,
    /// The route template.
    pub path: &'static str,
    /// Why it needs none.
    pub reason: &'static str,
}

const fn public(method: &'static str, path: &'static str, reason: &'static str) -> PublicOperation {
    PublicOperation { method, path, reason }
}

/// All of them. None holds content.
pub const PUBLIC_OPERATIONS: [PublicOperation; 9] = [
    public("GET", "/health", "Whoever supervises the process asks whether it lives"),
    public("GET", "/ready", "Whoever distributes requests asks whether it can answer"),
    public("GET", "/", "Leads to the page about the API"),
    public("GET", "/docs", "The page about the API; leads to /docs/"),
    public("GET", "/docs/{_:.*}", "The page about the API and its parts"),
    public("GET", "/openapi.json", "The document about the API"),
    public("GET", "/v1/meta/public-operations", "This list: whoever checks the server reads it"),
    public("GET", "/v1/sessions/notice", "What a user accepts before logging on"),
    public("POST", "/v1/sessions", "Logging on to a local account: it shows its own credentials"),
];

/// Whether a route needs no credentials with this method. What a path takes is told of what anyone may read.
pub fn is_public(method: &Method, route: &str) -> bool {
    let method = if method == Method::OPTIONS { &Method::GET } else { method };
    PUBLIC_OPERATIONS.iter().any(|it| it.method == method.as_str() && it.path == route)
}
