//! Figures: values that are computed on masked content and do not repeat it.

use super::Snapshot;

/// A value that repeats no content of records: a number, a boolean, keyed hashes, or a value that is only compared. A
/// type is declared a figure where it is defined, and the declaration says why it is one; texts and records are none:
///
/// ```compile_fail
/// # fn name(snapshot: &accord::graph::Snapshot) -> String {
/// snapshot.figure(|original| original.name(Default::default()))
/// # }
/// ```
pub trait Figure {}

impl Figure for bool {}
impl Figure for usize {}
impl<F: Figure> Figure for Option<F> {}
impl<F: Figure> Figure for Vec<F> {}
impl<F: Figure, E> Figure for Result<F, E> {}

impl Snapshot {
    /// Computes a figure on the unmasked snapshot that this one was masked from (or on itself, if it is not masked).
    /// Nothing else of the unmasked snapshot leaves it.
    pub fn figure<F: Figure>(&self, of: impl FnOnce(&Self) -> F) -> F {
        of(self.original())
    }
}
