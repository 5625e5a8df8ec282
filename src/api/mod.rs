//! Handlers by resource, problem+json errors, OpenAPI.
