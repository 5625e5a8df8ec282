//! The cache of snapshots: they are shared as long as they are current, and no longer.

use std::sync::Arc;

use accord::graph::{Cache, Snapshot};
use accord::ingest::SubmittedRow;
use accord::model::{FormId, FormLink, Link, RecordId};
use accord::store::{Batch, NewRecord, Store, class_of};
use proptest::prelude::*;
use serde_json::json;

use super::masked::{NUMBER, user, victim};
use super::world::{AGENCIES, World, entity, row, text};

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
    // A record that the caller may not see changes the store, but not the answer.
    world.person("b", "1", person("Katarina Horvat"), "own");
    let second = get();
    assert_eq!(text(&first), text(&second));
    world.person("b", "2", person("Katarina Horvat"), "shared");
    let third = get();
    assert_ne!(third.tag(), first.tag());
    assert_eq!(
        (third.records().len(), first.records().len()),
        (2, 1),
        "what is in use stays as it is"
    );
    assert_eq!(text(&third), text(&world.snapshot("a")));
}

/// Stores a row whose records wait to be linked with others.
fn waiting(world: &World, agency: &str, row: SubmittedRow) -> RecordId {
    let record = row.into_output(agency, &world.id_key).unwrap().records.remove(0);
    let (id, prepared) = (record.id, world.engine.prepare(&record));
    let (content, keys) = (world.engine.content(&prepared), world.engine.keys(&prepared));
    let new = NewRecord { record, content, keys };
    let form = new.form();
    let mut transaction = world.store.begin(&crate::unlogged::MAKING).unwrap();
    transaction.put(&Batch { records: vec![new], ..Batch::default() }).unwrap();
    transaction.note_unlinked(&[form]).unwrap();
    transaction.commit().unwrap();
    id
}

/// A link is a function of two records: a view has it with the records, whether the store has found it or not, and
/// nothing changes when it does. Otherwise the time of a question would tell that a guess was right.
#[test]
fn a_view_has_the_links_of_what_was_written_before_the_store_has_found_them() {
    let world = World::empty();
    let own = world.row("a", user("g", "contact", NUMBER));
    world.row("b", user("v", "victim", NUMBER));
    let cache = Cache::new(world.id_key.clone(), Arc::clone(&world.engine));
    let get = || cache.masked(&world.store, &world.view("a"), "x").unwrap();
    get();
    let open = waiting(&world, "b", user("o", "contact", NUMBER));
    let (found, changed) = get();
    assert_eq!(entity(&found, own), entity(&found, open));
    let (a, b) = (own.min(open), own.max(open));
    let link = found.links().iter().find(|link| (link.a, link.b) == (a, b)).unwrap();
    let mut transaction = world.store.begin(&crate::unlogged::MAKING).unwrap();
    let form = |id: RecordId| {
        let record = found.records().iter().find(|it| it.id == id).unwrap();
        FormId::of(&class_of(record), world.engine.content(&world.engine.prepare(record)))
    };
    let (one, other) = (form(a), form(b));
    let Link { bits, levels, model, .. } = Link::clone(link);
    let (a, b) = (one.min(other), one.max(other));
    transaction.link_late(&[FormLink { a, b, bits, levels, model }], &[]).unwrap();
    transaction.commit().unwrap();
    let after = get();
    assert!(after.0.records().is_same(found.records()) && after.1 == changed, "nothing new");
    assert_eq!(
        text(&after.0),
        text(&cache_of(&world).masked(&world.store, &world.view("a"), "x").unwrap().0)
    );
}

fn cache_of(world: &World) -> Cache {
    Cache::new(world.id_key.clone(), Arc::clone(&world.engine))
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
    assert_eq!(get("b").records().len(), 1);
    assert!(Arc::ptr_eq(&get("b"), &get("c")), "neither sees more than what is shared");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    /// Sharing objects between snapshots changes nothing in them, and each object is held once.
    #[test]
    fn a_snapshot_made_beside_others_is_the_one_made_alone(
        rows in prop::collection::vec(row(), 1..24),
        later in prop::collection::vec(row(), 0..4),
    ) {
        let world = World::empty();
        let cache = Cache::new(world.id_key.clone(), Arc::clone(&world.engine));
        let mut number = 0;
        for rows in [rows, later] {
            let numbered: Vec<_> = rows.iter().map(|row| { number += 1; (number, row) }).collect();
            world.submit(numbered, 5);
            for agency in AGENCIES {
                let view = world.view(agency);
                let beside = cache.masked(&world.store, &view, "x").unwrap().0;
                let own = Cache::new(world.id_key.clone(), Arc::clone(&world.engine));
                let alone = own.masked(&world.store, &view, "x").unwrap().0;
                prop_assert_eq!(text(&alone), text(&beside));
            }
        }
        let [one, other] = [0, 1].map(|agency| {
            cache.masked(&world.store, &world.view(AGENCIES[agency]), "x").unwrap().0
        });
        for record in one.records().iter() {
            if let Some(at) = other.record(record.id) {
                let held = &other.records()[at];
                prop_assert_eq!(record == held, Arc::ptr_eq(record, held));
            }
        }
    }
}

