//! The generator's only source of chance: ChaCha8, one stream per block of people, so that blocks
//! can be made in any order and on any thread with the same bytes. Knows nothing of the scenario.

use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;

/// Deterministic dice of one block.
pub(super) struct Dice(ChaCha8Rng);

impl Dice {
    /// The dice of one block under one seed.
    pub fn new(seed: u64, block: u64) -> Self {
        let mut generator = ChaCha8Rng::seed_from_u64(seed);
        generator.set_stream(block);
        Self(generator)
    }

    /// Uniform in `0..bound`; 0 when `bound` is 0. The bias (below 2^-32) does not matter here.
    pub fn below(&mut self, bound: usize) -> usize {
        (((self.0.next_u64() >> 32) * bound as u64) >> 32) as usize
    }

    /// Uniform in `from..=to`.
    pub fn between(&mut self, from: i64, to: i64) -> i64 {
        from + self.below((to - from + 1).max(1) as usize) as i64
    }

    /// Uniform in `[0, 1)`.
    pub fn unit(&mut self) -> f64 {
        (self.0.next_u64() >> 11) as f64 / (1u64 << 53) as f64
    }

    /// True with the given probability.
    pub fn chance(&mut self, probability: f64) -> bool {
        self.unit() < probability
    }

    /// One of the items, which must not be empty.
    pub fn pick<'a, T>(&mut self, items: &'a [T]) -> &'a T {
        &items[self.below(items.len())]
    }

    /// An index in `0..bound` that prefers small ones: the first is far the most frequent, as
    /// names in a population are.
    pub fn skewed(&mut self, bound: usize) -> usize {
        let unit = self.unit();
        ((unit * unit * bound as f64) as usize).min(bound.saturating_sub(1))
    }

    /// A rank from 0 on, below about `count`, whose frequency falls as 1 / (rank + `flat`): the law
    /// of Zipf and Mandelbrot that names in a population follow.
    pub fn ranked(&mut self, count: f64, flat: f64) -> usize {
        (flat * ((1.0 + count / flat).powf(self.unit()) - 1.0)) as usize
    }
}
