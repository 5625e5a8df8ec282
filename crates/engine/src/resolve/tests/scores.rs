//! Scores where several values agree equally well, of copies, and of one more thing that is shared.

use proptest::prelude::*;

use super::bodies::{alike, body, body_of, empty, pair, person, record};
use crate::model::{Body, Document, EntityType, Person, Record, Sex};
use crate::resolve::model::LEVEL_BITS_MAX;
use crate::resolve::{Engine, Model, Prepared, Score};

fn engine() -> Engine {
    Engine::new(Model::shipped())
}

fn prepared(engine: &Engine, body: &Body) -> Prepared {
    engine.prepare(&record("a", "1", body.clone()))
}

fn score(engine: &Engine, a: &Body, b: &Body) -> Option<Score> {
    engine.score(&prepared(engine, a), &prepared(engine, b))
}

#[test]
fn every_level_of_the_shipped_model_is_worth_a_finite_number_of_bits() {
    for (entity_type, of_type) in &Model::shipped().types {
        let prior = of_type.prior_bits();
        assert!(prior.is_finite() && prior < of_type.floor, "{entity_type:?}");
        assert!(of_type.floor <= of_type.cluster.stop, "a link that may join is always kept");
        assert!(of_type.cluster.absent_pair < of_type.cluster.stop);
        for attribute in &of_type.attributes {
            for level in &attribute.levels {
                let bits = level.bits();
                assert!(bits.is_finite() && bits.abs() <= LEVEL_BITS_MAX, "{}", attribute.name);
            }
            let (first, last) = (&attribute.levels[0], &attribute.levels.last().unwrap());
            assert!(first.bits() >= 0.0, "{} {}", attribute.name, first.name);
            assert!(last.bits() <= 0.0, "{} {}", attribute.name, last.name);
        }
    }
}

#[test]
fn records_that_say_nothing_score_the_prior_and_never_link() {
    let engine = engine();
    for body in empty() {
        let entity_type = body.entity_type();
        let found = score(&engine, &body, &body).unwrap();
        assert_eq!(found.bits, engine.model().types[&entity_type].prior_bits());
        assert!(found.levels.iter().all(|it| it.bits + it.tf_bits == 0.0));
        let attributes = found.levels.iter().filter(|it| it.attribute != "household");
        assert!(attributes.into_iter().all(|it| it.level == "missing"));
        let (a, b) = (record("a", "1", body.clone()), record("b", "2", body));
        let (x, y) = (engine.prepare(&a), engine.prepare(&b));
        assert_eq!(engine.link((a.id, &x), (b.id, &y)), None);
        assert!(engine.keys(&x).is_empty());
    }
}

#[test]
fn records_of_two_types_have_no_score() {
    let engine = engine();
    for (index, a) in empty().iter().enumerate() {
        for (other, b) in empty().iter().enumerate() {
            assert_eq!(score(&engine, a, b).is_some(), index == other);
        }
    }
}

#[test]
fn the_order_in_which_a_record_lists_its_names_does_not_matter() {
    let engine = engine();
    let names = ["Maria Garcia", "Zdenka Hrvojevic"];
    let person = |order: [usize; 2]| {
        let name = |index: usize| super::bodies::full_name(names[index]);
        Body::Person(Person { names: order.map(name).to_vec(), ..Person::default() })
    };
    let (one, other) = (person([0, 1]), person([1, 0]));
    let all = [(&one, &one), (&one, &other), (&other, &one), (&other, &other)];
    let bits = all.map(|(a, b)| score(&engine, a, b).unwrap().bits);
    assert!(bits.iter().all(|it| *it == bits[0]), "{bits:?}");
}

/// A way to say one more thing about a person.
type Say = fn(&mut Person);

const SAYINGS: [(&str, Say); 4] = [
    ("birth_date", |person| person.birth_date = "1991-07-03".parse().ok()),
    ("sex", |person| person.sex = Some(Sex::Female)),
    ("email", |person| person.emails = vec!["x@example.org".into()]),
    ("document", |person| {
        let (kind, number) = ("passport".into(), "HR4711208".into());
        person.documents = vec![Document { kind, number, country: Some("HR".into()) }];
    }),
];