#[test]
fn two_agencies_who_see_the_same_classes_masked_share_nothing_that_joins_for_one_only() {
    let world = World::empty();
    let cache = Cache::new(world.id_key.clone(), Arc::clone(&world.engine));
    let phone = |id: &str, category: &str| {
        let body = json!({ "type": "phone", "number": "+44 20 2555 0143" });
        let row = json!({
            "local_id": id, "source": "s", "category": category, "handling": "shared",
            "records": [{ "slot": "t", "body": body }],
        });
        world.row("b", serde_json::from_value(row).unwrap())
    };
    let (masked, open) = (phone("1", "victim"), phone("2", "contact"));
    let get = |agency: &str| {
        let view = world.view(agency);
        let found = cache.masked(&world.store, &view, "x").unwrap().0;
        (view.classes().clone(), entity(&found, masked) == entity(&found, open))
    };
    let (owner, other) = (get("b"), get("a"));
    assert_eq!(owner.0, other.0, "the same classes");
    assert_eq!((owner.1, other.1), (true, false), "joined for the owner only");
}

#[test]
fn another_case_costs_nothing_but_has_other_pseudonyms() {
    let world = World::empty();
    let cache = Cache::new(world.id_key.clone(), Arc::clone(&world.engine));
    let victim = world.row("a", victim("1", "Katarina Horvat"));
    let of = |case: &str| cache.masked(&world.store, &world.view("a"), case).unwrap().0;
    let (one, other) = (of("one"), of("other"));
    assert!(one.records().is_same(other.records()) && one.events().is_same(other.events()));
    let name = |snapshot: &Snapshot| snapshot.name(entity(snapshot, victim));
    assert_ne!(name(&one), name(&other));
    assert_eq!(name(&one), name(&of("one")));
    assert!(
        name(&one).starts_with("person-")
            && one.figure(|original| name(original) == "Katarina Horvat")
    );
}

#[test]
fn views_make_room_by_what_they_hold_for_themselves_and_are_made_again_when_asked() {
    let world = World::empty();
    for agency in ["a", "b", "c"] {
        world.person(agency, "1", person("Katarina Horvat"), "own");
    }
    let cache = Cache::new(world.id_key.clone(), Arc::clone(&world.engine));
    let small = Cache::new(world.id_key.clone(), Arc::clone(&world.engine)).with_bytes_max(0);
    for agency in ["a", "b", "c", "a"] {
        let views = [&cache, &small]
            .map(|cache| cache.snapshot(&world.store, &world.view(agency)).unwrap().0);
        assert_eq!(text(&views[0]), text(&views[1]));
    }
    assert_eq!((cache.kept(), small.kept()), ((3, 0), (1, 0)));
}

#[test]
fn what_is_let_go_of_is_held_no_longer_and_made_again_when_asked() {
    let world = World::empty();
    world.person("a", "1", person("Katarina Horvat"), "shared");
    let cache = Cache::new(world.id_key.clone(), Arc::clone(&world.engine));
    let get = |agency: &str| cache.snapshot(&world.store, &world.view(agency)).unwrap().0;
    let before = text(&get("b"));
    let record = Arc::downgrade(get("a").records().first().unwrap());
    cache.clear();
    assert_eq!(cache.kept(), (0, 0));
    assert!(record.upgrade().is_none());
    assert_eq!(text(&get("b")), before);
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
                    assert_eq!(snapshot.records().len(), 2 * snapshot.ties().len());
                    assert!(snapshot.records().len() >= before);
                    before = snapshot.records().len();
                }
            });
        }
        for index in 0..30 {
            let number = format!("+4420255501{index:02}");
            let row = json!({
                "local_id": index.to_string(), "source": "s", "category": "unknown",
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
