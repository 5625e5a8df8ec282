use std::collections::BTreeSet;

use proptest::prelude::*;

use super::*;
use crate::analyze::samples::*;

fn options(max_hops: u32, count: usize) -> PathOptions {
    PathOptions { max_hops, count, hub_degree_max: None, avoid: Vec::new() }
}

fn found(network: &Network, from: u32, to: u32, options: &PathOptions) -> Vec<Vec<u32>> {
    let found = paths(network, from, to, options).unwrap();
    assert!(found.complete);
    found.paths
}

#[test]
fn both_ways_around_a_cycle() {
    let network = cycle(6);
    assert_eq!(found(&network, 0, 2, &options(8, 20)), [vec![0, 1, 2], vec![0, 5, 4, 3, 2]]);
    assert_eq!(found(&network, 0, 2, &options(3, 20)), [vec![0, 1, 2]]);
    assert!(found(&network, 0, 3, &options(2, 20)).is_empty());
    assert_eq!(found(&network, 0, 3, &options(8, 1)), [vec![0, 1, 2, 3]]);
    assert!(found(&network, 0, 3, &options(8, 0)).is_empty());
}

#[test]
fn all_ways_through_a_complete_network() {
    // 1 + 3 + 3·2 + 3·2·1 paths between two of five nodes.
    let all = found(&complete(5), 0, 4, &options(8, 20));
    assert_eq!(all.len(), 16);
    assert_eq!(all[..3], [vec![0, 4], vec![0, 1, 4], vec![0, 2, 4]]);
}

#[test]
fn hubs_are_not_passed_through_but_may_be_ends() {
    let network = star(6);
    let capped = PathOptions { hub_degree_max: Some(4), ..options(8, 5) };
    assert!(found(&network, 1, 2, &capped).is_empty());
    assert_eq!(found(&network, 0, 2, &capped), [vec![0, 2]]);
    assert_eq!(found(&network, 2, 0, &capped), [vec![2, 0]]);
    let enough = PathOptions { hub_degree_max: Some(5), ..options(8, 5) };
    assert_eq!(found(&network, 1, 2, &enough), [vec![1, 0, 2]]);
}

#[test]
fn avoided_nodes_are_on_no_path() {
    let avoid = |avoid: &[u32]| PathOptions { avoid: avoid.to_vec(), ..options(8, 5) };
    assert_eq!(found(&cycle(6), 0, 2, &avoid(&[5, 3])), [vec![0, 1, 2]]);
    assert!(found(&cycle(6), 0, 2, &avoid(&[4, 1])).is_empty());
    assert!(found(&cycle(6), 0, 2, &avoid(&[0])).is_empty());
}

#[test]
fn arcs_are_followed_in_their_direction() {
    let network = Network::from_arcs(3, &[(0, 1), (1, 2), (2, 0)], true);
    assert_eq!(found(&network, 0, 2, &options(8, 5)), [vec![0, 1, 2]]);
    assert_eq!(found(&network, 2, 0, &options(8, 5)), [vec![2, 0]]);
}

#[test]
fn a_node_is_its_own_path() {
    assert_eq!(found(&cycle(4), 2, 2, &options(8, 5)), [vec![2]]);
}

#[test]
fn options_out_of_range_are_refused() {
    let network = cycle(4);
    assert_eq!(paths(&network, 0, 1, &options(0, 5)), Err(PathError::Hops(0)));
    assert_eq!(paths(&network, 0, 1, &options(9, 5)), Err(PathError::Hops(9)));
    assert_eq!(paths(&network, 0, 1, &options(8, 21)), Err(PathError::Count(21)));
    assert_eq!(paths(&network, 0, 4, &options(8, 5)), Err(PathError::Node(4)));
}

#[test]
fn a_search_that_runs_out_of_budget_says_so() {
    let network = complete(9);
    let wanted = options(8, 20);
    let all = found(&network, 0, 8, &wanted);
    let mut cut = 0;
    for budget in 0..2000 {
        let some = search::shortest(&network, 0, 8, &wanted, budget);
        assert!(all.starts_with(&some.paths));
        assert!(some.complete == (some.paths.len() == all.len()));
        cut += usize::from(!some.complete && !some.paths.is_empty());
    }
    assert!(cut > 0);
}

#[test]
fn large_networks_stay_far_below_the_budget() {
    let network = large();
    for to in [1500, 2999] {
        let wanted = options(8, 20);
        let all = paths(&network, 0, to, &wanted).unwrap();
        assert!(all.complete && all.paths.len() == 20);
        assert!(search::shortest(&network, 0, to, &wanted, ARCS_EXAMINED_MAX / 20).complete);
    }
}

/// All paths that are allowed, in order.
fn naive(network: &Network, from: u32, to: u32, options: &PathOptions) -> Vec<Vec<u32>> {
    let allowed = |node: u32| {
        let hub = options.hub_degree_max.is_some_and(|cap| network.degree(node) > cap);
        !options.avoid.contains(&node) && (node == from || node == to || !hub)
    };
    let mut all = BTreeSet::new();
    let mut open = vec![vec![from]];
    while let Some(path) = open.pop() {
        let last = path[path.len() - 1];
        if !allowed(last) {
            continue;
        }
        if last == to {
            all.insert((path.len(), path));
        } else if path.len() <= options.max_hops as usize {
            for target in network.out(last).iter().filter(|target| !path.contains(target)) {
                open.push(path.iter().copied().chain([*target]).collect());
            }
        }
    }
    all.into_iter().map(|(_, path)| path).take(options.count).collect()
}

fn any_options(nodes: u32) -> impl Strategy<Value = PathOptions> {
    let hub_degree_max = prop::option::of(1_u32..8);
    let avoid = prop::collection::vec(0..nodes, 0..3);
    (1..=HOPS_MAX, 0..=COUNT_MAX, hub_degree_max, avoid).prop_map(
        |(max_hops, count, hub_degree_max, avoid)| PathOptions {
            max_hops,
            count,
            hub_degree_max,
            avoid,
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1000))]

    #[test]
    fn paths_are_the_first_of_all(
        (nodes, arcs) in arcs(9, 24),
        directed: bool,
        ends: (prop::sample::Index, prop::sample::Index),
        wanted in any_options(9),
    ) {
        let network = Network::from_arcs(nodes, &arcs, directed);
        let (from, to) = (ends.0.index(nodes) as u32, ends.1.index(nodes) as u32);
        let found = paths(&network, from, to, &wanted).unwrap();
        prop_assert!(found.complete);
        prop_assert_eq!(found.paths, naive(&network, from, to, &wanted));
    }

    #[test]
    fn new_numbers_of_nodes_permute_the_paths(((nodes, arcs), labels) in relabelled(6, 8)) {
        let before = Network::from_arcs(nodes, &arcs, false);
        let after = Network::from_arcs(nodes, &relabel(&arcs, &labels), false);
        let last = nodes as u32 - 1;
        let first = paths(&before, 0, last, &options(8, 20)).unwrap().paths;
        let ends = (labels[0], labels[nodes - 1]);
        let second = paths(&after, ends.0, ends.1, &options(8, 20)).unwrap().paths;
        // Fewer than 20 paths: both are all of them.
        prop_assume!(first.len() < 20);
        let moved: BTreeSet<Vec<u32>> = first
            .iter()
            .map(|path| path.iter().map(|node| labels[*node as usize]).collect())
            .collect();
        prop_assert_eq!(moved, second.into_iter().collect::<BTreeSet<_>>());
    }
}
