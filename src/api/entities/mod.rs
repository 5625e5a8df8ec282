//! Entities: search, records, neighbours and movements.

pub mod get;
pub mod neighbours;
pub mod routes;
pub mod search;
