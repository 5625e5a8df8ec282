//! The null model: the counts that are usual in the view for things of a type.

use super::NullModel;

/// Words for the counts of a population, for its description.
#[derive(Debug, Clone, Copy)]
pub(super) struct Counting {
    /// The counted units of each thing: "unrelated blocks".
    pub what: &'static str,
    /// The things that have them: "hubs".
    pub things: &'static str,
}

/// The limits at which a count is unusual; it must be within both.
#[derive(Debug, Clone, Copy)]
pub(super) struct Unusual {
    /// The largest tail probability, 0 to 1.
    pub p_max: f64,
    /// The largest rank probability, 0 to 1.
    pub p_rank_max: f64,
}

/// The counts of the things of one type that are not exempt.
///
/// The null model is a geometric tail, `P(U >= u) = r^(u - 1)`, learnt from the other things with each count cut off at
/// the threshold, so that the very things that are looked for do not teach the model that they are usual. The
/// uncertainty of r is kept: r has the Beta distribution that a uniform prior becomes by the evidence, and the tail
/// probability is its mean. With few things no p is small.
pub(super) struct Population {
    counting: Counting,
    /// The count `u` of each thing, ascending.
    sorted: Vec<usize>,
    threshold: usize,
    /// The sum of `min(u, threshold) - 1` over all things.
    beyond: usize,
    /// The number of things below the threshold.
    below: usize,
}

impl Population {
    pub fn new(counts: impl Iterator<Item = usize>, threshold: usize, counting: Counting) -> Self {
        let mut sorted: Vec<usize> = counts.collect();
        sorted.sort_unstable();
        let beyond = sorted.iter().map(|u| u.min(&threshold).saturating_sub(1)).sum();
        let below = sorted.iter().filter(|u| **u < threshold).count();
        Self { counting, sorted, threshold, beyond, below }
    }

    /// The number of things.
    pub fn things(&self) -> usize {
        self.sorted.len()
    }

    /// The Beta parameters of r, learnt without the thing that is tested: `own` is its count, or `None` if it is not in
    /// this population.
    fn beta(&self, own: Option<usize>) -> (f64, f64) {
        let own_beyond = own.map_or(0, |u| u.min(self.threshold).saturating_sub(1));
        let own_below = own.is_some_and(|u| u < self.threshold) as usize;
        ((self.beyond - own_beyond + 1) as f64, (self.below - own_below + 1) as f64)
    }

    /// The tail probability of `u`, learnt without the thing that is tested; `own` is its count, or `None` if it is not
    /// in this population.
    pub fn p(&self, own: Option<usize>, u: usize) -> f64 {
        let (a, b) = self.beta(own);
        let factor = |nth: usize| (a + nth as f64) / (a + b + nth as f64);
        // Far out the product is 0 long before the largest thing is reached.
        (0..u.saturating_sub(1)).map(factor).try_fold(1.0, product).unwrap_or(0.0)
    }

    /// The rank form `(1 + #{others >= u}) / (others + 1)` of the tail probability; `own` is the count of the thing
    /// that is tested, or `None` if it is not in this population.
    pub fn p_rank(&self, own: Option<usize>, u: usize) -> f64 {
        let own_as_many = own.is_some_and(|own| own >= u) as usize;
        let as_many = self.sorted.len() - self.sorted.partition_point(|other| *other < u);
        let others = self.sorted.len() - own.is_some() as usize;
        (1 + as_many - own_as_many) as f64 / (others + 1) as f64
    }

    /// The smallest `u`, not below the threshold, that is unusual for the thing with the count `own`.
    pub fn firing_at(&self, own: Option<usize>, limits: Unusual) -> usize {
        let most = self.sorted.last().copied().unwrap_or(0).max(self.threshold);
        let unusual = |u: &usize| {
            self.p(own, *u) <= limits.p_max && self.p_rank(own, *u) <= limits.p_rank_max
        };
        (self.threshold..=most).find(unusual).unwrap_or(most + 1)
    }

    /// Describes the model that was learnt without the thing with the count `own`.
    pub fn describe(&self, own: Option<usize>) -> NullModel {
        let others = self.sorted.len() - own.is_some() as usize;
        let (a, b) = self.beta(own);
        let Counting { what, things } = self.counting;
        NullModel {
            description: format!(
                "beta-geometric tail of {what}, learnt from {others} other {things} of the type in this \
                 view, each cut off at {}; with few {things} no p is small",
                self.threshold
            ),
            others,
            ratio: a / (a + b),
        }
    }
}

/// The product, until it is too small to matter.
fn product(so_far: f64, factor: f64) -> Option<f64> {
    Some(so_far * factor).filter(|product| *product > f64::MIN_POSITIVE)
}

/// Benjamini-Hochberg adjusted p: for each the smallest false-discovery rate at which it passes.
pub(super) fn benjamini_hochberg(tested: &[(usize, f64)]) -> Vec<(usize, f64)> {
    let mut order: Vec<(usize, f64)> = tested.to_vec();
    order.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
    let count = order.len();
    let mut smallest = 1.0f64;
    for (after, (_, value)) in order.iter_mut().enumerate() {
        smallest = smallest.min(*value * count as f64 / (count - after) as f64);
        *value = smallest;
    }
    order
}

/// Returns the score of a tail probability, 0 to 1, on a logarithmic scale.
/// `p_of_full_score` is the probability that scores 1.
pub(super) fn score(p: f64, p_of_full_score: f64) -> f64 {
    let full = p_of_full_score.clamp(f64::MIN_POSITIVE, 0.5).ln();
    (p.max(f64::MIN_POSITIVE).ln() / full).clamp(0.0, 1.0)
}
