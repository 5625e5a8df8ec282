//! The engine alone on records in memory: block, compare, score, cluster. Same records in any order
//! and on any number of threads: the same clusters and links.

use std::cmp::Ordering;

use rayon::prelude::*;

use super::blocks::Blocks;
use super::cluster::{ClusterParameters, cluster, cluster_unlabelled};
use super::comparison_cache::ComparisonCache;
use super::engine::Engine;
use super::table::Table;

/// Records whose candidates one thread compares at a time.
const CHUNK: usize = 256;

/// The links and clusters that the engine found among records of one type, which are named by their positions.
#[derive(Debug, Clone, PartialEq)]
pub struct Resolved {
    /// For each record the smallest position in its cluster.
    pub labels: Vec<u32>,
    /// Links as (smaller position, greater position, bits), ascending.
    pub links: Vec<(u32, u32, f64)>,
    /// Pairs that were compared.
    pub pairs: usize,
    /// The parameters by which clusters were joined.
    pub cluster: ClusterParameters,
}

/// Resolves the records of a table whose candidates are known. `progress` is told now and then how many
/// records have been compared with theirs since the last time.
pub fn resolve(
    engine: &Engine,
    table: &Table,
    blocks: &Blocks,
    progress: &(dyn Fn(usize) + Sync),
) -> Resolved {
    resolve_by(engine, table, blocks, progress, |count, links, parameters| {
        (cluster(count, links, &[], &[], parameters), *parameters)
    })
}

/// [`resolve`] with a model that was trained without labels on these records: where clusters stop to join is
/// learnt from the records, too.
pub fn resolve_unlabelled(
    engine: &Engine,
    table: &Table,
    blocks: &Blocks,
    progress: &(dyn Fn(usize) + Sync),
) -> Resolved {
    resolve_by(engine, table, blocks, progress, cluster_unlabelled)
}

/// Scores the candidates and clusters the links at or above the model's floor by `join`, which is given the
/// model's limits and tells by which it joined.
fn resolve_by(
    engine: &Engine,
    table: &Table,
    blocks: &Blocks,
    progress: &(dyn Fn(usize) + Sync),
    join: impl FnOnce(usize, &[Scored], &ClusterParameters) -> (Vec<u32>, ClusterParameters),
) -> Resolved {
    let model = engine.model().types.get(&table.entity_type());
    let floor = model.map_or(f64::MAX, |model| model.floor);
    let (links, pairs) = score(engine, table, blocks, floor, |_, _| true, progress);
    let parameters = engine.cluster_parameters(table.entity_type());
    let (labels, cluster) = join(table.len(), &links, &parameters);
    Resolved { labels, links, pairs, cluster }
}

/// Links records of two sets, given by `second`, none of which has a duplicate within its own: each
/// with the one that fits it best, where it fits that one best as well, from `least_bits` on; of two
/// that fit equally well neither. Ascending by (position in the first set, position in the second).
pub fn link(
    engine: &Engine,
    table: &Table,
    blocks: &Blocks,
    second: &[bool],
    least_bits: f64,
    progress: &(dyn Fn(usize) + Sync),
) -> Vec<(u32, u32, f64)> {
    let across = |a: u32, b: u32| second[a as usize] != second[b as usize];
    let (scored, _) = score(engine, table, blocks, least_bits, across, progress);
    let first_before_second =
        |(a, b, bits)| if second[a as usize] { (b, a, bits) } else { (a, b, bits) };
    let scored: Vec<_> = scored.into_iter().map(first_before_second).collect();
    // For each record its best bits, and whether only one other reaches them.
    let mut best: Vec<(f64, bool)> = vec![(f64::MIN, false); table.len()];
    for (a, b, bits) in &scored {
        for record in [*a, *b] {
            let (most, alone) = &mut best[record as usize];
            (*most, *alone) = match bits.total_cmp(most) {
                Ordering::Greater => (*bits, true),
                Ordering::Equal => (*most, false),
                Ordering::Less => (*most, *alone),
            };
        }
    }
    let is_best = |record: u32, bits: f64| best[record as usize] == (bits, true);
    let mut links: Vec<(u32, u32, f64)> = scored
        .into_iter()
        .filter(|(a, b, bits)| is_best(*a, *bits) && is_best(*b, *bits))
        .collect();
    links.sort_by_key(|link| (link.0, link.1));
    links
}

/// A pair of positions and its bits.
type Scored = (u32, u32, f64);

/// The candidate pairs that are `wanted` and score at least `least_bits`, ascending, and how many were
/// compared.
fn score(
    engine: &Engine,
    table: &Table,
    blocks: &Blocks,
    least_bits: f64,
    wanted: impl Fn(u32, u32) -> bool + Sync,
    progress: &(dyn Fn(usize) + Sync),
) -> (Vec<Scored>, usize) {
    let Some(weights) = engine.weights(table.entity_type()) else { return (Vec::new(), 0) };
    let records: Vec<u32> = (0..table.len() as u32).collect();
    let parts: Vec<(Vec<Scored>, usize)> = records
        .par_chunks(CHUNK)
        .map_init(ComparisonCache::default, |memo, records| {
            let (mut links, mut pairs, mut others) = (Vec::new(), 0, Vec::new());
            for a in records {
                blocks.partners(*a, &mut others);
                table.touch(&others);
                for b in others.iter().filter(|b| wanted(*a, **b)) {
                    pairs += 1;
                    if let Some(bits) = table.bits((*a, *b), weights, least_bits, memo) {
                        links.push((*a, *b, bits));
                    }
                }
            }
            progress(records.len());
            links.shrink_to_fit();
            (links, pairs)
        })
        .collect();
    let pairs = parts.iter().map(|(_, pairs)| pairs).sum();
    (parts.into_iter().flat_map(|(links, _)| links).collect(), pairs)
}
