use std::path::Path;

use proptest::prelude::*;

use super::*;
use crate::analyze::samples::*;

fn ranks(network: &Network) -> Vec<f64> {
    pagerank(network, &PageRankOptions::default()).scores
}

#[test]
fn degrees_count_edges() {
    assert_eq!(degree(&star(5)), [4, 1, 1, 1, 1]);
    assert_eq!(degree(&Network::from_arcs(3, &[(0, 1), (1, 0), (1, 2)], true)), [2, 3, 1]);
}

#[test]
fn betweenness_of_plain_shapes() {
    assert_close(&betweenness(&complete(7)), &[0.0; 7], 0.0);
    assert_close(&betweenness(&star(6)), &[10.0, 0.0, 0.0, 0.0, 0.0, 0.0], 1e-12);
    assert_close(&betweenness(&path(5)), &[0.0, 3.0, 4.0, 3.0, 0.0], 1e-12);
    assert_close(&betweenness(&cycle(8)), &[4.5; 8], 1e-12);
    assert_close(&betweenness(&cycle(9)), &[6.0; 9], 1e-12);
    let one_way = Network::from_arcs(3, &[(0, 1), (1, 2), (2, 0)], true);
    assert_close(&betweenness(&one_way), &[1.0; 3], 1e-12);
}

#[test]
fn normalized_betweenness_is_a_share() {
    assert_close(&normalized(&betweenness(&star(6)), 6, false)[..1], &[1.0], 1e-12);
    let two_way: Vec<(u32, u32)> = (1..6).flat_map(|leaf| [(0, leaf), (leaf, 0)]).collect();
    let star = Network::from_arcs(6, &two_way, true);
    assert_close(&normalized(&betweenness(&star), 6, true)[..1], &[1.0], 1e-12);
    assert_eq!(normalized(&[0.0, 0.0], 2, false), [0.0, 0.0]);
}

#[test]
fn pagerank_of_plain_shapes() {
    assert_close(&ranks(&complete(5)), &[0.2; 5], 1e-9);
    assert_close(&ranks(&cycle(7)), &[1.0 / 7.0; 7], 1e-9);
    let centre = (0.15 / 6.0 + 0.85) / 1.85;
    assert_close(&ranks(&star(6))[..2], &[centre, (1.0 - centre) / 5.0], 1e-8);
    assert_close(&ranks(&Network::from_arcs(4, &[], false)), &[0.25; 4], 1e-12);
    // A sink: x0 = b, x1 = b + 0.85 b with b the base that both get.
    let sink = ranks(&Network::from_arcs(2, &[(0, 1)], true));
    assert_close(&sink, &[1.0 / 2.85, 1.85 / 2.85], 1e-9);
    assert!(ranks(&Network::from_arcs(0, &[], true)).is_empty());
}

#[test]
fn pagerank_stops_by_tolerance_or_after_a_fixed_number() {
    let converged = pagerank(&star(9), &PageRankOptions::default());
    assert!(converged.change < 1e-10 && converged.iterations < 200);
    let options = PageRankOptions { tolerance: 0.0, iterations_max: 3, ..Default::default() };
    // A complete network does not change at all, and is iterated all the same.
    assert_eq!(pagerank(&complete(4), &options).iterations, 3);
    let none = PageRankOptions { iterations_max: 0, ..options };
    assert_eq!(pagerank(&complete(4), &none).scores, [0.25; 4]);
}

#[test]
fn classic_networks_have_the_published_values() {
    for name in ["karate", "florentine"] {
        let Some((network, measures)) = shared(name) else { return };
        let nodes = network.nodes();
        let raw = betweenness(&network);
        assert_close(&raw, &by_node(&measures, "betweenness_raw"), 1e-9);
        let shares = normalized(&raw, nodes, false);
        assert_close(&shares, &by_node(&measures, "betweenness_normalised"), 1e-9);
        let scores = ranks(&network);
        assert_close(&scores, &by_node(&measures, "pagerank_d085_dangling_uniform"), 1e-7);
    }
}

/// Numbers of a text, line by line.
fn rows(path: &Path) -> Vec<Vec<f64>> {
    let number = |word: &str| word.parse().unwrap();
    let lines = read(path);
    lines.lines().map(|line| line.split_whitespace().map(number).collect()).collect()
}

/// LDBC rule: every score within 0.01 % relative of the official one, after so many iterations.
fn conforms(input: &Path, output: &Path, directed: bool, iterations_max: u32) {
    let expected = rows(output);
    let ids: Vec<f64> = expected.iter().map(|row| row[0]).collect();
    let node = |id: f64| ids.iter().position(|known| *known == id).unwrap() as u32;
    let arcs: Vec<(u32, u32)> = rows(input)
        .iter()
        .filter(|row| !row.is_empty())
        .flat_map(|row| row[1..].iter().map(|to| (node(row[0]), node(*to))).collect::<Vec<_>>())
        .collect();
    let network = Network::from_arcs(ids.len(), &arcs, directed);
    let options = PageRankOptions { damping: 0.85, tolerance: 0.0, iterations_max };
    let found = pagerank(&network, &options);
    assert_eq!(found.iterations, iterations_max);
    for (score, row) in found.scores.iter().zip(&expected) {
        assert!((score - row[1]).abs() <= 1e-4 * row[1], "{}: {score}, not {}", row[0], row[1]);
    }
}

