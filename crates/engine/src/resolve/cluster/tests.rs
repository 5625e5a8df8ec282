use proptest::prelude::*;

use super::*;

const PARAMETERS: ClusterParameters = ClusterParameters { stop: 0.0, absent_pair: -4.0 };

fn clusters(count: usize, links: &[(u32, u32, f64)]) -> Vec<u32> {
    cluster(count, links, &[], &[], &PARAMETERS)
}

/// Plain greedy average linkage over a full matrix, as a yardstick.
fn naive(count: usize, links: &[(u32, u32, f64)], cannot: &[(u32, u32)]) -> Vec<u32> {
    let mut groups: Vec<Vec<u32>> = (0..count as u32).map(|item| vec![item]).collect();
    let links = ordered_links(count, links);
    let weight = |a: u32, b: u32| {
        let pair = (a.min(b), a.max(b));
        links.iter().find(|l| (l.0, l.1) == pair).map(|l| l.2)
    };
    loop {
        let mut best: Option<(f64, usize, usize)> = None;
        for x in 0..groups.len() {
            for y in x + 1..groups.len() {
                let pairs: Vec<(u32, u32)> =
                    groups[x].iter().flat_map(|a| groups[y].iter().map(|b| (*a, *b))).collect();
                let barred = pairs
                    .iter()
                    .any(|(a, b)| cannot.contains(&(*a, *b)) || cannot.contains(&(*b, *a)));
                if barred || pairs.iter().all(|(a, b)| weight(*a, *b).is_none()) {
                    continue;
                }
                let sum: i64 = pairs
                    .iter()
                    .map(|(a, b)| weight(*a, *b).unwrap_or(micro_bits(PARAMETERS.absent_pair)))
                    .sum();
                let mean = sum as f64 / pairs.len() as f64 / 1e6;
                if mean >= PARAMETERS.stop && best.is_none_or(|(top, _, _)| mean > top) {
                    best = Some((mean, x, y));
                }
            }
        }
        let Some((_, x, y)) = best else { break };
        let gone = groups.remove(y);
        groups[x].extend(gone);
        groups[x].sort_unstable();
        groups.sort_unstable();
    }
    let mut labels = vec![0; count];
    for group in &groups {
        group.iter().for_each(|item| labels[*item as usize] = group[0]);
    }
    labels
}

#[test]
fn items_without_links_stay_alone() {
    assert_eq!(clusters(3, &[]), [0, 1, 2]);
    assert_eq!(clusters(0, &[]), [0u32; 0]);
}

#[test]
fn a_weak_bridge_does_not_glue_two_strong_clusters() {
    let triangle = |a: u32| [(a, a + 1, 12.0), (a + 1, a + 2, 12.0), (a, a + 2, 12.0)];
    let mut links = [triangle(0), triangle(3)].concat();
    links.push((2, 3, 8.0));
    assert_eq!(clusters(6, &links), [0, 0, 0, 3, 3, 3]);
}

#[test]
fn cliques_of_any_size_stay_apart_over_a_weak_bridge_and_join_over_a_strong_one() {
    for size in 3..8u32 {
        let clique = |from: u32| {
            (from..from + size).flat_map(move |a| (a + 1..from + size).map(move |b| (a, b, 9.0)))
        };
        let mut links: Vec<_> = clique(0).chain(clique(size)).collect();
        links.push((size - 1, size, 8.9));
        let apart: Vec<u32> = (0..2 * size).map(|item| item / size * size).collect();
        assert_eq!(clusters(2 * size as usize, &links), apart, "one link of {}", size * size);
        let across = (0..size).flat_map(|a| (size..2 * size).map(move |b| (a, b, 1.0)));
        links.extend(across);
        assert!(clusters(2 * size as usize, &links).iter().all(|label| *label == 0));
    }
}

#[test]
fn a_cannot_link_between_two_members_of_a_clique_parts_it_in_two_and_leaves_no_one_alone() {
    let links: Vec<_> =
        (0..6u32).flat_map(|a| (a + 1..6).map(move |b| (a, b, f64::from(20 - a - b)))).collect();
    let labels = cluster(6, &links, &[], &[(4, 5)], &PARAMETERS);
    assert_ne!(labels[4], labels[5]);
    assert!(labels.iter().all(|label| *label == labels[4] || *label == labels[5]));
}

