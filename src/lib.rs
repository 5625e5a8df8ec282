//! accord resolves the records of several agencies into entities (persons, phones, addresses, vehicles and
//! organizations), keeps the result as a graph, and answers questions about it, each answer computed on the records
//! visible to the caller and on nothing else.
//!
//! `ARCHITECTURE.md` walks one record and one question through the rooms below.

pub use accord_engine::{ingest, matching, model, normalize, resolve, strict};
pub use accord_scenario as scenario;

pub mod analyze;
pub mod api;
pub mod audit;
// Values that the engine's own tests compare.
#[cfg(test)]
#[expect(dead_code, reason = "the engine's tests use the rest")]
#[path = "../crates/engine/src/resolve/tests/bodies.rs"]
mod bodies;
pub mod casework;
pub mod govern;
pub mod graph;
pub mod identity;
pub mod jobs;
#[cfg_attr(not(feature = "seeded-leaks"), path = "leak/none.rs")]
pub mod leak;
pub mod private;
pub mod query;
pub mod store;
