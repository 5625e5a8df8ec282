//! How two entities are connected.

pub mod find;
