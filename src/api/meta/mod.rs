//! Operations about the API itself.

pub mod public_operations;
