//! Entities: finding them, what they are made of, what is around them, how they move.

pub mod get;
pub mod neighbours;
pub mod routes;
pub mod search;
