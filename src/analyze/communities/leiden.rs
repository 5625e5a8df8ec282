//! One pass of Leiden: local moving, refinement and aggregation until nothing changes.

use std::collections::VecDeque;

use super::level::{Chance, Level, Ties};

/// Returns a division at least as good as the given one. Both give each node a label below the number of
/// nodes.
pub(super) fn pass(base: &Level, of: &[u32], resolution: f64) -> Vec<u32> {
    let chance = Chance::of(base, resolution);
    let mut level = base.clone();
    let mut of = of.to_vec();
    let mut node_of: Vec<u32> = (0..base.nodes() as u32).collect();
    loop {
        Moving::new(&level, chance, &mut of).run();
        let refined = Refinement::new(&level, chance, &of).run();
        let (group, groups) = numbered(&refined, level.nodes());
        if groups == level.nodes() {
            return node_of.iter().map(|node| of[*node as usize]).collect();
        }
        of = communities_of_groups(&of, &group, groups);
        level = level.aggregate(&group, groups);
        node_of.iter_mut().for_each(|node| *node = group[*node as usize]);
    }
}

/// Labels numbered from 0 in the order in which they first appear, and how many there are.
fn numbered(labels: &[u32], labels_end: usize) -> (Vec<u32>, usize) {
    let mut number: Vec<Option<u32>> = vec![None; labels_end];
    let mut count = 0;
    let numbers = labels
        .iter()
        .map(|label| {
            *number[*label as usize].get_or_insert_with(|| {
                count += 1;
                count - 1
            })
        })
        .collect();
    (numbers, count as usize)
}

/// The communities of nodes as communities of their groups; all nodes of a group are in one, so
/// their numbers are below the number of groups.
fn communities_of_groups(of: &[u32], group: &[u32], groups: usize) -> Vec<u32> {
    let mut labels = vec![0; groups];
    for (node, group) in group.iter().enumerate() {
        labels[*group as usize] = of[node];
    }
    numbered(&labels, of.len()).0
}

/// Moves nodes to the community where they add most, until no node wants to move.
struct Moving<'a> {
    level: &'a Level,
    chance: Chance,
    of: &'a mut Vec<u32>,
    /// For each label the strength and the number of its nodes.
    strength: Vec<u64>,
    size: Vec<u32>,
    /// Labels without nodes.
    empty: Vec<u32>,
}

impl<'a> Moving<'a> {
    fn new(level: &'a Level, chance: Chance, of: &'a mut Vec<u32>) -> Moving<'a> {
        let mut strength = vec![0; level.nodes()];
        let mut size = vec![0; level.nodes()];
        for (node, label) in of.iter().enumerate() {
            strength[*label as usize] += level.strength[node];
            size[*label as usize] += 1;
        }
        let empty = (0..level.nodes() as u32).rev().filter(|l| size[*l as usize] == 0).collect();
        Moving { level, chance, of, strength, size, empty }
    }

    fn run(&mut self) {
        let nodes = self.level.nodes();
        let mut ties = Ties::new(nodes);
        let mut waiting: VecDeque<u32> = (0..nodes as u32).collect();
        let mut waits = vec![true; nodes];
        while let Some(node) = waiting.pop_front() {
            waits[node as usize] = false;
            ties.gather(self.level, node as usize, self.of);
            let Some(label) = self.better(node as usize, &ties) else { continue };
            self.move_to(node as usize, label);
            for (other, _) in self.level.neighbours(node as usize) {
                if self.of[*other as usize] != label && !waits[*other as usize] {
                    waits[*other as usize] = true;
                    waiting.push_back(*other);
                }
            }
        }
    }

    /// The community to move a node to, if one is better than its own.
    fn better(&self, node: usize, ties: &Ties) -> Option<u32> {
        let strength = self.level.strength[node];
        let own = self.of[node];
        let others = self.strength[own as usize] - strength;
        let stay = self.chance.gain(ties.weight(own), strength, others);
        // Alone is always possible and gains nothing.
        let alone = if self.size[own as usize] > 1 { self.empty.last().copied() } else { None };
        let mut best = alone.map(|label| (0.0, label));
        for &label in ties.labels().iter().filter(|label| **label != own) {
            let there = self.strength[label as usize];
            let gain = self.chance.gain(ties.weight(label), strength, there);
            if best.is_none_or(|(best_gain, _)| gain > best_gain) {
                best = Some((gain, label));
            }
        }
        best.filter(|(gain, _)| *gain > stay + self.chance.least_gain(strength))
            .map(|(_, label)| label)
    }

    fn move_to(&mut self, node: usize, label: u32) {
        let own = self.of[node] as usize;
        if self.empty.last() == Some(&label) {
            self.empty.pop();
        }
        self.strength[own] -= self.level.strength[node];
        self.size[own] -= 1;
        if self.size[own] == 0 {
            self.empty.push(own as u32);
        }
        self.strength[label as usize] += self.level.strength[node];
        self.size[label as usize] += 1;
        self.of[node] = label;
    }
}

