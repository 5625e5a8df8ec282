//! The shortest ways from one node to another.

mod search;

use serde::{Deserialize, Serialize};

use super::network::Network;

/// Longest path that can be asked for, in hops.
pub const HOPS_MAX: u32 = 8;

/// Most paths that can be asked for.
pub const COUNT_MAX: usize = 20;

/// The most arcs that one search may examine. A search that needs more ends early and says so: see
/// [`Paths::complete`].
pub const ARCS_EXAMINED_MAX: u64 = 20_000_000;

/// The options of a search for paths.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PathOptions {
    /// Paths have at most so many hops: 1 to [`HOPS_MAX`].
    pub max_hops: u32,
    /// At most so many paths: 0 to [`COUNT_MAX`].
    pub count: usize,
    /// Nodes with a greater degree are not passed through; as an end they are allowed. `None` passes
    /// through any.
    pub hub_degree_max: Option<u32>,
    /// Nodes that no path may contain, not even as an end; in any order.
    pub avoid: Vec<u32>,
}

/// The paths found, and a mark for a complete search.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Paths {
    /// Each path as its nodes from the first to the last; ordered by length, then by nodes.
    pub paths: Vec<Vec<u32>>,
    /// True: these are all the paths that were asked for (the first `count`, or all there are).
    /// False: the work budget [`ARCS_EXAMINED_MAX`] ended the search; these are the first paths and
    /// in order, but there may be more within `count`.
    pub complete: bool,
}

/// The errors of a search for paths.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PathError {
    /// The number of hops is out of range.
    #[error("max_hops is {0}, it must be from 1 to {HOPS_MAX}")]
    Hops(u32),
    /// The number of paths is out of range.
    #[error("count is {0}, it must be at most {COUNT_MAX}")]
    Count(usize),
    /// An end is not in the network.
    #[error("node {0} is not in the network")]
    Node(u32),
}

/// The `count` shortest paths by hops, without repeated nodes, ordered by (length, nodes); along the
/// arcs where the network is directed. From a node to itself there is one path, of no hops.
///
/// Yen's method (1971, Management Science 17:712) with Lawler's partition: each next path is the
/// least of those that branch off an earlier one, found by breadth-first searches that enter a node
/// only if the rest of the allowed hops can still reach the goal.
///
/// # Errors
/// When an option is out of its range or an end is not in the network.
pub fn paths(
    network: &Network,
    from: u32,
    to: u32,
    options: &PathOptions,
) -> Result<Paths, PathError> {
    if !(1..=HOPS_MAX).contains(&options.max_hops) {
        return Err(PathError::Hops(options.max_hops));
    }
    if options.count > COUNT_MAX {
        return Err(PathError::Count(options.count));
    }
    if let Some(node) = [from, to].into_iter().find(|node| *node as usize >= network.nodes()) {
        return Err(PathError::Node(node));
    }
    Ok(search::shortest(network, from, to, options, ARCS_EXAMINED_MAX))
}

#[cfg(test)]
mod tests;
