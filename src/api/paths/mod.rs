//! Paths between two entities.

pub mod find;
