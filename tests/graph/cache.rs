//! Snapshots that are kept: shared while they are true, and no longer.

use std::sync::Arc;

use accord::graph::Cache;
use serde_json::json;

use super::world::{World, text};

fn person(name: &str) -> serde_json::Value {
    json!({ "type": "person", "names": [{ "full": name }], "birth_date": "1991-07-03" })
}

#[test]
fn a_snapshot_is_shared_until_the_store_changes_and_then_made_anew() {
    let world = World::empty();
    let cache = Cache::new(world.id_key.clone(), Arc::clone(&world.engine));
    let get = || cache.snapshot(&world.store, &world.view("a")).unwrap().0;
    world.person("a", "1", person("Katarina Horvat"), "own");
    let first = get();
    assert!(Arc::ptr_eq(&first, &get()));
    // What the caller may not see changes the store, but not the answer.
    world.person("b", "1", person("Katarina Horvat"), "own");
    let second = get();
    assert_eq!(text(&first), text(&second));
    world.person("b", "2", person("Katarina Horvat"), "shared");
    let third = get();
    assert_ne!(third.tag, first.tag);
    assert_eq!((third.records.len(), first.records.len()), (2, 1), "what is in use stays as it is");
    assert_eq!(text(&third), text(&world.snapshot("a")));
}

#[test]
fn callers_share_a_snapshot_exactly_when_they_see_the_same() {
    let world = World::empty();
    let cache = Cache::new(world.id_key.clone(), Arc::clone(&world.engine));
    let get = |agency: &str| cache.snapshot(&world.store, &world.view(agency)).unwrap().0;
    world.person("a", "1", person("Katarina Horvat"), "own");
    world.person("b", "1", person("Katarina Horvat"), "shared");
    assert!(Arc::ptr_eq(&get("a"), &get("a")));
    assert!(!Arc::ptr_eq(&get("a"), &get("b")));
    assert_eq!(get("b").records.len(), 1);
    assert!(Arc::ptr_eq(&get("b"), &get("c")), "neither sees more than what is shared");
}

#[test]
fn threads_that_ask_at_once_while_the_store_grows_get_whole_snapshots() {
    let world = World::empty();
    let cache = Cache::new(world.id_key.clone(), Arc::clone(&world.engine));
    std::thread::scope(|scope| {
        for _ in 0..3 {
            scope.spawn(|| {
                let mut before = 0;
                for _ in 0..40 {
                    let snapshot = cache.snapshot(&world.store, &world.view("a")).unwrap().0;
                    // Every row is a person with a phone and a tie, and is there as a whole.
                    assert_eq!(snapshot.records.len(), 2 * snapshot.ties.len());
                    assert!(snapshot.records.len() >= before);
                    before = snapshot.records.len();
                }
            });
        }
        for index in 0..30 {
            let number = format!("+4420255501{index:02}");
            let row = json!({
                "local_id": index.to_string(), "source": "s",
                "records": [
                    { "slot": "p", "body": person("Katarina Horvat") },
                    { "slot": "t", "body": { "type": "phone", "number": number } },
                ],
                "ties": [{ "kind": "USES", "from": "p", "to": "t" }],
            });
            world.row("a", serde_json::from_value(row).unwrap());
        }
    });
}
