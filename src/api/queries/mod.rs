//! The library of stored Cypher queries: reading and running them.

pub mod get;
pub mod list;
pub mod run;