#[test]
fn pagerank_conforms_to_ldbc() {
    let Some(graphs) = shared_graphs() else { return };
    let at = |name: &str| graphs.join("ldbc").join(name);
    let example = |name: &str| at(&format!("example/example-{name}"));
    conforms(&example("directed-input"), &example("directed-PR"), true, 2);
    conforms(&example("undirected-input"), &example("undirected-PR"), false, 2);
    conforms(&at("pr/dir-input"), &at("pr/dir-output"), true, 14);
    conforms(&at("pr/undir-input"), &at("pr/undir-output"), false, 26);
}

#[test]
fn results_do_not_depend_on_threads() {
    let network = large();
    let compute = || {
        let bits = |values: Vec<f64>| values.into_iter().map(f64::to_bits).collect::<Vec<_>>();
        (bits(betweenness(&network)), bits(ranks(&network)))
    };
    assert!(with_threads(1, compute) == with_threads(4, compute));
}

/// Hops and numbers of shortest paths from a source, by plain breadth-first search.
fn counted(network: &Network, source: u32) -> (Vec<Option<u32>>, Vec<f64>) {
    let mut hops = vec![None; network.nodes()];
    let mut paths = vec![0.0; network.nodes()];
    hops[source as usize] = Some(0);
    paths[source as usize] = 1.0;
    for level in 0..network.nodes() as u32 {
        for node in 0..network.nodes() {
            if hops[node] == Some(level) {
                for &target in network.out(node as u32) {
                    if hops[target as usize].is_none_or(|known| known == level + 1) {
                        hops[target as usize] = Some(level + 1);
                        paths[target as usize] += paths[node];
                    }
                }
            }
        }
    }
    (hops, paths)
}

/// Betweenness by its definition, over all pairs and all nodes between.
fn naive_betweenness(network: &Network) -> Vec<f64> {
    let nodes = network.nodes();
    let from: Vec<_> = (0..nodes as u32).map(|source| counted(network, source)).collect();
    let mut sums = vec![0.0; nodes];
    for s in 0..nodes {
        for t in (0..nodes).filter(|t| *t != s && (network.directed() || *t > s)) {
            for v in (0..nodes).filter(|v| *v != s && *v != t) {
                let (Some(st), Some(sv), Some(vt)) = (from[s].0[t], from[s].0[v], from[v].0[t])
                else {
                    continue;
                };
                if sv + vt == st {
                    sums[v] += from[s].1[v] * from[v].1[t] / from[s].1[t];
                }
            }
        }
    }
    sums
}

/// PageRank by the dense matrix.
fn naive_pagerank(network: &Network, iterations: u32) -> Vec<f64> {
    let nodes = network.nodes();
    let mut scores = vec![1.0 / nodes as f64; nodes];
    for _ in 0..iterations {
        let mut next = vec![0.15 / nodes as f64; nodes];
        for (node, score) in scores.iter().enumerate() {
            let out = network.out(node as u32);
            for (target, mass) in next.iter_mut().enumerate() {
                let share = match out.len() {
                    0 => 1.0 / nodes as f64,
                    arcs if out.contains(&(target as u32)) => 1.0 / arcs as f64,
                    _ => 0.0,
                };
                *mass += 0.85 * score * share;
            }
        }
        scores = next;
    }
    scores
}

proptest! {
    #[test]
    fn betweenness_is_as_defined((nodes, arcs) in arcs(14, 40), directed: bool) {
        let network = Network::from_arcs(nodes, &arcs, directed);
        assert_close(&betweenness(&network), &naive_betweenness(&network), 1e-9);
    }

    #[test]
    fn normalized_betweenness_is_from_0_to_1((nodes, arcs) in arcs(14, 40), directed: bool) {
        let network = Network::from_arcs(nodes, &arcs, directed);
        let shares = normalized(&betweenness(&network), nodes, directed);
        prop_assert!(shares.iter().all(|share| (0.0..=1.0 + 1e-12).contains(share)));
    }

    #[test]
    fn pagerank_is_as_defined((nodes, arcs) in arcs(14, 40), directed: bool, iterations in 0_u32..9) {
        let network = Network::from_arcs(nodes, &arcs, directed);
        let options = PageRankOptions { tolerance: 0.0, iterations_max: iterations, ..Default::default() };
        let found = pagerank(&network, &options);
        assert_close(&found.scores, &naive_pagerank(&network, iterations), 1e-9);
        prop_assert!((found.scores.iter().sum::<f64>() - 1.0).abs() < 1e-12);
    }

    #[test]
    fn new_numbers_of_nodes_permute_the_results(
        ((nodes, arcs), labels) in relabelled(14, 40),
        directed: bool,
    ) {
        let before = Network::from_arcs(nodes, &arcs, directed);
        let after = Network::from_arcs(nodes, &relabel(&arcs, &labels), directed);
        let moved = |values: Vec<f64>| -> Vec<f64> {
            labels.iter().map(|label| values[*label as usize]).collect()
        };
        assert_close(&moved(betweenness(&after)), &betweenness(&before), 1e-9);
        assert_close(&moved(ranks(&after)), &ranks(&before), 1e-6);
        let degrees = degree(&after);
        let degrees: Vec<u32> = labels.iter().map(|label| degrees[*label as usize]).collect();
        prop_assert_eq!(degrees, degree(&before));
    }
}
