//! What is masked of people who may be victims joins nothing that would tell it.

use std::collections::BTreeSet;
use std::sync::Arc;

use accord::graph::{Setting, Snapshot, build_in};
use accord::ingest::SubmittedRow;
use accord::model::{Handling, RecordId, Verdict};
use proptest::prelude::*;
use serde_json::json;

use super::judgements::say_as;
use super::world::{World, entity, position, text};

const BORN: &str = "1991-07-03";

fn row(id: &str, category: &str, name: &str) -> SubmittedRow {
    serde_json::from_value(json!({
        "local_id": id, "source": "s", "handling": "shared", "category": category,
        "records": [{ "slot": "p", "body": {
            "type": "person", "names": [{ "full": name }], "birth_date": BORN,
        }}],
    }))
    .unwrap()
}

pub fn victim(id: &str, name: &str) -> SubmittedRow {
    row(id, "victim", name)
}

/// What an agency's analyst sees, to whom these records about victims are not masked.
fn seen(world: &World, agency: &str, unmasked: &BTreeSet<RecordId>) -> Snapshot {
    let setting = Setting { unmasked: Some(unmasked), common: None };
    let view = world.view(agency);
    let built = build_in(&world.store, &view, &world.id_key, &world.engine, &setting).unwrap().0;
    Arc::new(built).masked()
}

#[test]
fn a_record_with_the_name_of_a_masked_person_is_that_person_only_for_who_may_see_the_name() {
    let world = World::empty();
    let masked = world.row("b", victim("v", "Katarina Horvat"));
    let own = world.row("a", row("1", "contact", "Katarina Horvat"));
    // Nor does it help to call the own one a victim.
    let victim = world.row("a", victim("2", "Katarina Horvat"));
    let blind = seen(&world, "a", &BTreeSet::new());
    let entities = [masked, own, victim].map(|record| entity(&blind, record));
    assert_eq!(BTreeSet::from(entities).len(), 3);
    assert_eq!(blind.name(entities[1]), "Katarina Horvat", "what it knows anyway stays as it is");
    assert!(!blind.is_protected(entities[1]) && blind.is_protected(entities[0]));
    let sighted = seen(&world, "a", &[masked, victim].into());
    assert_eq!(entity(&sighted, masked), entity(&sighted, own));
    assert_eq!(entity(&sighted, masked), entity(&sighted, victim));
}

#[test]
fn records_of_one_agency_about_its_victims_are_one_person_and_so_is_what_a_human_judged() {
    let world = World::empty();
    let [one, other] = ["1", "2"].map(|id| world.row("b", victim(id, "Katarina Horvat")));
    let own = world.row("a", row("1", "contact", "K. H."));
    let before = seen(&world, "a", &BTreeSet::new());
    assert_eq!(entity(&before, one), entity(&before, other));
    assert_ne!(entity(&before, one), entity(&before, own));
    say_as(&world, (one, own), Verdict::Same, "u", 0, ("a", Handling::Own));
    let after = seen(&world, "a", &BTreeSet::new());
    assert_eq!(entity(&after, one), entity(&after, own));
    assert!(after.is_masked(entity(&after, own)), "the victim's rules win");
}

/// A row about a victim with all that hangs on her.
fn whole(id: &str, number: &str) -> SubmittedRow {
    let mut row = serde_json::to_value(victim(id, "Katarina Horvat")).unwrap();
    let more = json!([
        { "slot": "t", "body": { "type": "phone", "number": number, "region": "GB" } },
        { "slot": "a", "body": {
            "type": "address", "line": "12 Station Road", "city": "London", "country": "GB",
        }},
        { "slot": "v", "body": { "type": "vehicle", "plate": "LM30 YAM", "plate_country": "GB" } },
        { "slot": "o", "body": { "type": "organization", "name": "Orchard Farm Ltd", "kind": "farm" } },
    ]);
    row["records"].as_array_mut().unwrap().extend(more.as_array().unwrap().iter().cloned());
    row["ties"] = json!([
        { "kind": "USES", "from": "p", "to": "t" },
        { "kind": "LIVES_AT", "from": "p", "to": "a" },
        { "kind": "DRIVES", "from": "p", "to": "v" },
        { "kind": "WORKS_FOR", "from": "p", "to": "o" },
    ]);
    serde_json::from_value(row).unwrap()
}