/// Divides every community into well-connected groups: the nodes of the next level.
struct Refinement<'a> {
    level: &'a Level,
    chance: Chance,
    of: &'a [u32],
    /// For each community its strength.
    total: Vec<u64>,
    /// For each node its group, named by the node that the group grew from.
    group: Vec<u32>,
    /// For each group its strength, its number of nodes, and the weight of its edges to the rest of
    /// its community.
    strength: Vec<u64>,
    size: Vec<u32>,
    outward: Vec<u64>,
}

impl<'a> Refinement<'a> {
    fn new(level: &'a Level, chance: Chance, of: &'a [u32]) -> Refinement<'a> {
        let nodes = level.nodes();
        let mut total = vec![0; nodes];
        for (node, label) in of.iter().enumerate() {
            total[*label as usize] += level.strength[node];
        }
        let outward = (0..nodes)
            .map(|node| {
                let within = |other: u32| of[other as usize] == of[node];
                level.neighbours(node).iter().filter(|tie| within(tie.0)).map(|tie| tie.1).sum()
            })
            .collect();
        Refinement {
            level,
            chance,
            of,
            total,
            group: (0..nodes as u32).collect(),
            strength: level.strength.clone(),
            size: vec![1; nodes],
            outward,
        }
    }

    fn run(mut self) -> Vec<u32> {
        let mut ties = Ties::new(self.level.nodes());
        for node in 0..self.level.nodes() {
            let alone = self.group[node] == node as u32 && self.size[node] == 1;
            if !alone || !self.well_connected(node as u32, self.of[node]) {
                continue;
            }
            ties.gather(self.level, node, &self.group);
            if let Some(group) = self.best(node, &ties) {
                self.join(node, group, ties.weight(group));
            }
        }
        self.group
    }

    /// Tells if a group has at least the edges to the rest of its community that chance would give.
    fn well_connected(&self, group: u32, community: u32) -> bool {
        let strength = self.strength[group as usize];
        let rest = self.total[community as usize] - strength;
        let gain = self.chance.gain(self.outward[group as usize], strength, rest);
        gain >= -self.chance.least_gain(strength)
    }

    /// The group of its community that a node gains most by joining, if any does not lose.
    fn best(&self, node: usize, ties: &Ties) -> Option<u32> {
        let strength = self.level.strength[node];
        let community = self.of[node];
        let mut best: Option<(f64, u32)> = None;
        for &group in ties.labels() {
            // A group is named by one of its nodes, and all are in one community.
            if self.of[group as usize] != community || !self.well_connected(group, community) {
                continue;
            }
            let there = self.strength[group as usize];
            let gain = self.chance.gain(ties.weight(group), strength, there);
            let least = -self.chance.least_gain(strength);
            if gain >= least && best.is_none_or(|(best_gain, _)| gain > best_gain) {
                best = Some((gain, group));
            }
        }
        best.map(|(_, group)| group)
    }

    fn join(&mut self, node: usize, group: u32, weight: u64) {
        let group_at = group as usize;
        self.outward[group_at] = self.outward[group_at] + self.outward[node] - 2 * weight;
        self.strength[group_at] += self.level.strength[node];
        self.size[group_at] += 1;
        self.size[node] = 0;
        self.group[node] = group;
    }
}
