use proptest::prelude::*;

use super::*;
use crate::analyze::samples::*;

/// Tells if each community is connected, by joining labels along its edges until nothing changes.
fn all_connected(network: &Network, of: &[u32]) -> bool {
    let mut reach: Vec<u32> = (0..of.len() as u32).collect();
    for _ in 0..of.len() {
        for node in 0..of.len() {
            for &other in network.out(node as u32) {
                if of[node] == of[other as usize] {
                    reach[node] = reach[node].min(reach[other as usize]);
                }
            }
        }
    }
    (0..of.len()).all(|node| reach[node] == of[node])
}

#[test]
fn plain_shapes() {
    for network in [complete(6), star(8)] {
        let found = communities(&network, 1.0);
        assert_eq!(found.of, vec![0; network.nodes()]);
        assert_eq!((found.count, found.modularity), (1, 0.0));
    }
    let none = communities(&Network::from_arcs(3, &[], false), 1.0);
    assert_eq!((none.of, none.count, none.modularity), (vec![0, 1, 2], 3, 0.0));
    assert_eq!(communities(&Network::from_arcs(0, &[], false), 1.0).count, 0);
}

#[test]
fn cliques_in_a_ring_are_the_communities() {
    let found = communities(&ring_of_cliques(8, 5), 1.0);
    let expected: Vec<u32> = (0..40).map(|node| node / 5 * 5).collect();
    assert_eq!(found.of, expected);
    // 10 of the 11 edges per clique are inside: 10/11 - 1/8.
    assert!((found.modularity - (10.0 / 11.0 - 0.125)).abs() < 1e-12);
}

#[test]
fn cycles_and_paths_are_cut_into_even_parts() {
    for network in [cycle(36), path(36)] {
        let found = communities(&network, 1.0);
        // The best cut of a cycle of 36 is into 6 parts of 6: 30/36 - 1/6.
        assert!(found.modularity > 0.63, "{found:?}");
        assert!(all_connected(&network, &found.of));
    }
}

#[test]
fn resolution_divides_finer() {
    let network = large();
    let counts: Vec<usize> =
        [0.0, 0.3, 1.0, 4.0].iter().map(|gamma| communities(&network, *gamma).count).collect();
    assert!(counts.is_sorted(), "{counts:?}");
    assert_eq!(counts[0], 1, "at 0 a connected network is one community");
    let finest = communities(&network, 1e9);
    assert_eq!(finest.count, network.nodes());
}

#[test]
fn classic_networks_come_close_to_the_best_known() {
    for (name, least) in [("karate", 0.4197), ("florentine", 0.3987)] {
        let Some((network, measures)) = shared(name) else { return };
        let key = "leiden_best_modularity_resolution1_200_seeds";
        let best_known = measures[key].as_f64().unwrap();
        let found = communities(&network, 1.0);
        println!("{name}: {} of {best_known}, {} communities", found.modularity, found.count);
        assert!(found.modularity <= best_known + 1e-9);
        assert!(found.modularity >= least, "{name}: {}", found.modularity);
        let partition: Vec<u32> =
            by_node(&measures, "leiden_best_partition").iter().map(|label| *label as u32).collect();
        assert!((modularity(&network, &partition, 1.0) - best_known).abs() < 1e-9);
    }
}

#[test]
fn results_do_not_depend_on_threads() {
    let network = large();
    let compute = || {
        let found = communities(&network, 1.0);
        (found.of, found.modularity.to_bits())
    };
    assert!(with_threads(1, compute) == with_threads(4, compute));
}

/// Modularity by its definition, over all pairs of nodes.
fn naive_modularity(network: &Network, of: &[u32], resolution: f64) -> f64 {
    let edges_twice = 2.0 * network.edges() as f64;
    let mut sum = 0.0;
    for a in 0..of.len() as u32 {
        for b in (0..of.len() as u32).filter(|b| of[*b as usize] == of[a as usize]) {
            let joined = f64::from(u8::from(network.out(a).contains(&b)));
            let product = f64::from(network.degree(a)) * f64::from(network.degree(b));
            sum += joined - resolution * product / edges_twice;
        }
    }
    if edges_twice == 0.0 { 0.0 } else { sum / edges_twice }
}

proptest! {
    #[test]
    fn communities_are_connected_and_better_than_none(
        (nodes, arcs) in arcs(40, 90),
        resolution in 0.0_f64..3.0,
    ) {
        let network = Network::from_arcs(nodes, &arcs, false);
        let found = communities(&network, resolution);
        prop_assert!(all_connected(&network, &found.of));
        prop_assert_eq!(found.count, distinct(&found.of));
        let alone = modularity(&network, &singletons(nodes), resolution);
        prop_assert!(found.modularity >= alone);
        let expected = naive_modularity(&network, &found.of, resolution);
        prop_assert!((found.modularity - expected).abs() < 1e-9);
    }

    #[test]
    fn no_single_node_or_join_of_two_would_be_better(
        (nodes, arcs) in arcs(12, 25),
        resolution in 0.1_f64..3.0,
    ) {
        let network = Network::from_arcs(nodes, &arcs, false);
        let found = communities(&network, resolution);
        for node in 0..nodes {
            for label in found.of.iter().copied().chain([node as u32]) {
                let mut moved = found.of.clone();
                moved[node] = label;
                let after = modularity(&network, &moved, resolution);
                prop_assert!(after <= found.modularity + 2e-9, "{node} to {label}");
            }
        }
        for a in &found.of {
            for b in &found.of {
                let joined: Vec<u32> =
                    found.of.iter().map(|label| if label == a { *b } else { *label }).collect();
                let after = modularity(&network, &joined, resolution);
                prop_assert!(after <= found.modularity + 2e-9, "{a} with {b}");
            }
        }
    }

    #[test]
    fn order_and_direction_of_arcs_do_not_matter((nodes, arcs) in arcs(30, 60)) {
        let undirected = communities(&Network::from_arcs(nodes, &arcs, false), 1.0);
        let reversed: Vec<(u32, u32)> = arcs.iter().rev().copied().collect();
        prop_assert_eq!(&communities(&Network::from_arcs(nodes, &reversed, false), 1.0), &undirected);
        prop_assert_eq!(&communities(&Network::from_arcs(nodes, &arcs, true), 1.0), &undirected);
    }
}
