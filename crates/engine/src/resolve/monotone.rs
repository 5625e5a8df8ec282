//! Weights that fall with the level: a better agreement never counts for less than a worse one.

/// Weighs levels, strongest first, from how often each was seen among pairs of one thing and among chance
/// pairs (as shares of each, with how many pairs stand behind it): log2 m/u, levels that would break the
/// order pooled with their neighbours (pool adjacent violators, Barlow et al. 1972), and levels of which
/// too little was seen put between their neighbours. All zero where nothing was seen.
pub(super) fn bits(levels: &[Seen]) -> Vec<f64> {
    let mut pools: Vec<Pool> = Vec::new();
    for (index, seen) in levels.iter().enumerate().filter(|(_, seen)| seen.pairs >= PAIRS_MIN) {
        pools.push(Pool { m: seen.m, u: seen.u, last: index });
        while let [.., stronger, weaker] = pools.as_slice() {
            if stronger.bits() >= weaker.bits() {
                break;
            }
            let pooled =
                Pool { m: stronger.m + weaker.m, u: stronger.u + weaker.u, last: weaker.last };
            pools.truncate(pools.len() - 2);
            pools.push(pooled);
        }
    }
    let known = |index: usize| levels[index].pairs >= PAIRS_MIN;
    let pool_of = |index: usize| pools.iter().find(|pool| pool.last >= index);
    let own = |index: usize| pool_of(index).map_or(0.0, Pool::bits);
    (0..levels.len())
        .map(|index| {
            if known(index) {
                return own(index);
            }
            let stronger = (0..index).rev().find(|index| known(*index)).map(own);
            let weaker = (index..levels.len()).find(|index| known(*index)).map(own);
            match (stronger, weaker) {
                (Some(stronger), Some(weaker)) => (stronger + weaker) / 2.0,
                (stronger, weaker) => stronger.or(weaker).unwrap_or(0.0),
            }
        })
        .collect()
}

/// Pairs of a level that are needed before it is believed.
const PAIRS_MIN: f64 = 3.0;

/// The shares of pairs that reached a level.
#[derive(Debug, Clone, Copy)]
pub(super) struct Seen {
    /// The level's share of the pairs of one thing.
    pub m: f64,
    /// The level's share of the chance pairs.
    pub u: f64,
    /// The number of pairs behind both shares.
    pub pairs: f64,
}

/// Neighbouring levels that weigh the same.
struct Pool {
    m: f64,
    u: f64,
    last: usize,
}

impl Pool {
    fn bits(&self) -> f64 {
        (self.m / self.u).log2()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn seen(m: f64, u: f64, pairs: f64) -> Seen {
        Seen { m, u, pairs }
    }

    #[test]
    fn an_order_that_holds_is_left_alone_and_one_that_does_not_is_pooled() {
        let levels = [seen(0.5, 0.125, 9.0), seen(0.25, 0.25, 9.0), seen(0.25, 0.5, 9.0)];
        assert_eq!(bits(&levels), [2.0, 0.0, -1.0]);
        let levels = [seen(0.25, 0.125, 9.0), seen(0.25, 0.0, 9.0), seen(0.5, 0.875, 9.0)];
        let found = bits(&levels);
        assert_eq!((found[0], found[1]), (2.0, 2.0), "pooled: 0.5 / 0.125");
    }

    #[test]
    fn a_level_never_seen_lies_between_its_neighbours() {
        let levels = [seen(0.5, 0.125, 9.0), seen(1e-4, 1e-9, 0.0), seen(0.5, 0.5, 9.0)];
        assert_eq!(bits(&levels), [2.0, 1.0, 0.0]);
        assert_eq!(bits(&[seen(0.5, 0.1, 0.0), seen(0.5, 0.9, 0.0)]), [0.0, 0.0]);
    }

    proptest! {
        #[test]
        fn weights_never_rise(shares in prop::collection::vec((1e-6..1.0, 1e-6..1.0, 0.0..10.0), 1..9)) {
            let levels: Vec<Seen> = shares.into_iter().map(|(m, u, pairs)| seen(m, u, pairs)).collect();
            let bits = bits(&levels);
            prop_assert!(bits.windows(2).all(|pair| pair[0] >= pair[1] - 1e-9), "{bits:?}");
        }
    }
}
