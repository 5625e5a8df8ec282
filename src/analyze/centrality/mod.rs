//! Centrality measures of the nodes of a network. Every measure states its convention, for one name means different
//! numbers in different systems.

mod betweenness;
mod pagerank;

pub use betweenness::{betweenness, normalized};
pub use pagerank::{PageRank, PageRankOptions, pagerank};

use super::network::Network;

/// For each node the number of its edges; directed, arcs in plus arcs out. Self-loops and parallel
/// arcs do not count.
pub fn degree(network: &Network) -> Vec<u32> {
    (0..network.nodes() as u32).map(|node| network.degree(node)).collect()
}

#[cfg(test)]
mod tests;
