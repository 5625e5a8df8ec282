//! What the server says of itself.

pub mod public_operations;
