//! A weighted network, as Leiden aggregates it.

use crate::analyze::network::Network;

/// A level of aggregation. Weights are numbers of edges of the base network, so sums are exact.
#[derive(Debug, Clone)]
pub(super) struct Level {
    /// Node `v` has `adjacency[offsets[v]..offsets[v + 1]]`.
    offsets: Vec<usize>,
    /// (neighbour, weight), ascending per node; without self-loops.
    adjacency: Vec<(u32, u64)>,
    /// For each node its weighted degree, edges inside it twice.
    pub strength: Vec<u64>,
}

impl Level {
    /// The base level of an undirected network.
    pub fn of(network: &Network) -> Level {
        let nodes = 0..network.nodes() as u32;
        let mut offsets = vec![0];
        let mut adjacency = Vec::with_capacity(2 * network.edges());
        for node in nodes.clone() {
            adjacency.extend(network.out(node).iter().map(|other| (*other, 1)));
            offsets.push(adjacency.len());
        }
        Level { offsets, adjacency, strength: nodes.map(|v| network.out(v).len() as u64).collect() }
    }

    pub fn nodes(&self) -> usize {
        self.strength.len()
    }

    /// Neighbours of a node and the weights of the edges.
    pub fn neighbours(&self, node: usize) -> &[(u32, u64)] {
        &self.adjacency[self.offsets[node]..self.offsets[node + 1]]
    }

    /// The level of which the nodes are the groups of this one; `group` numbers them from 0.
    pub fn aggregate(&self, group: &[u32], groups: usize) -> Level {
        let mut strength = vec![0; groups];
        let mut edges = Vec::new();
        for (node, own) in group.iter().enumerate() {
            strength[*own as usize] += self.strength[node];
            edges.extend(self.neighbours(node).iter().filter_map(|(other, weight)| {
                let theirs = group[*other as usize];
                (theirs != *own).then_some((*own, theirs, *weight))
            }));
        }
        edges.sort_unstable();
        edges.dedup_by(|later, kept| {
            let same = (later.0, later.1) == (kept.0, kept.1);
            if same {
                kept.2 += later.2;
            }
            same
        });
        let mut offsets = vec![0; groups + 1];
        for (source, _, _) in &edges {
            offsets[*source as usize + 1] += 1;
        }
        for node in 0..groups {
            offsets[node + 1] += offsets[node];
        }
        let adjacency = edges.into_iter().map(|(_, target, weight)| (target, weight)).collect();
        Level { offsets, adjacency, strength }
    }
}

/// Sums of edge weights from one node to communities. Kept from node to node, to allocate once.
pub(super) struct Ties {
    weight: Vec<u64>,
    labels: Vec<u32>,
}

impl Ties {
    pub fn new(labels: usize) -> Ties {
        Ties { weight: vec![0; labels], labels: Vec::new() }
    }

    /// Sums anew the weights of edges from a node to the communities of its neighbours.
    pub fn gather(&mut self, level: &Level, node: usize, of: &[u32]) {
        for label in self.labels.drain(..) {
            self.weight[label as usize] = 0;
        }
        for (other, weight) in level.neighbours(node) {
            let label = of[*other as usize];
            if self.weight[label as usize] == 0 {
                self.labels.push(label);
            }
            self.weight[label as usize] += weight;
        }
        self.labels.sort_unstable();
    }

    /// Communities with an edge from the node, ascending.
    pub fn labels(&self) -> &[u32] {
        &self.labels
    }

    /// Weight of the edges to a community.
    pub fn weight(&self, label: u32) -> u64 {
        self.weight[label as usize]
    }
}

/// The cost of belonging to one community: the weight of edges that chance would give, times the resolution.
#[derive(Debug, Clone, Copy)]
pub(super) struct Chance {
    per_pair: f64,
    /// Differences of gains below this times a strength are rounding.
    rounding: f64,
}

impl Chance {
    pub fn of(level: &Level, resolution: f64) -> Chance {
        let total: u64 = level.strength.iter().sum();
        let per_pair = if total == 0 { 0.0 } else { resolution / total as f64 };
        Chance { per_pair, rounding: 1e-12 * (1.0 + resolution.abs()) }
    }

    /// Gain of joining two groups of these strengths with edges of this weight between them.
    pub fn gain(&self, weight: u64, strength: u64, other: u64) -> f64 {
        weight as f64 - self.per_pair * strength as f64 * other as f64
    }

    /// Least gain of a move of a node of this strength that is not rounding.
    pub fn least_gain(&self, strength: u64) -> f64 {
        self.rounding * strength as f64
    }
}
