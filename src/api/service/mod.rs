//! The server itself: whether it lives and is ready, its metrics.

pub mod health;
pub mod metrics;
pub mod ready;
