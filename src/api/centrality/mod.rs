//! Centrality: degree, PageRank, betweenness.

pub mod rank;
