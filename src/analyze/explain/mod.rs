//! Why two records score as they do, what would be needed where that is not enough, and how the
//! records of an entity hold together.
//!
//! Attributes, levels and bits only: no explanation repeats what a record says, so that of a masked
//! person may be shown as it is.

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

/// Mean bits over so many pairs, of which these links are linked, counted as clustering counts
/// them; `None` when there is no pair.
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
