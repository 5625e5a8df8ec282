//! Centrality, communities, paths, ring indicators, movement and routes.

pub mod centrality;
pub mod communities;
pub mod network;
pub mod paths;

#[cfg(test)]
mod samples;
