//! A plain network over `u32` nodes, on which centrality, communities and paths are computed.

use std::borrow::Cow;

use crate::graph::{EntityIndex, Snapshot};

/// A simple network (no self-loops, no parallel arcs) as compact sorted arrays.
///
/// Equal sets of arcs give equal networks, in whatever order and however often they were given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Network {
    directed: bool,
    outward: Lists,
    /// `None` if the network is undirected, since it would equal `outward`.
    inward: Option<Lists>,
}

/// One sorted list of nodes per node, one after the other.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Lists {
    /// Node `v` has `targets[offsets[v]..offsets[v + 1]]`.
    offsets: Vec<usize>,
    targets: Vec<u32>,
}

impl Lists {
    /// Makes the lists from pairs that are sorted and distinct.
    fn of(nodes: usize, pairs: &[(u32, u32)]) -> Lists {
        let mut offsets = vec![0; nodes + 1];
        for (source, _) in pairs {
            offsets[*source as usize + 1] += 1;
        }
        for node in 0..nodes {
            offsets[node + 1] += offsets[node];
        }
        Lists { offsets, targets: pairs.iter().map(|(_, target)| *target).collect() }
    }

    fn list(&self, node: u32) -> &[u32] {
        &self.targets[self.offsets[node as usize]..self.offsets[node as usize + 1]]
    }
}

impl Network {
    /// A network of `nodes` nodes, numbered from 0. Self-loops are dropped and parallel arcs become
    /// one; undirected, an arc and its reverse are the same edge.
    ///
    /// # Panics
    /// When an arc names a node that is not below `nodes`.
    pub fn from_arcs(nodes: usize, arcs: &[(u32, u32)], directed: bool) -> Network {
        let known = |node: u32| (node as usize) < nodes;
        assert!(arcs.iter().all(|arc| known(arc.0) && known(arc.1)), "an arc to an unknown node");
        let mut pairs: Vec<(u32, u32)> =
            arcs.iter().copied().filter(|arc| arc.0 != arc.1).collect();
        let reversed: Vec<(u32, u32)> = pairs.iter().map(|(a, b)| (*b, *a)).collect();
        let inward = if directed {
            Some(Lists::of(nodes, &distinct(reversed)))
        } else {
            pairs.extend(reversed);
            None
        };
        Network { directed, outward: Lists::of(nodes, &distinct(pairs)), inward }
    }

    /// The undirected network of a snapshot: its nodes are the entities (see [`Network::node_of`]), with an edge
    /// wherever any relationship holds between two of them.
    pub fn of(snapshot: &Snapshot) -> Network {
        let node = |entity| Self::node_of(snapshot, entity);
        let arcs: Vec<(u32, u32)> =
            snapshot.relationships().iter().map(|it| (node(it.source), node(it.target))).collect();
        Network::from_arcs(snapshot.entities().len(), &arcs, false)
    }

    /// The node of an entity in the network of its snapshot.
    #[inline]
    pub fn node_of(snapshot: &Snapshot, entity: EntityIndex) -> u32 {
        snapshot.entities().rank(entity) as u32
    }

    /// The entity of a node in the network of a snapshot; `None` if the network has no such node.
    #[inline]
    pub fn entity_of(snapshot: &Snapshot, node: u32) -> Option<EntityIndex> {
        snapshot.entities().nth(node as usize)
    }

    /// Returns the network with every arc as an undirected edge.
    pub fn undirected(&self) -> Cow<'_, Network> {
        if !self.directed {
            return Cow::Borrowed(self);
        }
        let arcs: Vec<(u32, u32)> = (0..self.nodes() as u32)
            .flat_map(|node| self.out(node).iter().map(move |target| (node, *target)))
            .collect();
        Cow::Owned(Network::from_arcs(self.nodes(), &arcs, false))
    }

    /// The nodes that arcs from this node go to, ascending; undirected, its neighbours.
    pub fn out(&self, node: u32) -> &[u32] {
        self.outward.list(node)
    }

    /// The nodes that arcs to this node come from, ascending; undirected, its neighbours.
    pub fn incoming(&self, node: u32) -> &[u32] {
        self.inward.as_ref().unwrap_or(&self.outward).list(node)
    }

    /// Number of nodes; they are `0..nodes()`.
    pub fn nodes(&self) -> usize {
        self.outward.offsets.len() - 1
    }

    /// Number of arcs; undirected, of edges, each once.
    pub fn edges(&self) -> usize {
        let arcs = self.outward.targets.len();
        if self.directed { arcs } else { arcs / 2 }
    }

    /// Tells if arcs have a direction.
    pub fn directed(&self) -> bool {
        self.directed
    }

    /// Number of edges at a node; directed, arcs out plus arcs in.
    pub fn degree(&self, node: u32) -> u32 {
        let inward = self.inward.as_ref().map_or(0, |lists| lists.list(node).len());
        (self.out(node).len() + inward) as u32
    }
}

fn distinct(mut pairs: Vec<(u32, u32)>) -> Vec<(u32, u32)> {
    pairs.sort_unstable();
    pairs.dedup();
    pairs
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::graph::{Entity, Parts, Position, Relationship, RelationshipKind};
    use crate::model::{EntityType, IdKey, Span};

    const ARCS: [(u32, u32); 5] = [(2, 0), (0, 1), (1, 0), (3, 3), (2, 0)];

    #[test]
    fn undirected_arcs_become_edges() {
        let network = Network::from_arcs(4, &ARCS, false);
        assert_eq!((network.nodes(), network.edges()), (4, 2));
        assert_eq!(network.out(0), [1, 2]);
        assert_eq!(network.incoming(0), [1, 2]);
        assert_eq!(network.out(3), [0u32; 0]);
        assert_eq!(network.degree(0), 2);
    }

    #[test]
    fn directed_arcs_stay_apart() {
        let network = Network::from_arcs(4, &ARCS, true);
        assert_eq!((network.nodes(), network.edges()), (4, 3));
        assert_eq!(network.out(0), [1]);
        assert_eq!(network.incoming(0), [1, 2]);
        assert_eq!(network.degree(0), 3);
        assert!(network.directed());
    }

    #[test]
    fn order_of_arcs_does_not_matter() {
        let mut reversed = ARCS;
        reversed.reverse();
        assert_eq!(Network::from_arcs(4, &ARCS, true), Network::from_arcs(4, &reversed, true));
    }

    #[test]
    fn the_empty_network_is_a_network() {
        let network = Network::from_arcs(0, &[], false);
        assert_eq!((network.nodes(), network.edges()), (0, 0));
    }
    #[test]
    fn any_relationships_of_two_entities_are_one_edge() {
        let id_key = IdKey::default();
        let entity = |name: &str| {
            let id = id_key.entity(EntityType::Person, id_key.record("agency", name));
            (id, EntityType::Person, [].into())
        };
        let relationship = |source, target, kind| {
            let ends = (EntityIndex::new(source), EntityIndex::new(target));
            Relationship::new(ends, kind, (0, 0), Span::default())
        };
        let relationships = vec![
            relationship(0, 2, RelationshipKind::Called),
            relationship(0, 2, RelationshipKind::Paid),
            relationship(1, 1, RelationshipKind::Messaged),
            relationship(2, 0, RelationshipKind::Called),
            relationship(3, 2, RelationshipKind::SameEvent),
        ];
        let entities = Entity::list(["A", "B", "C", "D"].map(entity));
        let snapshot = Parts { id_key, entities, relationships, ..Parts::default() }.snapshot();
        let network = Network::of(&snapshot);
        assert_eq!(network, Network::from_arcs(4, &[(0, 2), (2, 3)], false));
    }
}
