//! Communities: groups of nodes with more edges among them than chance would give.

mod leiden;
mod level;

use super::network::Network;
use level::Level;

/// A pass that raises modularity by no more than this is the last.
const MODULARITY_GAIN_MIN: f64 = 1e-9;

/// A division of the nodes of a network.
#[derive(Debug, Clone, PartialEq)]
pub struct Communities {
    /// For each node its community, named by its smallest member node.
    pub of: Vec<u32>,
    /// Number of communities.
    pub count: usize,
    /// Modularity of the division at the resolution asked for: see [`modularity`].
    pub modularity: f64,
}

/// The communities that Leiden (Traag, Waltman, van Eck 2019, doi 10.1038/s41598-019-41695-z) finds
/// for modularity at a resolution: 0 or more; 1 is plain modularity, more gives smaller communities.
/// Directed arcs are taken as edges. Every community is connected; a node without edges is alone.
///
/// Nothing is random: nodes are visited in ascending order, the best move is made instead of a drawn
/// one, and ties go to the smallest community. Equal networks give equal bits, on any number of
/// threads. The division is a local optimum, as with any practical method, and which one it is
/// depends on how nodes are numbered.
pub fn communities(network: &Network, resolution: f64) -> Communities {
    let undirected = network.undirected();
    let base = Level::of(&undirected);
    let mut best = measured(&undirected, singletons(network.nodes()), resolution);
    loop {
        let divided = leiden::pass(&base, &best.of, resolution);
        let next = measured(&undirected, connected_parts(&undirected, &divided), resolution);
        debug_assert_eq!(next.count, distinct(&divided), "Leiden left a community disconnected");
        if next.modularity.partial_cmp(&(best.modularity + MODULARITY_GAIN_MIN))
            != Some(std::cmp::Ordering::Greater)
        {
            return best;
        }
        best = next;
    }
}

/// Modularity (Newman and Girvan 2004, with the resolution γ of Reichardt and Bornholdt 2006) of a
/// division that gives each node a label below the number of nodes: the sum over communities of
/// L/m − γ (K/2m)², L the edges inside, K the sum of degrees, m all edges. At γ = 1 it is from −0.5
/// to 1. Directed arcs are taken as edges; without edges it is 0.
pub fn modularity(network: &Network, of: &[u32], resolution: f64) -> f64 {
    let undirected = network.undirected();
    let mut degrees = vec![0_u64; of.len()];
    let mut inside_twice = vec![0_u64; of.len()];
    for (node, label) in of.iter().enumerate() {
        let neighbours = undirected.out(node as u32);
        degrees[*label as usize] += neighbours.len() as u64;
        inside_twice[*label as usize] +=
            neighbours.iter().filter(|other| of[**other as usize] == *label).count() as u64;
    }
    let edges_twice = 2.0 * undirected.edges() as f64;
    if edges_twice == 0.0 {
        return 0.0;
    }
    degrees
        .iter()
        .zip(&inside_twice)
        .map(|(degree, inside)| {
            *inside as f64 / edges_twice - resolution * (*degree as f64 / edges_twice).powi(2)
        })
        .sum()
}

fn measured(network: &Network, of: Vec<u32>, resolution: f64) -> Communities {
    Communities { count: distinct(&of), modularity: modularity(network, &of, resolution), of }
}

fn singletons(nodes: usize) -> Vec<u32> {
    (0..nodes as u32).collect()
}

fn distinct(of: &[u32]) -> usize {
    let mut labels = of.to_vec();
    labels.sort_unstable();
    labels.dedup();
    labels.len()
}

/// Returns the division with every community named by its smallest node; if a community is not connected, its parts
/// become communities (which never lowers modularity).
fn connected_parts(network: &Network, of: &[u32]) -> Vec<u32> {
    let mut part: Vec<Option<u32>> = vec![None; of.len()];
    let mut waiting = Vec::new();
    for first in 0..of.len() as u32 {
        if part[first as usize].is_some() {
            continue;
        }
        part[first as usize] = Some(first);
        waiting.push(first);
        while let Some(node) = waiting.pop() {
            for &other in network.out(node) {
                if part[other as usize].is_none() && of[other as usize] == of[node as usize] {
                    part[other as usize] = Some(first);
                    waiting.push(other);
                }
            }
        }
    }
    part.into_iter().flatten().collect()
}

#[cfg(test)]
mod tests;
