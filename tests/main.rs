//! All integration tests in one binary: one link step, shared helpers, one Neo4j.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::print_stdout,
    reason = "in a test a panic is the report; clippy knows test functions only, not their helpers"
)]

mod api;
mod cli;
mod findings;
mod graph;
mod handing_in;
mod neo4j;
mod policy;
mod query;
mod store;
mod structure;
mod twins;
mod unlogged;

/// The server's, so that measurements of memory are measurements of the server.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;
