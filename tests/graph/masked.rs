//! What is masked of people who may be victims joins nothing that would tell it.

use std::collections::BTreeSet;
use std::sync::Arc;

use accord::graph::{Setting, Snapshot, build_in};
use accord::ingest::SubmittedRow;
use accord::model::{Handling, RecordId, Verdict};
use proptest::prelude::*;
use serde_json::json;

use super::judgements::say_as;
use super::world::{World, entity, text};

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
