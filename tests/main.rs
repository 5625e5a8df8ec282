//! All integration tests in one binary: one link step, shared helpers, one Neo4j.

mod api;
mod cli;
mod findings;
mod neo4j;
mod query;
mod store;
mod structure;
