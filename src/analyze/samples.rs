//! Networks with known answers, for tests.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use proptest::prelude::*;
use serde_json::Value;

use super::network::Network;

/// Arcs of a network and the number of its nodes.
pub type Arcs = (usize, Vec<(u32, u32)>);

pub fn complete(nodes: u32) -> Network {
    let arcs: Vec<(u32, u32)> =
        (0..nodes).flat_map(|a| (a + 1..nodes).map(move |b| (a, b))).collect();
    Network::from_arcs(nodes as usize, &arcs, false)
}

/// Node 0 with edges to all others.
pub fn star(nodes: u32) -> Network {
    let arcs: Vec<(u32, u32)> = (1..nodes).map(|leaf| (0, leaf)).collect();
    Network::from_arcs(nodes as usize, &arcs, false)
}

pub fn path(nodes: u32) -> Network {
    let arcs: Vec<(u32, u32)> = (1..nodes).map(|node| (node - 1, node)).collect();
    Network::from_arcs(nodes as usize, &arcs, false)
}

pub fn cycle(nodes: u32) -> Network {
    let arcs: Vec<(u32, u32)> = (0..nodes).map(|node| (node, (node + 1) % nodes)).collect();
    Network::from_arcs(nodes as usize, &arcs, false)
}

/// `count` complete networks of `size` nodes each, in a ring, with one edge from each to the next.
pub fn ring_of_cliques(count: u32, size: u32) -> Network {
    let mut arcs = Vec::new();
    for clique in 0..count {
        let first = clique * size;
        for a in first..first + size {
            arcs.extend((a + 1..first + size).map(|b| (a, b)));
        }
        arcs.push((first, ((clique + 1) % count) * size + 1));
    }
    Network::from_arcs((count * size) as usize, &arcs, false)
}

/// Any arcs over a few nodes, loops and repetitions among them.
pub fn arcs(nodes_max: usize, arcs_max: usize) -> impl Strategy<Value = Arcs> {
    (1..=nodes_max).prop_flat_map(move |nodes| {
        let node = 0..nodes as u32;
        (Just(nodes), prop::collection::vec((node.clone(), node), 0..=arcs_max))
    })
}

/// Arcs, and a new number for each node.
pub fn relabelled(nodes_max: usize, arcs_max: usize) -> impl Strategy<Value = (Arcs, Vec<u32>)> {
    arcs(nodes_max, arcs_max).prop_flat_map(|(nodes, arcs)| {
        let labels: Vec<u32> = (0..nodes as u32).collect();
        (Just((nodes, arcs)), Just(labels).prop_shuffle())
    })
}

pub fn relabel(arcs: &[(u32, u32)], labels: &[u32]) -> Vec<(u32, u32)> {
    arcs.iter().map(|(a, b)| (labels[*a as usize], labels[*b as usize])).collect()
}

/// Runs a computation in a pool of so many threads and returns its result.
pub fn with_threads<T: Send>(threads: usize, compute: impl FnOnce() -> T + Send) -> T {
    rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap().install(compute)
}

/// An undirected network with many nodes, the same each time: a few hubs, many triangles.
pub fn large() -> Network {
    let nodes = 3000_u32;
    let mut arcs = Vec::new();
    let mut state = 12345_u32;
    for node in 1..nodes {
        for _ in 0..3 {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            let other = state >> 8;
            arcs.push((
                node,
                if other.is_multiple_of(5) { other % node } else { node - 1 - other % node.min(9) },
            ));
        }
    }
    Network::from_arcs(nodes as usize, &arcs, false)
}

/// The folder of shared reference graphs beside the project; not part of it and not copied into it.
/// `None` if it does not exist: the tests that need it then say so and check nothing.
pub fn shared_graphs() -> Option<PathBuf> {
    let found = Path::new(env!("CARGO_MANIFEST_DIR"))
        .ancestors()
        .map(|ancestor| ancestor.join("shared/data/graphs"))
        .find(|graphs| graphs.is_dir());
    if found.is_none() {
        println!("SKIPPED: no shared/data/graphs beside the project");
    }
    found
}

pub fn read(path: &Path) -> String {
    std::fs::read_to_string(path).unwrap()
}

/// A shared graph and the reference measures that go with it.
pub fn shared(name: &str) -> Option<(Network, Value)> {
    let graphs = shared_graphs()?;
    let table = read(&graphs.join(format!("{name}.csv")));
    let arcs: Vec<(u32, u32)> = table
        .lines()
        .skip(1)
        .map(|line| {
            let mut fields = line.split(',').map(|field| field.parse().unwrap());
            (fields.next().unwrap(), fields.next().unwrap())
        })
        .collect();
    let measures: Value =
        serde_json::from_str(&read(&graphs.join(format!("{name}.json")))).unwrap();
    let nodes = measures["n"].as_u64().unwrap() as usize;
    Some((Network::from_arcs(nodes, &arcs, false), measures))
}

/// A measure of every node from the reference measures.
pub fn by_node(measures: &Value, key: &str) -> Vec<f64> {
    let values: BTreeMap<u32, f64> = measures[key]
        .as_object()
        .unwrap()
        .iter()
        .map(|(node, value)| (node.parse().unwrap(), value.as_f64().unwrap()))
        .collect();
    values.into_values().collect()
}

pub fn assert_close(found: &[f64], expected: &[f64], tolerance: f64) {
    assert_eq!(found.len(), expected.len());
    for (node, (found, expected)) in found.iter().zip(expected).enumerate() {
        let scale = expected.abs().max(1e-3);
        assert!((found - expected).abs() <= tolerance * scale, "{node}: {found}, not {expected}");
    }
}
