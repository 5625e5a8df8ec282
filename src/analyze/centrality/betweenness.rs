//! Exact betweenness.

use rayon::prelude::*;

use crate::analyze::network::Network;

/// Sources of which one partial sum is made. Part of the result's last bits: never derive it from
/// the number of threads.
const CHUNK_SOURCES: usize = 32;

/// Chunks that are computed before their partial sums are added, in order; bounds memory to this
/// many numbers per node. Has no influence on the result.
const CHUNKS_AT_ONCE: usize = 32;

/// Betweenness of every node: the sum over pairs of other nodes of the share of their shortest paths
/// (by hops) that pass through it. Exact, by Brandes 2001 (J. Math. Sociology 25:163), in O(nodes ×
/// edges) time.
///
/// Raw values: endpoints do not count, each undirected pair counts once and each directed pair for
/// itself. Numbers of paths are held as `f64`: exact to 2^53, rounded above.
///
/// Sources are summed in chunks of fixed size, so that the result has the same bits on any number of
/// threads.
pub fn betweenness(network: &Network) -> Vec<f64> {
    let nodes = network.nodes();
    let sources: Vec<u32> = (0..nodes as u32).collect();
    let mut totals = vec![0.0; nodes];
    for batch in sources.chunks(CHUNK_SOURCES * CHUNKS_AT_ONCE) {
        let partial_sums: Vec<Vec<f64>> = batch
            .par_chunks(CHUNK_SOURCES)
            .map(|chunk| {
                let mut sweep = Sweep::new(nodes);
                chunk.iter().for_each(|source| sweep.add(network, *source));
                sweep.sums
            })
            .collect();
        for sums in partial_sums {
            totals.iter_mut().zip(sums).for_each(|(total, sum)| *total += sum);
        }
    }
    if !network.directed() {
        totals.iter_mut().for_each(|total| *total *= 0.5);
    }
    totals
}

/// Raw betweenness as a share, 0 to 1, of the pairs of other nodes: divided by (n − 1)(n − 2), and
/// undirected by half of that. All 0 with fewer than three nodes. `nodes` is n.
pub fn normalized(raw: &[f64], nodes: usize, directed: bool) -> Vec<f64> {
    if nodes < 3 {
        return vec![0.0; raw.len()];
    }
    let ordered_pairs = (nodes - 1) as f64 * (nodes - 2) as f64;
    let pairs = if directed { ordered_pairs } else { ordered_pairs / 2.0 };
    raw.iter().map(|value| value / pairs).collect()
}

/// Working arrays of one chunk of sources.
struct Sweep {
    /// Dependencies summed over the sources so far.
    sums: Vec<f64>,
    /// Hops from the source; `UNSEEN` where it does not reach.
    hops: Vec<u32>,
    /// Number of shortest paths from the source.
    paths: Vec<f64>,
    /// Dependency of the source on each node.
    dependency: Vec<f64>,
    /// Nodes in the order they were reached.
    order: Vec<u32>,
}

const UNSEEN: u32 = u32::MAX;

impl Sweep {
    fn new(nodes: usize) -> Sweep {
        Sweep {
            sums: vec![0.0; nodes],
            hops: vec![UNSEEN; nodes],
            paths: vec![0.0; nodes],
            dependency: vec![0.0; nodes],
            order: Vec::with_capacity(nodes),
        }
    }

    /// Adds the dependencies of one source.
    fn add(&mut self, network: &Network, source: u32) {
        self.count_paths(network, source);
        self.accumulate(network);
        for node in self.order.drain(..) {
            let node = node as usize;
            if node != source as usize {
                self.sums[node] += self.dependency[node];
            }
            self.hops[node] = UNSEEN;
            self.paths[node] = 0.0;
            self.dependency[node] = 0.0;
        }
    }

    /// Breadth-first from the source: hops and numbers of shortest paths.
    fn count_paths(&mut self, network: &Network, source: u32) {
        self.hops[source as usize] = 0;
        self.paths[source as usize] = 1.0;
        self.order.push(source);
        let mut at = 0;
        while let Some(&node) = self.order.get(at) {
            at += 1;
            let next_hops = self.hops[node as usize] + 1;
            for &target in network.out(node) {
                if self.hops[target as usize] == UNSEEN {
                    self.hops[target as usize] = next_hops;
                    self.order.push(target);
                }
                if self.hops[target as usize] == next_hops {
                    self.paths[target as usize] += self.paths[node as usize];
                }
            }
        }
    }

    /// Dependencies, from the farthest node back to the source.
    fn accumulate(&mut self, network: &Network) {
        for &node in self.order.iter().rev() {
            let hops = self.hops[node as usize];
            let share = (1.0 + self.dependency[node as usize]) / self.paths[node as usize];
            for &before in network.incoming(node) {
                let hops_before = self.hops[before as usize];
                if hops_before != UNSEEN && hops_before + 1 == hops {
                    self.dependency[before as usize] += self.paths[before as usize] * share;
                }
            }
        }
    }
}