proptest! {
    /// People of many names, and companies of alike words: where several values agree equally well.
    #[test]
    fn a_score_of_many_values_is_symmetric(
        (a, b) in prop_oneof![
            (body_of(EntityType::Person), body_of(EntityType::Person)),
            (body_of(EntityType::Organization), body_of(EntityType::Organization)),
            (body_of(EntityType::Address), body_of(EntityType::Address)),
        ],
        turn in 0..4usize,
    ) {
        let engine = engine();
        let found = score(&engine, &a, &b);
        prop_assert_eq!(&found, &score(&engine, &b, &a));
        let turned = |body: &Body| {
            let mut body = body.clone();
            if let Body::Person(person) = &mut body {
                let count = person.names.len().max(1);
                person.names.rotate_left(turn % count);
                person.phones.reverse();
            }
            body
        };
        prop_assert_eq!(&found, &score(&engine, &turned(&a), &turned(&b)));
    }

    /// Where words are alike, which one is taken for which must not depend on who is asked first.
    #[test]
    fn a_score_of_words_that_are_all_alike_is_symmetric((a, b) in alike()) {
        let engine = engine();
        prop_assert_eq!(score(&engine, &a, &b), score(&engine, &b, &a));
    }

    /// A score does not depend on scores computed in between, nor on a record's owner, ids, label and raw columns: so
    /// a pair has the same score for every caller.
    #[test]
    fn a_score_knows_nothing_but_what_the_two_records_say((a, b) in pair(), between in body()) {
        let engine = engine();
        let before = score(&engine, &a, &b);
        let stranger = prepared(&engine, &between);
        engine.score(&stranger, &prepared(&engine, &a));
        let elsewhere = |local_id: &str, body: &Body| -> Record {
            let mut record = record("elsewhere", local_id, body.clone());
            record.raw.clear();
            record.label.tier = 4;
            record
        };
        let other = Engine::new(Model::from_json(&engine.model().to_json()).unwrap().into());
        let (x, y) = (other.prepare(&elsewhere("x", &a)), other.prepare(&elsewhere("y", &b)));
        prop_assert_eq!(before, other.score(&x, &y));
    }

    /// A record agrees with its own copy at the strongest level that its values allow: no attribute
    /// that it knows comes out as different.
    #[test]
    fn no_attribute_of_a_copy_is_different(one in body()) {
        let engine = engine();
        for level in score(&engine, &one, &one).unwrap().levels {
            prop_assert!(level.level != "different", "{} {:?}", level.attribute, one);
        }
    }

    #[test]
    fn one_more_thing_that_two_people_share_never_lowers_their_score(
        a in person(), b in person(), saying in 0..SAYINGS.len(),
    ) {
        let engine = engine();
        let (attribute, say) = SAYINGS[saying];
        let bits = |a: &Person, b: &Person| {
            score(&engine, &Body::Person(a.clone()), &Body::Person(b.clone())).unwrap()
        };
        let silent = |person: &Person| {
            let mut person = person.clone();
            match attribute {
                "birth_date" => person.birth_date = None,
                "sex" => person.sex = None,
                "email" => person.emails.clear(),
                _ => person.documents.clear(),
            }
            person
        };
        let (mut x, mut y) = (silent(&a), silent(&b));
        let before = bits(&x, &y);
        say(&mut x);
        // Said of one only, it is missing on the other: nothing changes.
        prop_assert_eq!(bits(&x, &y).bits, before.bits);
        say(&mut y);
        let after = bits(&x, &y);
        let of = |score: &Score, attribute: &str| {
            score.levels.iter().find(|level| level.attribute == attribute).map_or(0.0, |it| it.bits)
        };
        let gained = of(&after, attribute);
        // What people who live together share more often than chance counts for less, never against.
        let household = of(&after, "household") - of(&before, "household");
        prop_assert!(gained >= 0.0 && gained + household >= -1e-9);
        prop_assert!((after.bits - before.bits - gained - household).abs() < 1e-9);
    }

    #[test]
    fn term_frequency_moves_a_score_by_eight_bits_at_most(
        (a, b) in (body_of(EntityType::Person), body_of(EntityType::Person)),
    ) {
        let engine = engine();
        for level in score(&engine, &a, &b).unwrap().levels {
            prop_assert!(level.tf_bits.abs() <= 8.0);
            prop_assert!(level.attribute == "name" || level.tf_bits == 0.0);
        }
    }
}
