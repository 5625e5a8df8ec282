//! All integration tests in one binary: one link step, shared helpers, one Neo4j.

mod neo4j;
mod store;
mod query;
mod structure;
