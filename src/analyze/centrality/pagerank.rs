//! PageRank by power iteration.

use rayon::prelude::*;

use crate::analyze::network::Network;

/// The parameters of PageRank.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PageRankOptions {
    /// Probability of following an arc rather than starting anew, 0 to 1.
    pub damping: f64,
    /// Stop when the scores change by less than this in sum (L1). With 0 the number of iterations is
    /// fixed: `iterations_max`.
    pub tolerance: f64,
    /// At most so many iterations.
    pub iterations_max: u32,
}

impl Default for PageRankOptions {
    fn default() -> PageRankOptions {
        PageRankOptions { damping: 0.85, tolerance: 1e-10, iterations_max: 200 }
    }
}

/// The PageRank of every node, and the course of the iteration.
#[derive(Debug, Clone, PartialEq)]
pub struct PageRank {
    /// For each node its score: a probability, in sum 1 up to rounding.
    pub scores: Vec<f64>,
    /// Iterations made.
    pub iterations: u32,
    /// Sum of the absolute changes in the last iteration (L1); infinite when none was made.
    pub change: f64,
}

/// PageRank (Page, Brin, Motwani, Winograd 1999) in the form of LDBC Graphalytics: it starts at 1/n,
/// the mass of nodes without arcs out is spread evenly over all nodes, scores sum to 1. Undirected,
/// an edge is an arc both ways.
///
/// Sums are taken in the order of nodes, so that the result has the same bits on any number of
/// threads.
pub fn pagerank(network: &Network, options: &PageRankOptions) -> PageRank {
    let nodes = network.nodes();
    let mut rank =
        PageRank { scores: vec![1.0 / nodes as f64; nodes], iterations: 0, change: f64::INFINITY };
    while nodes > 0 && rank.iterations < options.iterations_max {
        let next = step(network, &rank.scores, options.damping);
        rank.change = next.iter().zip(&rank.scores).map(|(new, old)| (new - old).abs()).sum();
        rank.scores = next;
        rank.iterations += 1;
        if rank.change < options.tolerance {
            break;
        }
    }
    rank
}

/// The scores after one iteration.
fn step(network: &Network, scores: &[f64], damping: f64) -> Vec<f64> {
    let nodes = scores.len();
    let mut sink_mass = 0.0;
    let mut shares = vec![0.0; nodes];
    for (node, score) in scores.iter().enumerate() {
        match network.out(node as u32).len() {
            0 => sink_mass += score,
            arcs => shares[node] = score / arcs as f64,
        }
    }
    let base = (1.0 - damping + damping * sink_mass) / nodes as f64;
    (0..nodes as u32)
        .into_par_iter()
        .map(|node| {
            let pulled: f64 =
                network.incoming(node).iter().map(|from| shares[*from as usize]).sum();
            base + damping * pulled
        })
        .collect()
}
