//! Operations about the server itself: its health, its readiness and its metrics.

pub mod health;
pub mod metrics;
pub mod ready;
