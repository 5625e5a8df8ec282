//! Average-link agglomeration of one component.
//!
//! The heap holds an entry for every pair of clusters that may join; entries are never removed but
//! corrected when they come up. That is sound because an entry can only be too high: growing a
//! cluster by members without links to the other one pulls the mean towards `absent_pair`, which
//! is at most `stop`, and wherever a join adds links a fresh entry is pushed.

use std::cmp::{Ordering, Reverse};
use std::collections::{BTreeMap, BinaryHeap};

use super::components::{Component, DisjointSets};
use super::{ClusterParameters, MicroBits, micro_bits};

/// The links between two clusters, summed up.
#[derive(Debug, Clone, Copy, Default)]
struct Between {
    /// Sum of the linked pairs.
    sum: MicroBits,
    /// Number of linked pairs.
    linked: u64,
    /// True if a cannot-link lies between the clusters.
    forbidden: bool,
}

impl Between {
    fn add(&mut self, other: Self) {
        self.sum += other.sum;
        self.linked += other.linked;
        self.forbidden |= other.forbidden;
    }
}

/// A possible join: greatest mean first, then smallest members.
#[derive(Debug, PartialEq)]
struct Candidate {
    mean: f64,
    first: (Reverse<u32>, Reverse<u32>),
    slots: (u32, u32),
}

impl Eq for Candidate {}

impl Ord for Candidate {
    fn cmp(&self, other: &Self) -> Ordering {
        self.mean
            .total_cmp(&other.mean)
            .then_with(|| self.first.cmp(&other.first))
            .then_with(|| self.slots.cmp(&other.slots))
    }
}

impl PartialOrd for Candidate {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

/// The clusters of one component while they grow. A slot is a local index; a joined-away slot is
/// empty.
struct State {
    members: Vec<Vec<u32>>,
    smallest: Vec<u32>,
    between: Vec<BTreeMap<u32, Between>>,
    heap: BinaryHeap<Candidate>,
    heights: Vec<f64>,
    stop: f64,
    absent: MicroBits,
}

/// The clusters of one component.
pub(super) struct Agglomerated {
    /// (item, smallest member of its cluster) for every item.
    pub labels: Vec<(u32, u32)>,
    /// The mean bits at which two clusters joined, in the order of the joins.
    pub heights: Vec<f64>,
}

/// Clusters one component.
pub(super) fn agglomerate(component: &Component, parameters: &ClusterParameters) -> Agglomerated {
    let groups = contract(component);
    let mut state = State::new(component, &groups, parameters);
    state.run();
    let mut labels = Vec::with_capacity(component.items.len());
    for (slot, members) in state.members.iter().enumerate() {
        let label = component.items[state.smallest[slot] as usize];
        labels.extend(members.iter().map(|item| (component.items[*item as usize], label)));
    }
    Agglomerated { labels, heights: state.heights }
}

/// The local index of an item of the component.
fn local(component: &Component, item: u32) -> u32 {
    component.items.partition_point(|other| *other < item) as u32
}

/// Joins must-links, ascending, leaving out any that would join the ends of a cannot-link.
/// Returns each local item's group, named by its smallest member.
fn contract(component: &Component) -> Vec<u32> {
    let count = component.items.len();
    let mut sets = DisjointSets::new(count);
    let cannot: Vec<(u32, u32)> = component
        .cannot_link
        .iter()
        .map(|(a, b)| (local(component, *a), local(component, *b)))
        .collect();
    // For each group root the items that its members must not meet; moved to the new root on join.
    let mut barred: Vec<Vec<u32>> = vec![Vec::new(); count];
    for &(a, b) in &cannot {
        barred[a as usize].push(b);
        barred[b as usize].push(a);
    }
    for &(a, b) in &component.must_link {
        let (a, b) = (sets.root(local(component, a)), sets.root(local(component, b)));
        if a == b || barred[a as usize].iter().any(|item| sets.root(*item) == b) {
            continue;
        }
        sets.join(a, b);
        let moved = std::mem::take(&mut barred[a.max(b) as usize]);
        barred[a.min(b) as usize].extend(moved);
    }
    (0..count as u32).map(|item| sets.root(item)).collect()
}

impl State {
    fn new(component: &Component, groups: &[u32], parameters: &ClusterParameters) -> Self {
        let count = groups.len();
        let mut state = Self {
            members: vec![Vec::new(); count],
            smallest: groups.to_vec(),
            between: vec![BTreeMap::new(); count],
            heap: BinaryHeap::new(),
            heights: Vec::new(),
            stop: parameters.stop,
            absent: micro_bits(parameters.absent_pair).min(micro_bits(parameters.stop)),
        };
        for (item, group) in groups.iter().enumerate() {
            state.members[*group as usize].push(item as u32);
        }
        let group = |item: u32| groups[local(component, item) as usize];
        for &(a, b, bits) in &component.links {
            state.lay(group(a), group(b), Between { sum: bits, linked: 1, forbidden: false });
        }
        for &(a, b) in &component.cannot_link {
            state.lay(group(a), group(b), Between { forbidden: true, ..Between::default() });
        }
        for slot in 0..count as u32 {
            let neighbours: Vec<u32> =
                state.between[slot as usize].range(slot + 1..).map(|(other, _)| *other).collect();
            neighbours.into_iter().for_each(|other| state.offer(slot, other));
        }
        state
    }

