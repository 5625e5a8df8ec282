//! The snapshot of a view: view first, independent of order, reversible.

mod cache;
mod events;
mod explanation;
mod fixture;
mod judged;
mod judgements;
mod order;
mod quality;
mod relationships;
mod view_first;
mod world;
