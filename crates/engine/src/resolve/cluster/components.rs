//! Connected components over links and must-links: items in different ones can never join.

use super::MicroBits;

/// One connected component with all links and constraints between its items. Items are global indexes.
#[derive(Debug, Default)]
pub(super) struct Component {
    /// Items, ascending; at least two.
    pub items: Vec<u32>,
    /// Links within the component, ascending.
    pub links: Vec<(u32, u32, MicroBits)>,
    /// Must-links within the component, ascending.
    pub must_link: Vec<(u32, u32)>,
    /// Cannot-links within the component, ascending; those across components need no guard.
    pub cannot_link: Vec<(u32, u32)>,
}

/// Disjoint sets with path halving; the smaller index is always the root.
pub(super) struct DisjointSets {
    parent: Vec<u32>,
}

impl DisjointSets {
    /// `count` sets of one.
    pub fn new(count: usize) -> Self {
        Self { parent: (0..count as u32).collect() }
    }

    /// The smallest member of the item's set.
    pub fn root(&mut self, item: u32) -> u32 {
        let mut item = item as usize;
        while self.parent[item] as usize != item {
            self.parent[item] = self.parent[self.parent[item] as usize];
            item = self.parent[item] as usize;
        }
        item as u32
    }

    /// Joins the sets of two items.
    pub fn join(&mut self, a: u32, b: u32) {
        let (a, b) = (self.root(a), self.root(b));
        self.parent[a.max(b) as usize] = a.min(b);
    }
}

/// The components with more than one item, ascending by smallest item. Inputs are ordered pairs.
pub(super) fn components(
    count: usize,
    links: &[(u32, u32, MicroBits)],
    must_link: &[(u32, u32)],
    cannot_link: &[(u32, u32)],
) -> Vec<Component> {
    let mut sets = DisjointSets::new(count);
    for &(a, b, _) in links {
        sets.join(a, b);
    }
    for &(a, b) in must_link {
        sets.join(a, b);
    }
    const ALONE: u32 = u32::MAX;
    let mut sizes = vec![0u32; count];
    let roots: Vec<u32> = (0..count as u32).map(|item| sets.root(item)).collect();
    for &root in &roots {
        sizes[root as usize] += 1;
    }
    let mut position = vec![ALONE; count];
    let mut parts: Vec<Component> = Vec::new();
    for (item, &root) in roots.iter().enumerate() {
        if sizes[root as usize] < 2 {
            continue;
        }
        if position[root as usize] == ALONE {
            position[root as usize] = parts.len() as u32;
            parts.push(Component::default());
        }
        parts[position[root as usize] as usize].items.push(item as u32);
    }
    let part_of = |item: u32| position[roots[item as usize] as usize] as usize;
    for &link in links {
        parts[part_of(link.0)].links.push(link);
    }
    for &pair in must_link {
        parts[part_of(pair.0)].must_link.push(pair);
    }
    for &pair in cannot_link {
        if roots[pair.0 as usize] == roots[pair.1 as usize] {
            parts[part_of(pair.0)].cannot_link.push(pair);
        }
    }
    parts
}
