//! Same records, in any order, in one load or many: the same bytes.

use proptest::prelude::*;

use super::world::{World, row, text};

proptest! {
    #![proptest_config(ProptestConfig { cases: 32, ..ProptestConfig::default() })]

    #[test]
    fn order_and_batches_change_nothing(
        rows in prop::collection::vec(row(), 1..20),
        order in Just((0..20usize).collect::<Vec<_>>()).prop_shuffle(),
        at_once in 1usize..20,
    ) {
        let (one, other) = (World::empty(), World::empty());
        one.submit(rows.iter().enumerate(), rows.len());
        let shuffled = order.iter().filter(|number| **number < rows.len());
        other.submit(shuffled.map(|number| (*number, &rows[*number])), at_once);
        let (one, other) = (one.whole(), other.whole());
        prop_assert_eq!(one.tag(), other.tag());
        prop_assert_eq!(text(&one), text(&other));
    }

    #[test]
    fn threads_change_nothing(rows in prop::collection::vec(row(), 1..20)) {
        let build = |threads: usize| {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
            pool.install(|| {
                let world = World::empty();
                world.submit(rows.iter().enumerate(), 7);
                text(&world.whole())
            })
        };
        prop_assert_eq!(build(1), build(4));
    }
}
