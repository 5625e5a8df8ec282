//! Two stores that differ only in what a caller may not see give that caller the same snapshot.

use accord::analyze::communities::communities;
use accord::analyze::network::Network;
use accord::analyze::shared_hub::{SharedHubOptions, shared_hubs};
use accord::analyze::{explain, identify};
use proptest::prelude::*;
use serde_json::json;

use super::world::{AGENCIES, World, entity, row, text};

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]

    #[test]
    fn hidden_rows_change_nothing_that_a_caller_gets(
        rows in prop::collection::vec(row(), 1..24),
        caller in 0..AGENCIES.len(),
        at_once in 1usize..8,
    ) {
        let numbered: Vec<_> = rows.iter().enumerate().collect();
        let visible = numbered.iter().filter(|(_, row)| row.visible_to(caller)).copied();
        let (without, with) = (World::empty(), World::empty());
        without.submit(visible, at_once);
        with.submit(numbered.iter().copied(), at_once);
        let agency = AGENCIES[caller];
        let (one, other) = (without.snapshot(agency), with.snapshot(agency));
        prop_assert_eq!(text(&one), text(&other));
        let (a, b) = (Network::of(&one), Network::of(&other));
        prop_assert_eq!(communities(&a, 1.0), communities(&b, 1.0));
        let options = SharedHubOptions { phone_blocks: 2, ..SharedHubOptions::default() };
        prop_assert_eq!(shared_hubs(&one, &options), shared_hubs(&other, &options));
        for index in one.entities().indexes() {
            prop_assert_eq!(explain(&one, index), explain(&other, index));
            prop_assert_eq!(one.neighbours(index), other.neighbours(index));
        }
        prop_assert_eq!(one.search("horvat hoxha 2555", None), other.search("horvat hoxha 2555", None));
        for record in one.records().iter() {
            let ask = |world: &World, snapshot| {
                identify(snapshot, &world.engine, record)
            };
            prop_assert_eq!(ask(&without, &one), ask(&with, &other));
        }
    }
}

/// Three records: the first and the last are alike only by way of the middle one.
#[test]
fn two_visible_records_that_only_a_hidden_one_joins_are_two_entities() {
    let world = World::empty();
    let first = json!({
        "type": "person", "names": [{ "full": "Katarina Horvat" }], "birth_date": "1991-07-03",
    });
    let last = json!({
        "type": "person", "names": [{ "full": "Ivana Kovac" }],
        "documents": [{ "kind": "passport", "number": "HR4711208", "country": "HR" }],
    });
    let middle = json!({
        "type": "person", "names": [{ "full": "Katarina Horvat" }, { "full": "Ivana Kovac" }],
        "birth_date": "1991-07-03",
        "documents": [{ "kind": "passport", "number": "HR4711208", "country": "HR" }],
    });
    let a = world.person("metro-police", "1", first, "shared");
    let b = world.person("border-guard", "2", last, "shared");
    let before = world.snapshot("metro-police");
    let hidden = world.person("harbour-shelter", "3", middle, "own");
    let after = world.snapshot("metro-police");
    assert_eq!(text(&before), text(&after));
    assert_ne!(entity(&after, a), entity(&after, b));
    let shelter = world.snapshot("harbour-shelter");
    assert_eq!(entity(&shelter, a), entity(&shelter, hidden));
    assert_eq!(entity(&shelter, b), entity(&shelter, hidden), "the hidden record joins both");
}

#[test]
fn the_tag_changes_exactly_when_the_view_does() {
    let world = World::empty();
    let person = |name: &str| json!({ "type": "person", "names": [{ "full": name }] });
    world.person("metro-police", "1", person("Katarina Horvat"), "own");
    let tag = world.snapshot("metro-police").tag();
    world.person("harbour-shelter", "1", person("Katarina Horvat"), "own");
    assert_eq!(world.snapshot("metro-police").tag(), tag);
    world.person("harbour-shelter", "2", person("Katarina Horvat"), "shared");
    assert_ne!(world.snapshot("metro-police").tag(), tag);
}

#[test]
fn one_record_that_calls_a_person_a_victim_protects_the_person_in_every_view_that_holds_it() {
    let world = World::empty();
    let row = |id: &str, category: &str, handling: &str| {
        serde_json::from_value(json!({
            "local_id": id, "source": "s", "category": category, "handling": handling,
            "records": [{ "slot": "p", "body": {
                "type": "person", "names": [{ "full": "Katarina Horvat" }], "birth_date": "1991-07-03",
            }}],
        }))
        .unwrap()
    };
    let one = world.row("a", row("1", "contact", "shared"));
    let other = world.row("a", row("2", "possible_victim", "own"));
    let own = world.snapshot("a");
    assert_eq!(entity(&own, one), entity(&own, other));
    assert!(own.is_protected(entity(&own, one)));
    // A caller who may not see the record may not learn of it by a mask either.
    let strangers = world.snapshot("b");
    assert!(!strangers.is_protected(entity(&strangers, one)));
}
