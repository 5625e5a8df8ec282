//! Clustering: links between records to entities, without chaining.
//!
//! Guarded average linkage over summed bits: two clusters join while the *mean* weight of all
//! pairs between them stays at or above a stop value, where a pair without a link counts as
//! evidence against (`absent_pair`). A weak bridge between two strong clusters therefore does not
//! glue them, which plain connected components would. Must-links are joined first; a join that
//! would put the two ends of a cannot-link into one cluster is refused at every step.
//!
//! This module knows indexes and bits only: not records, types or models. Sums are kept in whole
//! micro-bits, so that they do not depend on the order of addition; the result depends on
//! nothing but the sets of links, on any number of threads.

use rayon::prelude::*;
use serde::{Deserialize, Serialize};

mod agglomerate;
mod components;
mod settle;

use agglomerate::{Agglomerated, agglomerate};
use components::{Component, components};
use settle::settled;

/// The parameters of clustering, from the model: when two clusters join.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ClusterParameters {
    /// Two clusters join while the mean bits of the pairs between them is at least this.
    pub stop: f64,
    /// The weight of a pair without a link, in bits; values above `stop` are taken as `stop`.
    pub absent_pair: f64,
}

impl ClusterParameters {
    /// Tells if two items that nothing else is linked with join by a link of so many bits.
    ///
    /// ```
    /// use accord_engine::resolve::{ClusterParameters, cluster};
    ///
    /// let parameters = ClusterParameters { stop: 2.0, absent_pair: -3.0 };
    /// for bits in [1.9999, 2.0, 2.0001] {
    ///     let labels = cluster(2, &[(0, 1, bits)], &[], &[], &parameters);
    ///     assert_eq!(labels == [0, 0], parameters.join(bits));
    /// }
    /// ```
    pub fn join(&self, bits: f64) -> bool {
        micro_bits(bits) as f64 / 1e6 >= self.stop
    }
}

/// A weight in millionths of a bit.
pub(crate) type MicroBits = i64;

/// Weights beyond this many bits either way add nothing to a decision and are cut, so that sums
/// over any number of pairs stay exact.
const WEIGHT_CAP: f64 = 1_000.0;

/// Bits to whole micro-bits; what is not a number is no evidence.
pub(crate) fn micro_bits(bits: f64) -> MicroBits {
    if bits.is_nan() { 0 } else { (bits.clamp(-WEIGHT_CAP, WEIGHT_CAP) * 1e6).round() as MicroBits }
}

/// Clusters `count` items.
///
/// `links` are (item, item, bits), `must_link` and `cannot_link` pairs of items, all in any order
/// and direction; of several links of one pair the strongest counts. Pairs that name an item
/// outside `0..count`, or the same item twice, are left out. A must-link that contradicts the
/// cannot-links is left out too (must-links are tried in ascending order): not to merge is the
/// error that can be mended.
///
/// Returns for each item the smallest member of its cluster. `O(E log E)` for `E` links.
pub fn cluster(
    count: usize,
    links: &[(u32, u32, f64)],
    must_link: &[(u32, u32)],
    cannot_link: &[(u32, u32)],
    parameters: &ClusterParameters,
) -> Vec<u32> {
    let must_link = ordered_pairs(count, must_link);
    let cannot_link = ordered_pairs(count, cannot_link);
    let links = ordered_links(count, links);
    let parts = components(count, &links, &must_link, &cannot_link);
    labels(count, &agglomerated(&parts, parameters))
}

/// Clusters `count` items by links alone, as [`cluster`] does, where no label tells when to stop: at `lowest` or
/// above it, by the heights at which clusters join ([`settled`]). Returns the labels and the stop.
pub fn cluster_unlabelled(
    count: usize,
    links: &[(u32, u32, f64)],
    lowest: &ClusterParameters,
) -> (Vec<u32>, ClusterParameters) {
    let links = ordered_links(count, links);
    let parts = components(count, &links, &[], &[]);
    let all = agglomerated(&parts, lowest);
    let heights: Vec<f64> = all.iter().flat_map(|part| part.heights.iter().copied()).collect();
    let settled = ClusterParameters { stop: settled(&heights, lowest.stop), ..*lowest };
    if settled == *lowest {
        return (labels(count, &all), settled);
    }
    (labels(count, &agglomerated(&parts, &settled)), settled)
}

fn agglomerated(parts: &[Component], parameters: &ClusterParameters) -> Vec<Agglomerated> {
    parts.par_iter().map(|component| agglomerate(component, parameters)).collect()
}

fn labels(count: usize, parts: &[Agglomerated]) -> Vec<u32> {
    let mut labels: Vec<u32> = (0..count as u32).collect();
    for (item, label) in parts.iter().flat_map(|part| &part.labels) {
        labels[*item as usize] = *label;
    }
    labels
}

/// Valid pairs with the smaller item first, ascending, distinct.
fn ordered_pairs(count: usize, pairs: &[(u32, u32)]) -> Vec<(u32, u32)> {
    let valid = pairs.iter().filter(|(a, b)| a != b && (*a.max(b) as usize) < count);
    let mut ordered: Vec<_> = valid.map(|(a, b)| (*a.min(b), *a.max(b))).collect();
    ordered.sort_unstable();
    ordered.dedup();
    ordered
}

/// Valid links with the smaller item first, ascending; of several of one pair the strongest.
fn ordered_links(count: usize, links: &[(u32, u32, f64)]) -> Vec<(u32, u32, MicroBits)> {
    let valid = links.iter().filter(|(a, b, _)| a != b && (*a.max(b) as usize) < count);
    let mut ordered: Vec<_> =
        valid.map(|(a, b, bits)| (*a.min(b), *a.max(b), micro_bits(*bits))).collect();
    ordered.sort_unstable_by_key(|link| (link.0, link.1, -link.2));
    ordered.dedup_by_key(|link| (link.0, link.1));
    ordered
}

#[cfg(test)]
mod tests;