/// The record of a slot of a row.
fn of_slot(world: &World, agency: &str, id: &str, slot: &str) -> RecordId {
    world.id_key.record(agency, &format!("{id}/{slot}"))
}

/// A row about a phone and who uses it.
fn user(id: &str, category: &str, number: &str) -> SubmittedRow {
    serde_json::from_value(json!({
        "local_id": id, "source": "s", "handling": "shared", "category": category,
        "records": [
            { "slot": "t", "body": { "type": "phone", "number": number, "region": "GB" } },
        ],
    }))
    .unwrap()
}

const NUMBER: &str = "+44 20 2555 0143";

/// Faults 4 and 7: the vehicle and the organization of a victim's row were readable, with the local id.
#[test]
fn all_that_a_row_says_of_a_victim_is_masked_with_her() {
    let world = World::empty();
    world.row("b", whole("SHELTER-FILE-77", NUMBER));
    let seen = seen(&world, "a", &BTreeSet::new());
    for slot in ["t", "a", "v", "o"] {
        let id = of_slot(&world, "b", "SHELTER-FILE-77", slot);
        let record = &seen.records[position(&seen, id) as usize];
        assert!(record.label.category.is_victim(), "{slot}");
        assert!(seen.is_masked(entity(&seen, id)), "{slot}");
    }
    for text in ["SHELTER-FILE-77", "LM30 YAM", "Orchard", "Station", "0143"] {
        assert!(!format!("{:?}", seen.records).contains(text), "{text}");
    }
}

/// Fault 3: whoever handed in the right number saw it join.
#[test]
fn a_guessed_number_joins_no_masked_phone_of_another_agency() {
    let world = World::empty();
    world.row("b", whole("v", NUMBER));
    let masked = of_slot(&world, "b", "v", "t");
    let own = ["contact", "victim"].map(|it| world.row("a", user(it, it, NUMBER)));
    let others = world.row("c", user("o", "contact", NUMBER));
    let blind = seen(&world, "a", &BTreeSet::new());
    let alone = entity(&blind, masked);
    assert!(own.iter().chain([&others]).all(|id| entity(&blind, *id) != alone));
    assert_eq!(entity(&blind, own[1]), entity(&blind, others), "one's own victim's phone joins");
    assert!(!blind.is_masked(entity(&blind, own[0])) || blind.is_masked(entity(&blind, own[1])));
}

/// Fault 8: an id was the same in every case, so that it linked a victim across them.
#[test]
fn a_masked_person_has_other_ids_in_another_case() {
    let world = World::empty();
    let masked = world.row("b", victim("v", "Katarina Horvat"));
    let open = world.row("b", row("1", "contact", "Blerim Hoxha"));
    let ids = ["one", "other"].map(|case| {
        let seen = seen(&world, "a", &BTreeSet::new()).in_case(case);
        [masked, open].map(|record| seen.entity_id(entity(&seen, record)))
    });
    assert_ne!(ids[0][0], ids[1][0]);
    assert_eq!(ids[0][1], ids[1][1]);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    /// The names that masked people bear change no byte of what is seen of them, whatever others are
    /// called.
    #[test]
    fn what_a_masked_person_is_called_shows_nowhere(
        names in [0..NAMES.len(), 0..NAMES.len()],
        others in prop::collection::vec((0..NAMES.len(), 0..3usize, any::<bool>()), 1..6),
    ) {
        let [one, other] = names.map(|name| {
            let world = World::empty();
            world.row("b", victim("v", NAMES[name]));
            for (number, (name, agency, is_victim)) in others.iter().enumerate() {
                // The only victim of its agency: those of one agency may join.
                let category = if *is_victim && *agency != 1 { "victim" } else { "contact" };
                world.row(["a", "b", "c"][*agency], row(&number.to_string(), category, NAMES[*name]));
            }
            text(&stripped(seen(&world, "a", &BTreeSet::new())))
        });
        prop_assert_eq!(one, other);
    }
}

const NAMES: [&str; 4] = ["Katarina Horvat", "Katerina Horvatova", "Blerim Hoxha", "Horvat, K."];

/// Without what it was masked from.
fn stripped(mut snapshot: Snapshot) -> Snapshot {
    snapshot.left_out = Default::default();
    snapshot
}
