//! The snapshot of a view: view first, independent of order, reversible.

mod cache;
mod compact_snapshot;
mod events;
mod explanation;
pub mod fixture;
mod forms;
mod judgements;
mod live;
mod masked;
mod memory;
mod order;
mod quality;
mod relationships;
mod statements;
mod view_first;
pub mod world;
