//! accord finds out which records of several agencies speak of the same person, phone, address,
//! vehicle or organization, keeps the result as a graph, and answers questions about it, each
//! answer computed on what the caller may see and on nothing else.
//!
//! `ARCHITECTURE.md` walks one record and one question through the rooms below.

pub mod analyze;
pub mod api;
pub mod audit;
pub mod casework;
pub mod govern;
pub mod graph;
pub mod identity;
pub mod ingest;
pub mod jobs;
#[cfg_attr(not(feature = "seeded-leaks"), path = "leak/none.rs")]
pub mod leak;
pub mod model;
pub mod normalize;
pub mod private;
pub mod query;
pub mod resolve;
pub mod scenario;
pub mod store;
pub mod strict;