#[test]
fn a_record_that_fits_two_clusters_that_repel_each_other_joins_one_of_them() {
    // Father (0, 1) and son (3, 4) of one name; record 2 lacks the birth date.
    let mut links = vec![(0, 1, 15.0), (3, 4, 15.0), (0, 2, 9.0), (1, 2, 9.0)];
    links.extend([(2, 3, 8.0), (2, 4, 8.0)]);
    links.extend([(0, 3, -8.0), (0, 4, -8.0), (1, 3, -8.0), (1, 4, -8.0)]);
    assert_eq!(clusters(5, &links), [0, 0, 0, 3, 3]);
}

#[test]
fn a_must_link_joins_what_has_no_link_and_a_cannot_link_parts_what_has() {
    let labels = cluster(4, &[(0, 1, 20.0)], &[(2, 3)], &[(1, 0)], &PARAMETERS);
    assert_eq!(labels, [0, 1, 2, 2]);
}

#[test]
fn a_must_link_against_a_cannot_link_gives_way() {
    let labels = cluster(3, &[], &[(0, 1), (1, 2)], &[(0, 2)], &PARAMETERS);
    assert_eq!(labels, [0, 0, 2]);
}

#[test]
fn pairs_that_name_no_item_are_left_out() {
    let labels = cluster(2, &[(0, 7, 20.0), (1, 1, 20.0)], &[(9, 1)], &[(5, 5)], &PARAMETERS);
    assert_eq!(labels, [0, 1]);
}

#[test]
fn a_hub_with_many_spokes_ends_soon_and_does_not_swallow_them() {
    let links: Vec<_> = (1..50_000u32).map(|spoke| (0, spoke, 6.0)).collect();
    let labels = clusters(50_000, &links);
    let with_hub = labels.iter().filter(|label| **label == 0).count();
    assert!((2..10).contains(&with_hub), "{with_hub} items joined the hub");
}

#[test]
fn a_large_clique_becomes_one_cluster() {
    let count = 600u32;
    let links: Vec<_> = (0..count).flat_map(|a| (a + 1..count).map(move |b| (a, b, 5.0))).collect();
    assert!(clusters(count as usize, &links).iter().all(|label| *label == 0));
}

prop_compose! {
    fn graph()(count in 2usize..24)(
        links in prop::collection::vec((0..count as u32, 0..count as u32, -120i32..200), 0..80),
        must in prop::collection::vec((0..count as u32, 0..count as u32), 0..4),
        cannot in prop::collection::vec((0..count as u32, 0..count as u32), 0..6),
        order in Just(()).prop_perturb(|(), mut rng| rng.random::<u64>()),
        count in Just(count),
    ) -> Graph {
        let links = links.into_iter().map(|(a, b, w)| (a, b, f64::from(w) / 8.0)).collect();
        Graph { count, links, must, cannot, order }
    }
}

#[derive(Debug, Clone)]
struct Graph {
    count: usize,
    links: Vec<(u32, u32, f64)>,
    must: Vec<(u32, u32)>,
    cannot: Vec<(u32, u32)>,
    order: u64,
}

