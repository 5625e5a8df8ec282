//! Compact snapshots: expanded they equal the original, and hold no object twice.

use std::sync::Arc;

use accord::graph::{Cache, CompactSnapshot, Layered, Position, SharedObjects, Snapshot};
use proptest::prelude::*;
use proptest::strategy::ValueTree;

use super::world::{AGENCIES, World, row, text};

fn shares_all(one: &Snapshot, other: &Snapshot) -> bool {
    fn same<I: Position, T>(one: &Layered<I, Arc<T>>, other: &Layered<I, Arc<T>>) -> bool {
        one.len() == other.len()
            && one.iter().zip(other).all(|(one, other)| Arc::ptr_eq(one, other))
    }
    same(one.records(), other.records())
        && same(one.ties(), other.ties())
        && same(one.links(), other.links())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 32, ..ProptestConfig::default() })]

    /// An expanded snapshot equals the original, whether none, some or all of its objects are shared.
    #[test]
    fn unpacked_a_snapshot_is_the_same_again(rows in prop::collection::vec(row(), 1..24)) {
        let world = World::empty();
        world.submit(rows.iter().enumerate(), 24);
        let cache = Cache::new(world.id_key.clone(), Arc::clone(&world.engine));
        let mut shared = SharedObjects::default();
        for agency in AGENCIES {
            let view = world.view(agency);
            let masked = cache.masked(&world.store, &view, "").unwrap().0;
            let plain = cache.snapshot(&world.store, &view).unwrap().0;
            for snapshot in [&masked, &plain] {
                for _ in 0..2 {
                    let expanded = CompactSnapshot::of(snapshot, &shared).expanded();
                    prop_assert_eq!(text(&expanded), text(snapshot));
                    prop_assert!(shares_all(&expanded, snapshot));
                    prop_assert!(expanded.figure(|it| snapshot.figure(|other| shares_all(it, other))));
                    shared.add(snapshot);
                }
            }
        }
    }

    /// With any limit of bytes, every answer of the cache equals that of a snapshot built alone.
    #[test]
    fn packed_views_answer_as_open_ones(
        rows in prop::collection::vec(row(), 1..16),
        later in prop::collection::vec(row(), 0..3),
        bytes_max in 0usize..60_000,
        asked in prop::collection::vec((0..AGENCIES.len(), any::<bool>()), 1..24),
    ) {
        let world = World::empty();
        let cache = Cache::new(world.id_key.clone(), Arc::clone(&world.engine))
            .with_bytes_max(bytes_max);
        world.submit(rows.iter().enumerate(), 16);
        for (turn, (agency, masks)) in asked.iter().enumerate() {
            if turn == asked.len() / 2 {
                world.submit((rows.len()..).zip(&later), 16);
            }
            let view = world.view(AGENCIES[*agency]);
            let alone = Cache::new(world.id_key.clone(), Arc::clone(&world.engine));
            let [kept, alone] = [&cache, &alone].map(|cache| match masks {
                true => cache.masked(&world.store, &view, "x").unwrap().0,
                false => cache.snapshot(&world.store, &view).unwrap().0,
            });
            prop_assert_eq!(text(&kept), text(&alone));
        }
    }
}

#[test]
fn views_are_packed_before_they_are_dropped() {
    let world = World::empty();
    let mut runner = proptest::test_runner::TestRunner::deterministic();
    let rows = prop::collection::vec(row(), 60..61).new_tree(&mut runner).unwrap().current();
    world.submit(rows.iter().enumerate(), 60);
    let open =
        |agency: &str, cache: &Cache| cache.snapshot(&world.store, &world.view(agency)).unwrap().0;
    let cache = Cache::new(world.id_key.clone(), Arc::clone(&world.engine));
    let sizes = AGENCIES.map(|agency| open(agency, &cache).own_bytes());
    assert_eq!(cache.kept(), (3, 0));
    // Room for the largest, and beside it less than one more.
    let less = sizes.iter().min().unwrap() - 1;
    let cache = Cache::new(world.id_key.clone(), Arc::clone(&world.engine)).with_bytes_max(less);
    AGENCIES.iter().for_each(|agency| drop(open(agency, &cache)));
    let (kept, packed) = cache.kept();
    assert!(kept == 3 && packed >= 1, "{kept} kept, {packed} of them packed");
    AGENCIES.iter().for_each(|agency| drop(open(agency, &cache)));
    assert_eq!(cache.kept(), (kept, packed), "none was made anew");
}
