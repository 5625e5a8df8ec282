//! The engine alone on records in memory: block, compare, score, cluster. Same records in any order
//! and on any number of threads: the same clusters and links.

use std::cmp::Ordering;

use rayon::prelude::*;

use super::cluster::cluster;
use super::engine::{Engine, Prepared};
use super::keys::keys;
use super::model::Model;
use crate::model::EntityType;

/// Records that share one key and are all compared with each other; a key of more is narrowed.
const BLOCK_MAX: usize = 300;

/// In a block of more records each is compared with so many that follow it in order of what they
/// say: the number of pairs stays linear in the number of records.
const NEIGHBOURS_MAX: usize = 100;

/// What the engine found among records of one type, given by their positions.
#[derive(Debug, Clone, PartialEq)]
pub struct Resolved {
    /// For each record the smallest position in its cluster.
    pub labels: Vec<u32>,
    /// Links as (smaller position, greater position, bits), ascending.
    pub links: Vec<(u32, u32, f64)>,
    /// Pairs that were compared.
    pub pairs: usize,
}

/// Resolves records of one type.
pub fn resolve(engine: &Engine, entity_type: EntityType, prepared: &[Prepared]) -> Resolved {
    let pairs = candidates(prepared, engine.model());
    let floor = engine.model().types.get(&entity_type).map_or(f64::MAX, |model| model.floor);
    let links: Vec<(u32, u32, f64)> = pairs
        .par_iter()
        .filter_map(|(a, b)| {
            let bits = engine.bits(&prepared[*a as usize], &prepared[*b as usize])?;
            (bits >= floor).then_some((*a, *b, bits))
        })
        .collect();
    let parameters = engine.cluster_parameters(entity_type);
    let labels = cluster(prepared.len(), &links, &[], &[], &parameters);
    Resolved { labels, links, pairs: pairs.len() }
}

/// Links records of two sets, given by `second`, none of which has a duplicate within its own: each
/// with the one that fits it best, where it fits that one best as well, from `least_bits` on; of two
/// that fit equally well neither. Ascending by (position in the first set, position in the second).
pub fn link(
    engine: &Engine,
    prepared: &[Prepared],
    second: &[bool],
    least_bits: f64,
) -> Vec<(u32, u32, f64)> {
    let across = |(a, b): &(u32, u32)| second[*a as usize] != second[*b as usize];
    let pairs: Vec<(u32, u32)> =
        candidates(prepared, engine.model()).into_iter().filter(across).collect();
    let scored: Vec<(u32, u32, f64)> = pairs
        .par_iter()
        .filter_map(|(a, b)| {
            let bits = engine.bits(&prepared[*a as usize], &prepared[*b as usize])?;
            let (a, b) = if second[*a as usize] { (*b, *a) } else { (*a, *b) };
            (bits >= least_bits).then_some((a, b, bits))
        })
        .collect();
    // For each record its best bits, and whether only one other reaches them.
    let mut best: Vec<(f64, bool)> = vec![(f64::MIN, false); prepared.len()];
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

/// Pairs of records that share a blocking key, distinct and ascending.
pub(super) fn candidates(prepared: &[Prepared], model: &Model) -> Vec<(u32, u32)> {
    let mut postings: Vec<(u64, u32)> = prepared
        .par_iter()
        .enumerate()
        .flat_map_iter(|(index, prepared)| {
            keys(prepared.form(), model).into_iter().map(move |key| (key.0, index as u32))
        })
        .collect();
    postings.par_sort_unstable();
    let blocks: Vec<&[(u64, u32)]> =
        postings.chunk_by(|a, b| a.0 == b.0).filter(|block| block.len() > 1).collect();
    let mut pairs: Vec<(u32, u32)> =
        blocks.par_iter().flat_map_iter(|block| pairs_of(block, prepared)).collect();
    pairs.par_sort_unstable();
    pairs.dedup();
    pairs
}

/// The pairs of one block.
fn pairs_of(block: &[(u64, u32)], prepared: &[Prepared]) -> Vec<(u32, u32)> {
    let mut members: Vec<u32> = block.iter().map(|(_, record)| *record).collect();
    let reach = if members.len() <= BLOCK_MAX {
        members.len()
    } else {
        members.sort_by_cached_key(|record| prepared[*record as usize].sorting_text());
        NEIGHBOURS_MAX
    };
    let mut pairs = Vec::with_capacity(members.len() * reach.min(members.len()) / 2);
    for (at, a) in members.iter().enumerate() {
        for b in members[at + 1..].iter().take(reach) {
            pairs.push((*a.min(b), *a.max(b)));
        }
    }
    pairs
}
