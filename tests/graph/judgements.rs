//! Judgements of humans join and split entities, are visible as their labels allow, and can be taken back.

use accord::jobs;
use accord::model::{Handling, Judgement, Label, RecordId, SubjectCategory, Timestamp, Verdict};
use serde_json::json;

use super::world::{World, entity, text};

fn say(world: &World, pair: (RecordId, RecordId), verdict: Verdict, user: &str, at: i64) {
    say_as(world, pair, verdict, user, at, ("a", Handling::Shared));
}

pub fn say_as(
    world: &World,
    (a, b): (RecordId, RecordId),
    verdict: Verdict,
    user: &str,
    at: i64,
    (agency, handling): (&str, Handling),
) {
    let label = Label {
        agency: agency.into(),
        category: SubjectCategory::Unknown,
        tier: 0,
        handling,
        ..Label::default()
    };
    let at = Timestamp::from_micros(at).unwrap();
    let judgement = Judgement { a: a.min(b), b: a.max(b), verdict, user: user.into(), at, label };
    jobs::judge(&world.store, judgement, &crate::unlogged::MAKING).unwrap();
}

fn people(world: &World) -> (RecordId, RecordId, RecordId) {
    let person = |local_id: &str, name: &str| {
        let body =
            json!({ "type": "person", "names": [{ "full": name }], "birth_date": "1991-07-03" });
        world.person("a", local_id, body, "shared")
    };
    let (one, two) = (person("1", "Katarina Horvat"), person("2", "Katarina Horvat"));
    (one, two, person("3", "Oluwaseun Adeyemi"))
}

fn same(world: &World, agency: &str, a: RecordId, b: RecordId) -> bool {
    let snapshot = world.snapshot(agency);
    entity(&snapshot, a) == entity(&snapshot, b)
}

#[test]
fn not_same_parts_same_joins_and_unsure_gives_every_entity_back() {
    let world = World::empty();
    let (one, two, three) = people(&world);
    let before = world.snapshot("a");
    assert!(same(&world, "a", one, two) && !same(&world, "a", one, three));
    say(&world, (one, two), Verdict::NotSame, "u", 1);
    say(&world, (two, three), Verdict::Same, "u", 1);
    assert!(!same(&world, "a", one, two) && same(&world, "a", two, three));
    say(&world, (one, two), Verdict::Unsure, "u", 2);
    say(&world, (two, three), Verdict::Unsure, "u", 2);
    let after = world.snapshot("a");
    assert_eq!(before.entities(), after.entities());
    assert_eq!(before.relationships(), after.relationships());
    assert_eq!(before.links(), after.links(), "no judgement changes a link");
}

#[test]
fn the_latest_counts_and_of_one_instant_not_same() {
    let world = World::empty();
    let (one, two, _) = people(&world);
    say(&world, (one, two), Verdict::NotSame, "u", 5);
    say(&world, (one, two), Verdict::Same, "v", 6);
    assert!(same(&world, "a", one, two));
    say(&world, (one, two), Verdict::NotSame, "w", 6);
    assert!(!same(&world, "a", one, two), "not to join is the error that can be mended");
    say(&world, (one, two), Verdict::Same, "x", 4);
    assert!(!same(&world, "a", one, two));
}

#[test]
fn a_judgement_that_the_caller_may_not_see_has_no_effect() {
    let world = World::empty();
    let (one, two, _) = people(&world);
    let before = text(&world.snapshot("b"));
    say_as(&world, (one, two), Verdict::NotSame, "u", 1, ("a", Handling::Own));
    assert!(!same(&world, "a", one, two));
    assert_eq!(text(&world.snapshot("b")), before);
}

#[test]
fn the_tag_tells_apart_judgements_that_differ_in_anything() {
    let tag = |user: &str, at: i64, owner: (&str, Handling), verdict: Verdict| {
        let world = World::empty();
        let (one, two, _) = people(&world);
        say_as(&world, (one, two), verdict, user, at, owner);
        world.whole().tag()
    };
    let (own, shared) = (("a", Handling::Own), ("a", Handling::Shared));
    let tags = [
        tag("u", 1, own, Verdict::Same),
        tag("v", 1, own, Verdict::Same),
        tag("u", 2, own, Verdict::Same),
        tag("u", 1, shared, Verdict::Same),
        tag("u", 1, ("b", Handling::Own), Verdict::Same),
        tag("u", 1, own, Verdict::Unsure),
    ];
    assert_eq!(tags.iter().collect::<std::collections::BTreeSet<_>>().len(), tags.len());
}
