//! The laws of the content hash: records with equal hashes have equal scores and equal blocking keys.

use std::collections::BTreeSet;

use proptest::prelude::*;

use super::bodies::{body_of, record};
use crate::model::{
    Address, Body, Content, Document, EntityType, Organization, Person, PersonName, Phone, Sex,
    Vehicle,
};
use crate::resolve::{Engine, Model};

fn content(engine: &Engine, body: &Body) -> Content {
    engine.content(&engine.prepare(&record("a", "1", body.clone())))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn records_of_one_content_score_alike_and_have_the_same_keys(
        (one, other, third) in prop::sample::select(EntityType::ALL.to_vec())
            .prop_flat_map(|of| (body_of(of), body_of(of), body_of(of))),
    ) {
        let engine = Engine::new(Model::shipped());
        let prepared = [&one, &other, &third].map(|body| engine.prepare_body(body));
        let [a, b, c] = prepared.each_ref();
        prop_assert_eq!(engine.content(a) == engine.content(&engine.prepare_body(&one)), true);
        if engine.content(a) == engine.content(b) {
            prop_assert_eq!(engine.keys(a), engine.keys(b));
            prop_assert_eq!(engine.score(a, c), engine.score(b, c));
            prop_assert_eq!(engine.score(a, a), engine.score(a, b));
        }
    }
}

fn named(full: &str) -> Person {
    let name = PersonName { full: Some(full.into()), ..PersonName::default() };
    Person { names: vec![name], ..Person::default() }
}

fn plate(text: &str) -> Body {
    Body::Vehicle(Vehicle { plate: Some(text.into()), ..Vehicle::default() })
}

fn phone(number: &str) -> Phone {
    Phone { number: number.into(), region: Some("GB".into()) }
}

#[test]
fn spellings_of_one_thing_are_one_content() {
    let engine = Engine::new(Model::shipped());
    let phone = |number: &str| Body::Phone(phone(number));
    for (one, other) in [
        (plate("AB-12 CDE"), plate("ab12cde")),
        (phone("+44 20 2555 0143"), phone("020 2555 0143")),
        (Body::Person(named("HORVAT Katarina")), Body::Person(named("Horvat, Katarina"))),
    ] {
        assert_eq!(content(&engine, &one), content(&engine, &other), "{one:?}");
    }
}

/// Whatever two records of the set differ in is compared.
#[test]
fn each_thing_that_is_compared_changes_the_content() {
    let engine = Engine::new(Model::shipped());
    let (a, b) = (named("Katarina Horvat"), named("Katarina Horvat Marin"));
    let both = Person { names: [a.names.clone(), b.names.clone()].concat(), ..Person::default() };
    let address = |line: &str| Address { line: Some(line.into()), ..Address::default() };
    let document = |number: &str| Document {
        kind: "passport".into(),
        number: number.into(),
        country: Some("HR".into()),
    };
    let company = Organization { name: Some("Orchid Farms".into()), ..Organization::default() };
    let bodies = [
        Body::Person(Person { birth_date: "1991-07-03".parse().ok(), ..a.clone() }),
        Body::Person(Person { birth_date: "1991-07".parse().ok(), ..a.clone() }),
        Body::Person(Person { sex: Some(Sex::Female), ..a.clone() }),
        Body::Person(Person { birth_place: Some("Split".into()), ..a.clone() }),
        Body::Person(Person { occupation: Some("Split".into()), ..a.clone() }),
        Body::Person(Person { phones: vec![phone("+44 20 2555 0143")], ..a.clone() }),
        Body::Person(Person { phones: vec![phone("+44 20 2555 0144")], ..a.clone() }),
        Body::Person(Person { emails: vec!["k@example.org".into()], ..a.clone() }),
        Body::Person(Person { documents: vec![document("712345098")], ..a.clone() }),
        Body::Person(Person { documents: vec![document("712345099")], ..a.clone() }),
        Body::Person(Person { address: Some(address("12 Station Road")), ..a.clone() }),
        Body::Person(a),
        Body::Person(b),
        Body::Person(both),
        Body::Phone(phone("+44 20 2555 0143")),
        Body::Phone(phone("+44 20 2555 0144")),
        Body::Address(address("12 Station Road")),
        Body::Address(address("12 Station Road Apt 4")),
        Body::Address(Address { city: Some("London".into()), ..address("12 Station Road") }),
        plate("AB12CDE"),
        Body::Vehicle(Vehicle {
            plate: Some("AB12CDE".into()),
            make: Some("Ford".into()),
            ..Vehicle::default()
        }),
        Body::Vehicle(Vehicle {
            plate: Some("AB12CDE".into()),
            model: Some("Ford".into()),
            ..Vehicle::default()
        }),
        Body::Vehicle(Vehicle {
            plate: Some("AB12CDE".into()),
            colour: Some("Ford".into()),
            ..Vehicle::default()
        }),
        Body::Organization(company.clone()),
        Body::Organization(Organization { registration: Some("123".into()), ..company.clone() }),
        Body::Organization(Organization {
            phones: vec![phone("+44 20 2555 0143")],
            ..company.clone()
        }),
        Body::Organization(Organization { address: Some(address("12 Station Road")), ..company }),
    ];
    let contents: BTreeSet<Content> = bodies.iter().map(|body| content(&engine, body)).collect();
    for (at, body) in bodies.iter().enumerate() {
        let same = bodies[..at].iter().find(|it| content(&engine, it) == content(&engine, body));
        assert_eq!(same, None, "{body:?}");
    }
    assert_eq!(contents.len(), bodies.len());
}
