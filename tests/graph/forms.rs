//! Forms: records of one class that say the same are one in links, keys and clusters, however many they are.

use std::collections::BTreeSet;
use std::sync::Arc;

use accord::graph::{Cache, Snapshot};
use accord::model::{Handling, RecordId, Verdict};
use serde_json::{Value, json};

use super::judgements::say_as;
use super::world::{World, position, text};

/// Reads of one thing.
const READS: usize = 300;

fn plate(text: &str) -> Value {
    json!({ "type": "vehicle", "plate": text, "plate_country": "GB" })
}

/// Says too little to be one person, however many say it.
fn unknown_male() -> Value {
    json!({ "type": "person", "names": [{ "full": "John Smith" }], "sex": "male" })
}

fn said(world: &World, body: &Value, ids: impl IntoIterator<Item = usize>) -> Vec<RecordId> {
    let one = |number: usize| world.person("a", &format!("r{number}"), body.clone(), "own");
    ids.into_iter().map(one).collect()
}

fn say(world: &World, pair: (RecordId, RecordId), verdict: Verdict) {
    say_as(world, pair, verdict, "u", 1, ("a", Handling::Shared));
}

fn entities(snapshot: &Snapshot, records: &[RecordId]) -> usize {
    let of = |id: &RecordId| snapshot.entity_of(position(snapshot, *id));
    records.iter().map(of).collect::<BTreeSet<_>>().len()
}

#[test]
fn many_reads_of_one_plate_are_one_vehicle_with_links_as_many_as_reads() {
    let world = World::empty();
    let cache = Cache::new(world.id_key.clone(), Arc::clone(&world.engine));
    let live = || cache.snapshot(&world.store, &world.view("a")).unwrap().0;
    live();
    let other = said(&world, &plate("AB12 CDF"), [READS]);
    let reads = said(&world, &plate("AB12 CDE"), 0..READS);
    let snapshot = live();
    assert_eq!(cache.builds(), 1);
    assert_eq!(text(&snapshot), text(&world.snapshot("a")));
    assert_eq!(entities(&snapshot, &reads), 1);
    // Every read but one is linked with that one, which stands for all of them towards other plates.
    let ends = |id: RecordId| snapshot.links().iter().filter(|it| it.a == id || it.b == id).count();
    assert_eq!(snapshot.links().len() - ends(other[0]), READS - 1);
    assert!(ends(other[0]) <= 1);
    let (first, last) = (position(&snapshot, reads[0]), position(&snapshot, reads[READS - 1]));
    let link = snapshot.link_between(first, last).unwrap();
    assert!(snapshot.is_of_duplicate(link));
    // The pairs that these links stand for.
    let pairs: BTreeSet<_> = snapshot.linked_pairs().map(|(a, b, _)| (a, b)).collect();
    let of_reads = READS * (READS - 1) / 2;
    assert!(pairs.len() == of_reads || pairs.len() == of_reads + READS, "{}", pairs.len());
    // In another order.
    let backwards = World::empty();
    said(&backwards, &plate("AB12 CDE"), (0..READS).rev());
    said(&backwards, &plate("AB12 CDF"), [READS]);
    assert_eq!(text(&backwards.snapshot("a")), text(&snapshot));
}

#[test]
fn what_says_too_little_to_be_one_person_stays_apart_however_many_say_it() {
    let world = World::empty();
    let said = said(&world, &unknown_male(), 0..READS);
    let snapshot = world.snapshot("a");
    assert_eq!(entities(&snapshot, &said), READS);
    assert!(snapshot.links().len() < READS);
}

#[test]
fn a_judgement_sets_a_record_apart_from_those_that_say_the_same() {
    let world = World::empty();
    let cache = Cache::new(world.id_key.clone(), Arc::clone(&world.engine));
    let live = || cache.snapshot(&world.store, &world.view("a")).unwrap().0;
    let reads = said(&world, &plate("AB12 CDE"), 0..5);
    live();
    say(&world, (reads[0], reads[3]), Verdict::NotSame);
    let snapshot = live();
    assert_eq!(text(&snapshot), text(&world.snapshot("a")));
    assert_eq!(entities(&snapshot, &reads), 2);
    assert_eq!(entities(&snapshot, &[reads[0], reads[3]]), 2);
    // People who are said to be one are so without those of whom nobody said it.
    let people = said_more(&world);
    say(&world, (people[0], people[1]), Verdict::Same);
    let snapshot = live();
    assert_eq!(text(&snapshot), text(&world.snapshot("a")));
    assert_eq!(entities(&snapshot, &people), people.len() - 1);
}

fn said_more(world: &World) -> Vec<RecordId> {
    said(world, &unknown_male(), 10..14)
}

/// Rows of two agencies that say the same are of two forms, each seen by who sees its agency's rows.
#[test]
fn a_form_is_of_one_class() {
    let world = World::empty();
    let own = said(&world, &plate("AB12 CDE"), 0..3);
    let shared = world.person("b", "r", plate("AB12 CDE"), "shared");
    world.person("b", "s", plate("AB12 CDE"), "own");
    let snapshot = world.snapshot("a");
    let all = [own, vec![shared]].concat();
    assert_eq!((snapshot.records().len(), entities(&snapshot, &all)), (4, 1));
    assert_eq!(snapshot.links().len(), 3, "two of one form, and one between the forms");
}
