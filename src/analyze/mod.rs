//! Centrality, communities, paths, ring indicators, movement and routes.
