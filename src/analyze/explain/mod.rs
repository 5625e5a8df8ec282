//! Explanations of the score of two records, of the evidence that a pair below the stop lacks, and of the links that
//! hold the records of an entity together.
//! Explanations have attributes, levels and bits only: none repeats the content of a record, so that the explanation of
//! a masked person may be shown as it is.

mod entity;
mod pair;
mod spanning;
#[cfg(test)]
mod tests;

pub use entity::{EntityExplanation, how};
pub use pair::{Between, Gain, PairExplanation, Step, WhyNot, why};
pub use spanning::{Explanation, explain};

use crate::graph::{LinkIndex, Snapshot};
use crate::resolve::ClusterParameters;

/// Returns the mean bits over so many pairs, of which these links are the linked ones, counted as clustering counts
/// them: an unlinked pair counts as evidence against. `None` if `pairs` is 0.
fn mean_bits(
    snapshot: &Snapshot,
    links: &[LinkIndex],
    pairs: usize,
    parameters: &ClusterParameters,
) -> Option<f64> {
    let linked: f64 = links.iter().map(|link| snapshot.links()[*link].bits).sum();
    let absent = parameters.absent_pair.min(parameters.stop);
    let unlinked = pairs.saturating_sub(links.len()) as f64 * absent;
    (pairs > 0).then(|| (linked + unlinked) / pairs as f64)
}
