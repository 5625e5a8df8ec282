//! Yen's method on breadth-first searches.

use std::collections::BTreeMap;

use super::{PathOptions, Paths};
use crate::analyze::network::Network;

/// Hops of a node that cannot be on a path.
const UNREACHABLE: u32 = u32::MAX;

/// The error of a search that has used up its budget of arcs.
struct Exhausted;

/// A search from one node to another.
struct Search<'a> {
    network: &'a Network,
    to: u32,
    max_hops: u32,
    /// Least hops from each node to the goal over allowed nodes: never more than on any path.
    to_goal: Vec<u32>,
    /// The node from which each was reached, valid where `reached_in` is the current round.
    parent: Vec<u32>,
    reached_in: Vec<u32>,
    round: u32,
    /// Arcs that may still be examined.
    budget: u64,
}

/// Paths that may be next, by (length, nodes), each with the position up to which it follows the
/// path it branched off: it must not branch before.
type Candidates = BTreeMap<(usize, Vec<u32>), usize>;

/// The shortest paths within a budget of arcs to examine.
pub(super) fn shortest(
    network: &Network,
    from: u32,
    to: u32,
    options: &PathOptions,
    budget: u64,
) -> Paths {
    let mut paths = Vec::new();
    if options.count == 0 || options.avoid.contains(&from) || options.avoid.contains(&to) {
        return Paths { paths, complete: true };
    }
    if from == to {
        return Paths { paths: vec![vec![from]], complete: true };
    }
    let mut search = Search {
        network,
        to,
        max_hops: options.max_hops,
        to_goal: vec![UNREACHABLE; network.nodes()],
        parent: vec![0; network.nodes()],
        reached_in: vec![0; network.nodes()],
        round: 0,
        budget,
    };
    let complete = search
        .measure(from, options)
        .and_then(|()| search.collect(from, options.count, &mut paths))
        .is_ok();
    Paths { paths, complete }
}

impl Search<'_> {
    /// Fills `to_goal`, backwards from the goal.
    fn measure(&mut self, from: u32, options: &PathOptions) -> Result<(), Exhausted> {
        let mut avoided = options.avoid.clone();
        avoided.sort_unstable();
        let hub_degree_max = options.hub_degree_max.unwrap_or(u32::MAX);
        let network = self.network;
        self.to_goal[self.to as usize] = 0;
        let mut level = vec![self.to];
        for hops in 1..=self.max_hops {
            let mut next_level = Vec::new();
            for node in level {
                for &before in network.incoming(node) {
                    self.spend()?;
                    if self.to_goal[before as usize] != UNREACHABLE
                        || avoided.binary_search(&before).is_ok()
                        || (before != from && network.degree(before) > hub_degree_max)
                    {
                        continue;
                    }
                    self.to_goal[before as usize] = hops;
                    if before != from {
                        next_level.push(before);
                    }
                }
            }
            level = next_level;
        }
        Ok(())
    }

    /// Takes the least candidate and adds those that branch off it, until there are enough.
    fn collect(
        &mut self,
        from: u32,
        count: usize,
        paths: &mut Vec<Vec<u32>>,
    ) -> Result<(), Exhausted> {
        let mut candidates = Candidates::new();
        if let Some(path) = self.best(&[from], &[])? {
            candidates.insert((path.len(), path), 0);
        }
        while let Some(((_, path), branched_at)) = candidates.pop_first() {
            paths.push(path);
            if paths.len() == count {
                break;
            }
            self.branch(paths, branched_at, &mut candidates)?;
        }
        Ok(())
    }

    /// Adds to the candidates the best path that leaves the last accepted path at each position.
    fn branch(
        &mut self,
        paths: &[Vec<u32>],
        branched_at: usize,
        candidates: &mut Candidates,
    ) -> Result<(), Exhausted> {
        let Some(path) = paths.last() else { return Ok(()) };
        for position in branched_at..path.len() - 1 {
            let prefix = &path[..=position];
            let taken: Vec<u32> = paths
                .iter()
                .filter(|other| other.len() > position + 1 && other[..=position] == *prefix)
                .map(|other| other[position + 1])
                .collect();
            if let Some(found) = self.best(prefix, &taken)? {
                candidates.insert((found.len(), found), position);
            }
        }
        Ok(())
    }

    /// The least path, by (length, nodes), that begins with a prefix and goes on to none of the
    /// `taken` nodes. Tries the least length first, so that a search looks no wider than it must.
    fn best(&mut self, prefix: &[u32], taken: &[u32]) -> Result<Option<Vec<u32>>, Exhausted> {
        let Some(&last) = prefix.last() else { return Ok(None) };
        let hops_left = self.max_hops.saturating_sub(prefix.len() as u32 - 1);
        for hops in self.to_goal[last as usize].max(1)..=hops_left {
            if self.reach(prefix, taken, last, hops)? {
                return Ok(Some(self.trace(prefix, last)));
            }
        }
        Ok(None)
    }

    /// Breadth-first from the end of a prefix, to the goal within so many hops. As lists of nodes
    /// ascend, nodes of one level are reached in the order of their least paths, so that the parents
    /// give the least of the shortest paths.
    fn reach(
        &mut self,
        prefix: &[u32],
        taken: &[u32],
        last: u32,
        hops: u32,
    ) -> Result<bool, Exhausted> {
        self.round += 1;
        for &node in prefix {
            self.reached_in[node as usize] = self.round;
        }
        let network = self.network;
        let mut level = vec![last];
        for hops_after in (0..hops).rev() {
            let mut next_level = Vec::new();
            for node in level {
                for &target in network.out(node) {
                    self.spend()?;
                    if self.reached_in[target as usize] == self.round
                        || self.to_goal[target as usize] > hops_after
                        || (node == last && taken.contains(&target))
                    {
                        continue;
                    }
                    self.reached_in[target as usize] = self.round;
                    self.parent[target as usize] = node;
                    if target == self.to {
                        return Ok(true);
                    }
                    next_level.push(target);
                }
            }
            level = next_level;
        }
        Ok(false)
    }

    /// The path that `reach` found.
    fn trace(&self, prefix: &[u32], last: u32) -> Vec<u32> {
        let mut tail = vec![self.to];
        let mut node = self.parent[self.to as usize];
        while node != last {
            tail.push(node);
            node = self.parent[node as usize];
        }
        prefix.iter().copied().chain(tail.into_iter().rev()).collect()
    }

    /// Counts one arc.
    fn spend(&mut self) -> Result<(), Exhausted> {
        self.budget = self.budget.checked_sub(1).ok_or(Exhausted)?;
        Ok(())
    }
}