proptest! {
    #[test]
    fn labels_are_the_smallest_members_and_do_not_depend_on_input_order_or_threads(graph in graph()) {
        let Graph { count, links, must, cannot, order } = graph;
        let labels = cluster(count, &links, &must, &cannot, &PARAMETERS);
        for (item, label) in labels.iter().enumerate() {
            prop_assert!(*label as usize <= item);
            prop_assert_eq!(labels[*label as usize], *label);
        }
        let mut shuffled: Vec<_> = links.iter().map(|(a, b, w)| (*b, *a, *w)).collect();
        let turn = order as usize % shuffled.len().max(1);
        shuffled.rotate_left(turn);
        let single = rayon::ThreadPoolBuilder::new().num_threads(1).build().unwrap();
        let again = single.install(|| cluster(count, &shuffled, &must, &cannot, &PARAMETERS));
        prop_assert_eq!(labels, again);
    }

    #[test]
    fn a_cannot_link_is_never_violated(graph in graph()) {
        let labels = cluster(graph.count, &graph.links, &graph.must, &graph.cannot, &PARAMETERS);
        for (a, b) in graph.cannot.iter().filter(|(a, b)| a != b) {
            prop_assert_ne!(labels[*a as usize], labels[*b as usize]);
        }
    }

    #[test]
    fn a_must_link_is_honoured_where_no_cannot_link_stands_against_it(graph in graph()) {
        let labels = cluster(graph.count, &graph.links, &graph.must, &[], &PARAMETERS);
        for (a, b) in &graph.must {
            prop_assert_eq!(labels[*a as usize], labels[*b as usize]);
        }
    }

    #[test]
    fn renaming_items_in_order_with_strangers_between_changes_no_cluster(graph in graph()) {
        let labels = cluster(graph.count, &graph.links, &graph.must, &graph.cannot, &PARAMETERS);
        let wide: Vec<_> = graph.links.iter().map(|(a, b, w)| (a * 3 + 1, b * 3 + 1, *w)).collect();
        let widen = |pairs: &[(u32, u32)]| -> Vec<(u32, u32)> {
            pairs.iter().map(|(a, b)| (a * 3 + 1, b * 3 + 1)).collect()
        };
        let spread = cluster(
            graph.count * 3, &wide, &widen(&graph.must), &widen(&graph.cannot), &PARAMETERS,
        );
        for (item, label) in labels.iter().enumerate() {
            prop_assert_eq!(spread[item * 3 + 1], label * 3 + 1);
        }
    }

    #[test]
    fn renaming_items_in_any_way_gives_the_same_clusters(
        weights in prop::collection::vec(-15_000_000i32..25_000_000, 12 * 11 / 2),
        kept in prop::collection::vec(any::<bool>(), 12 * 11 / 2),
        must in prop::option::of((0..12u32, 0..12u32)),
        cannot in prop::collection::vec((0..12u32, 0..12u32), 0..5),
        names in Just((0..12u32).collect::<Vec<_>>()).prop_shuffle(),
    ) {
        // Weights of so many digits that no two joins are worth the same: then no tie is broken by
        // name. One must-link at most: of several that contradict each other the first by name wins.
        let pairs = (0..12u32).flat_map(|a| (a + 1..12).map(move |b| (a, b)));
        let links: Vec<_> = pairs.zip(weights).zip(kept).filter(|(_, kept)| *kept)
            .map(|(((a, b), micro), _)| (a, b, f64::from(micro) / 1e6)).collect();
        let renamed = |pairs: &[(u32, u32)]| -> Vec<(u32, u32)> {
            pairs.iter().map(|(a, b)| (names[*a as usize], names[*b as usize])).collect()
        };
        let must: Vec<_> = must.into_iter().collect();
        let others: Vec<_> =
            links.iter().map(|(a, b, w)| (names[*a as usize], names[*b as usize], *w)).collect();
        let one = cluster(12, &links, &must, &cannot, &PARAMETERS);
        let other = cluster(12, &others, &renamed(&must), &renamed(&cannot), &PARAMETERS);
        for a in 0..12 {
            for b in 0..12 {
                let same = other[names[a] as usize] == other[names[b] as usize];
                prop_assert_eq!(one[a] == one[b], same);
            }
        }
    }

    #[test]
    fn it_is_greedy_average_linkage(graph in graph()) {
        // Distinct weights, so that the yardstick's tie-breaking does not matter.
        let links: Vec<_> = graph.links.iter().enumerate()
            .map(|(i, (a, b, w))| (*a, *b, w + i as f64 * 0.000_7)).collect();
        let labels = cluster(graph.count, &links, &[], &graph.cannot, &PARAMETERS);
        prop_assert_eq!(labels, naive(graph.count, &links, &graph.cannot));
    }
}
