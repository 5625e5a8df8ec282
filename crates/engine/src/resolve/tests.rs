//! The laws of scores, links and blocking keys.

mod blocking;
pub(crate) mod bodies;
mod content;
mod scores;

use proptest::prelude::*;

use super::{Engine, Model};
use crate::model::{
    Address, Body, Document, Handling, IdKey, Label, Organization, PartialDate, Person, PersonName,
    Phone, Record, Sex, SubjectCategory, Vehicle,
};

fn engine() -> Engine {
    Engine::new(Model::shipped())
}

fn record(local_id: &str, body: Body) -> Record {
    let label = Label {
        agency: "a".into(),
        category: SubjectCategory::Unknown,
        tier: 0,
        handling: Handling::Own,
        ..Label::default()
    };
    let id = IdKey::default().record("a", local_id);
    Record {
        id,
        local_id: local_id.into(),
        sibling: false,
        public: false,
        source: "s".into(),
        label,
        grade: None,
        nature: None,
        raw: Default::default(),
        body,
    }
}

fn word() -> impl Strategy<Value = String> {
    prop::sample::select(vec![
        "Maria", "Mária", "MARIE", "Horvat", "Horvath", "Nguyễn", "Thi", "محمد", "Mohammed",
        "Иван", "Ivan", "O'Brien", "Obrien", "de", "la", "Cruz", "李", "Li", "J.", "",
    ])
    .prop_map(str::to_owned)
}

fn maybe<T: std::fmt::Debug>(value: impl Strategy<Value = T>) -> impl Strategy<Value = Option<T>> {
    prop::option::of(value)
}

fn born() -> impl Strategy<Value = PartialDate> {
    (1950i16..2010, maybe((1u8..=12, maybe(1u8..=28)))).prop_map(|(year, rest)| {
        let (month, day) = rest.map_or((None, None), |(month, day)| (Some(month), day));
        PartialDate::new(year, month, day).unwrap()
    })
}

fn phone() -> impl Strategy<Value = Phone> {
    ("[+]?[0-9 ()-]{0,14}", maybe(Just("GB".to_owned())))
        .prop_map(|(number, region)| Phone { number, region })
}

fn address() -> impl Strategy<Value = Address> {
    let line =
        prop::sample::select(vec!["12 Station Road", "12 Station Rd", "Apt 4, 7 Mill Ln", ""]);
    (maybe(line), maybe(word()), maybe("[A-Z]{1,2}[0-9] ?[0-9][A-Z]{2}")).prop_map(
        |(line, city, postcode)| Address {
            line: line.map(str::to_owned),
            city,
            postcode,
            ..Address::default()
        },
    )
}

fn person() -> impl Strategy<Value = Body> {
    let name = (maybe(word()), maybe(word()), maybe(word()))
        .prop_map(|(given, middle, family)| PersonName { full: None, given, middle, family });
    let sex = prop::sample::select(vec![Sex::Female, Sex::Male, Sex::Other]);
    let document = "[A-Z]{0,2}[0-9]{0,8}".prop_map(|number| Document {
        kind: "passport".into(),
        number,
        country: None,
    });
    (
        prop::collection::vec(name, 0..3),
        maybe(born()),
        maybe(sex),
        prop::collection::vec(phone(), 0..2),
        maybe(address()),
        prop::collection::vec(document, 0..2),
    )
        .prop_map(|(names, birth_date, sex, phones, address, documents)| {
            Body::Person(Person {
                names,
                birth_date,
                sex,
                phones,
                address,
                documents,
                ..Person::default()
            })
        })
}