    fn lay(&mut self, a: u32, b: u32, between: Between) {
        if a != b {
            self.between[a as usize].entry(b).or_default().add(between);
            self.between[b as usize].entry(a).or_default().add(between);
        }
    }

    /// The mean bits of all pairs between two clusters; `None` when they may not join.
    fn mean(&self, a: u32, b: u32) -> Option<f64> {
        let between = self.between[a as usize].get(&b)?;
        if between.forbidden || between.linked == 0 {
            return None;
        }
        let pairs = self.members[a as usize].len() as i128 * self.members[b as usize].len() as i128;
        let absent = (pairs - i128::from(between.linked)) * i128::from(self.absent);
        Some((i128::from(between.sum) + absent) as f64 / pairs as f64 / 1e6)
    }

    fn candidate(&self, a: u32, b: u32) -> Option<Candidate> {
        let mean = self.mean(a, b).filter(|mean| *mean >= self.stop)?;
        let (x, y) = (self.smallest[a as usize], self.smallest[b as usize]);
        let first = (Reverse(x.min(y)), Reverse(x.max(y)));
        Some(Candidate { mean, first, slots: (a.min(b), a.max(b)) })
    }

    fn offer(&mut self, a: u32, b: u32) {
        if let Some(candidate) = self.candidate(a, b) {
            self.heap.push(candidate);
        }
    }

    fn run(&mut self) {
        while let Some(top) = self.heap.pop() {
            let (a, b) = top.slots;
            match self.candidate(a, b) {
                Some(current) if current == top => {
                    self.heights.push(current.mean);
                    self.join(a, b);
                }
                Some(current) => self.heap.push(current),
                None => {}
            }
        }
    }

    /// Joins two clusters into the slot with more neighbours, so that each neighbour entry moves
    /// only `O(log E)` times over the whole run.
    fn join(&mut self, a: u32, b: u32) {
        let (keep, gone) = if self.between[a as usize].len() >= self.between[b as usize].len() {
            (a, b)
        } else {
            (b, a)
        };
        let moved = std::mem::take(&mut self.between[gone as usize]);
        self.between[keep as usize].remove(&gone);
        let members = std::mem::take(&mut self.members[gone as usize]);
        self.members[keep as usize].extend(members);
        self.smallest[keep as usize] =
            self.smallest[keep as usize].min(self.smallest[gone as usize]);
        for (other, between) in moved.into_iter().filter(|(other, _)| *other != keep) {
            self.between[other as usize].remove(&gone);
            self.lay(keep, other, between);
            self.offer(keep, other);
        }
    }
}
