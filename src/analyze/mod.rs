//! Centrality, communities, paths, ring indicators, movement and routes.

pub mod movement;
pub mod shared_hub;