fn body() -> impl Strategy<Value = Body> {
    let vehicle = (maybe("[A-Z0-9 -]{0,8}"), maybe("[A-Z0-9]{0,17}"))
        .prop_map(|(plate, vin)| Body::Vehicle(Vehicle { plate, vin, ..Vehicle::default() }));
    let organization = (maybe(word()), maybe(address())).prop_map(|(name, address)| {
        Body::Organization(Organization { name, address, ..Organization::default() })
    });
    prop_oneof![
        4 => person(),
        1 => phone().prop_map(Body::Phone),
        1 => address().prop_map(Body::Address),
        1 => vehicle,
        1 => organization,
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, ..ProptestConfig::default() })]

    #[test]
    fn a_score_is_symmetric_finite_and_the_sum_of_its_parts(one in body(), other in body()) {
        let engine = engine();
        let (a, b) = (record("1", one), record("2", other));
        let (x, y) = (engine.prepare(&a), engine.prepare(&b));
        let (there, back) = (engine.score(&x, &y), engine.score(&y, &x));
        prop_assert_eq!(&there, &back);
        prop_assert_eq!(there.is_some(), a.entity_type() == b.entity_type());
        if let Some(score) = there {
            prop_assert!(score.bits.is_finite());
            let parts = score.levels.iter().fold(score.prior_bits, |sum, level| sum + level.bits + level.tf_bits);
            prop_assert_eq!(score.bits, parts);
            prop_assert!((0.0..=1.0).contains(&score.probability()));
            let names: Vec<&str> = score.levels.iter().map(|level| level.attribute.as_str()).collect();
            let model = &engine.model().types[&a.entity_type()];
            let mut expected: Vec<&str> =
                model.attributes.iter().map(|it| it.name.as_str()).collect();
            expected.extend(model.household.map(|_| "household"));
            prop_assert_eq!(names, expected, "every attribute is accounted for, in the model's order");
        }
    }

    #[test]
    fn a_link_is_symmetric_and_reaches_the_floor(one in body(), other in body()) {
        let engine = engine();
        let (a, b) = (record("1", one), record("2", other));
        let (x, y) = (engine.prepare(&a), engine.prepare(&b));
        let link = engine.link((a.id, &x), (b.id, &y));
        prop_assert_eq!(&link, &engine.link((b.id, &y), (a.id, &x)));
        if let Some(link) = link {
            prop_assert!(link.a < link.b);
            prop_assert!(link.bits >= engine.model().types[&a.entity_type()].floor);
        }
    }

    #[test]
    fn the_same_words_under_two_ids_share_a_key_whenever_they_have_one(body in body()) {
        let engine = engine();
        let keys = |local_id: &str| engine.keys(&engine.prepare(&record(local_id, body.clone())));
        let (one, other) = (keys("1"), keys("2"));
        prop_assert_eq!(&one, &other, "keys are a function of what the record says");
        prop_assert!(one.windows(2).all(|pair| pair[0] < pair[1]), "distinct and ascending");
    }

    /// Missing is neutral: a record that says nothing scores at the prior and is never linked.
    #[test]
    fn nothing_said_is_no_evidence(body in person()) {
        let engine = engine();
        let (a, empty) = (record("1", body), record("2", Body::Person(Person::default())));
        let (x, y) = (engine.prepare(&a), engine.prepare(&empty));
        let score = engine.score(&x, &y).unwrap();
        prop_assert_eq!(score.bits, score.prior_bits);
        prop_assert!(engine.link((a.id, &x), (empty.id, &y)).is_none());
        prop_assert!(engine.keys(&y).is_empty());
    }

    /// The other records that are compared before change no score: an engine has no memory.
    #[test]
    fn a_score_does_not_depend_on_what_was_scored_before(
        pair in (person(), person()),
        others in prop::collection::vec(body(), 0..6),
    ) {
        let fresh = engine();
        let used = engine();
        let others: Vec<_> = others.into_iter().map(|body| used.prepare(&record("o", body))).collect();
        for one in &others {
            others.iter().for_each(|other| drop(used.score(one, other)));
        }
        let score = |engine: &Engine| {
            let (a, b) = (record("1", pair.0.clone()), record("2", pair.1.clone()));
            engine.score(&engine.prepare(&a), &engine.prepare(&b))
        };
        prop_assert_eq!(score(&fresh), score(&used));
    }
}

/// Of occupation the shipped model has learnt nothing; a model trained on records that state it may.
#[test]
fn nationality_is_never_evidence_nor_is_occupation_to_the_shipped_model() {
    let engine = engine();
    let person = |nationality: Option<&str>, occupation: Option<&str>| {
        let names =
            vec![PersonName { full: Some("Katarina Horvat".into()), ..PersonName::default() }];
        let (nationality, occupation) =
            (nationality.map(str::to_owned), occupation.map(str::to_owned));
        engine.prepare(&record(
            "1",
            Body::Person(Person { names, nationality, occupation, ..Person::default() }),
        ))
    };
    let score = |a, b| engine.score(&a, &b).unwrap();
    let without = score(person(None, None), person(None, None));
    assert_eq!(score(person(Some("HR"), None), person(Some("HR"), None)), without);
    assert_eq!(score(person(Some("HR"), None), person(Some("NG"), None)), without);
    let cooks = score(person(None, Some("cook")), person(None, Some("cook")));
    let others = score(person(None, Some("cook")), person(None, Some("driver")));
    assert_eq!((cooks.bits, others.bits), (without.bits, without.bits));
}

#[test]
fn the_shipped_model_reads_back_and_every_weight_is_finite() {
    let model = Model::shipped();
    assert_eq!(Model::from_json(&model.to_json()).unwrap(), *model);
    for (entity_type, model) in &model.types {
        for attribute in &model.attributes {
            for level in &attribute.levels {
                assert!(
                    level.bits().is_finite(),
                    "{entity_type:?} {} {}",
                    attribute.name,
                    level.name
                );
            }
        }
    }
}
