//! The figures against plain counting.

use std::collections::BTreeMap;

use proptest::prelude::*;

use super::*;

fn row(health: &Health, bits: i8) -> HealthRow {
    *health.curve.iter().find(|row| row.bits == bits).unwrap()
}

#[test]
fn the_curve_of_a_worked_example() {
    // A triangle of 10 bits, a path of three by 5 and 2.5 bits, and a single record.
    let links = [(0, 1, 10.0), (0, 2, 10.0), (1, 2, 10.0), (3, 4, 5.0), (4, 5, 2.5)];
    let found = health(&[0, 0, 0, 3, 3, 5, 6], &links, 0.0);
    assert_eq!((found.curve.len(), found.records), (17, 7));
    let at = |bits| {
        let row = row(&found, bits);
        (row.links, row.clusters, row.largest_cluster, row.triples.count, row.triples.open)
    };
    assert_eq!(at(11), (0, 7, 1, 0, None));
    assert_eq!(at(6), (3, 5, 3, 3, Some(0.0)));
    assert_eq!(at(3), (4, 4, 3, 3, Some(0.0)));
    assert_eq!(at(2), (5, 3, 3, 4, Some(0.25)));
    let clusters = found.found;
    assert_eq!((clusters.clusters, clusters.largest_cluster), (4, 3));
    assert_eq!((clusters.links_within, clusters.links_between), (4, 1));
    assert_eq!((clusters.largest_density, clusters.triples.open), (Some(1.0), Some(0.0)));
    assert_eq!((found.breaks_at, found.warnings.len()), (None, 0));
}

#[test]
fn a_chain_is_warned_of_and_a_clique_is_not() {
    let labels = vec![0; 60];
    let chain: Vec<_> = (0..59).map(|at| (at, at + 1, 3.5)).collect();
    let found = health(&labels, &chain, 0.0);
    assert_eq!((found.warnings.len(), found.breaks_at), (2, Some(3)));
    assert_eq!(row(&found, 3).records_in_large, 60);
    assert_eq!(found.found.triples.open, Some(1.0));
    let clique: Vec<_> = (0..60).flat_map(|a| (a + 1..60).map(move |b| (a, b, 3.5))).collect();
    let found = health(&labels, &clique, 0.0);
    assert_eq!((found.warnings.len(), found.breaks_at), (0, None));
    assert_eq!(row(&found, 3).largest_density, Some(1.0));
}

#[test]
fn of_too_many_triples_a_sample_tells_the_share() {
    // A hub of 1,000 spokes of which the first 500 are all linked with each other.
    let mut links: Vec<_> = (1..=1_000).map(|spoke| (0, spoke, 8.0)).collect();
    for a in 1..=500 {
        links.extend((a + 1..=500).map(|b| (a, b, 8.0)));
    }
    let found = health(&vec![0; 1_001], &links, 0.0);
    let triples = row(&found, 8).triples;
    assert!(triples.sampled);
    let exact = {
        let closed = 3.0 * (500.0 * 499.0 / 2.0 + 500.0 * 499.0 * 498.0 / 6.0);
        1.0 - closed / triples.count as f64
    };
    assert!((triples.open.unwrap() - exact).abs() < 0.005, "{triples:?} {exact}");
    assert_eq!(found, health(&vec![0; 1_001], &links, 0.0));
}

#[test]
fn no_records_have_no_figures() {
    let nothing = health(&[], &[], 0.0);
    assert_eq!((nothing.found.clusters, nothing.found.largest_cluster), (0, 0));
    assert!(nothing.curve.iter().all(|row| row.clusters == 0 && row.triples.open.is_none()));
}

proptest! {
    #[test]
    fn every_row_is_what_plain_counting_gives(
        drawn in prop::collection::btree_map((0..12u32, 0..12u32), -6.0..15.0f64, 0..40),
        labels in prop::collection::vec(0..12u32, 12),
    ) {
        let links: Vec<Link> = drawn
            .into_iter()
            .filter(|((a, b), _)| a < b)
            .map(|((a, b), bits)| (a, b, bits))
            .collect();
        let found = health(&labels, &links, 1.0);
        for row in &found.curve {
            let kept: Vec<Link> =
                links.iter().copied().filter(|link| link.2 >= f64::from(row.bits)).collect();
            prop_assert_eq!(row.links, kept.len() as u64);
            let mut component: Vec<u32> = (0..12).collect();
            for _ in 0..12 {
                for (a, b, _) in &kept {
                    let least = component[*a as usize].min(component[*b as usize]);
                    (component[*a as usize], component[*b as usize]) = (least, least);
                }
            }
            let mut sizes: BTreeMap<u32, u64> = BTreeMap::new();
            component.iter().for_each(|it| *sizes.entry(*it).or_default() += 1);
            prop_assert_eq!(row.clusters, sizes.len() as u64);
            prop_assert_eq!(Some(row.largest_cluster), sizes.values().copied().max());
            let links_of = |label: &u32| {
                kept.iter().filter(|link| component[link.0 as usize] == *label).count()
            };
            let largest = sizes.iter().filter(|(_, size)| **size == row.largest_cluster);
            let least = largest.map(|(label, _)| links_of(label)).min().unwrap() as f64;
            let pairs = (row.largest_cluster * row.largest_cluster.saturating_sub(1) / 2) as f64;
            prop_assert_eq!(row.largest_density, (pairs > 0.0).then(|| least / pairs));
            let linked = |a: u32, b: u32| kept.iter().any(|it| (it.0, it.1) == (a.min(b), a.max(b)));
            let (mut all, mut open) = (0_u64, 0_u64);
            for middle in 0..12 {
                for a in 0..12 {
                    for b in a + 1..12 {
                        if a != middle && b != middle && linked(a, middle) && linked(b, middle) {
                            all += 1;
                            open += u64::from(!linked(a, b));
                        }
                    }
                }
            }
            prop_assert_eq!(row.triples.count, all);
            prop_assert_eq!(row.triples.open, (all > 0).then(|| open as f64 / all as f64));
        }
    }
}
