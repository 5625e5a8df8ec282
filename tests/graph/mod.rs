//! The snapshot of a view: view first, independent of order, reversible.

mod explanation;
mod judgements;
mod order;
mod relationships;
mod view_first;
mod world;
