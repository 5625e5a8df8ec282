//! Records made from small pools of values, so that any two of them are likely to agree somewhere.

use proptest::collection::vec;
use proptest::option::{of, weighted};
use proptest::prelude::*;
use proptest::sample::select;

use crate::model::{
    Address, Body, Document, EntityType, Handling, IdKey, Label, Organization, Person, PersonName,
    Phone, Record, Sex, SubjectCategory, Vehicle,
};

const GIVEN: [&str; 8] =
    ["Katarina", "Katerina", "Bob", "Robert", "Mohamed", "Muhammad", "Marina", "K."];
const FAMILY: [&str; 8] =
    ["Horvat", "Horvatova", "Hoxha", "Hodza", "Marin", "Marina", "Garcia Lopez", "Novak-Horvat"];
const WHOLE: [&str; 6] = [
    "HORVAT Katarina",
    "Horvat, Katarina",
    "Катарина Хорват",
    "Maria",
    "Maria Garcia",
    "de la Cruz",
];
const BORN: [&str; 8] = [
    "1991-07-03",
    "1991-03-07",
    "1991-07-04",
    "1991-07",
    "1991",
    "1992",
    "1988-11-30",
    "1901-01-01",
];
const NUMBERS: [&str; 7] = [
    "+44 20 2555 0143",
    "020 2555 0143",
    "2555 0143",
    "+44 20 2555 0144",
    "(512) 555-0143",
    "512-555-0143 x12",
    "0000000",
];
const LINES: [&str; 7] = [
    "12 Station Road",
    "12 Station Rd Apt 4",
    "Station Road",
    "7 Stanton Road",
    "7 Mill Station Lane",
    "PO Box 77",
    "Calle Mayor 12",
];
const COMPANIES: [&str; 8] = [
    "Western Lion Farms LLC",
    "WESTERN LION FARM",
    "Lion Western Farms",
    "Marina Marine Marino",
    "Marine Marina Marin",
    "Orchid",
    "LLC",
    "Western Lions",
];
const PLATES: [&str; 7] =
    ["AAA-0000", "AAA 0O00", "AAA0001", "AAB0001", "LM30 YAM", "LM3O YAM", "X"];
const VINS: [&str; 4] =
    ["1HGCM82633A004352", "1HGCM82633A004353", "1HGCM82633A00435", "WVWZZZ1JZXW000001"];

fn maybe<const N: usize>(values: [&'static str; N]) -> impl Strategy<Value = Option<String>> {
    of(some(values))
}

fn some<const N: usize>(values: [&'static str; N]) -> impl Strategy<Value = String> {
    select(values.to_vec()).prop_map(str::to_owned)
}

fn name() -> impl Strategy<Value = PersonName> {
    let parts = (maybe(GIVEN), weighted(0.2, some(GIVEN)), maybe(FAMILY)).prop_map(
        |(given, middle, family)| PersonName { given, middle, family, ..PersonName::default() },
    );
    let joined =
        (some(GIVEN), some(FAMILY)).prop_map(|(given, family)| format!("{given} {family}"));
    let whole = prop_oneof![some(WHOLE), joined];
    prop_oneof![parts, whole.prop_map(|full| PersonName { full: Some(full), ..Default::default() })]
}

fn phone() -> impl Strategy<Value = Phone> {
    (some(NUMBERS), maybe(["GB", "US"])).prop_map(|(number, region)| Phone { number, region })
}

pub fn address() -> impl Strategy<Value = Address> {
    let place = (maybe(["London", "Chicago"]), maybe(["60601", "NW1 2DB"]), maybe(["GB", "US"]));
    (maybe(LINES), maybe(["12", "7", "12A"]), maybe(["4", "4B"]), place).prop_map(
        |(line, house, unit, (city, postcode, country))| Address {
            line,
            house,
            unit,
            city,
            postcode,
            country,
            ..Address::default()
        },
    )
}

fn document() -> impl Strategy<Value = Document> {
    let kinds = ["passport", "national_id", "other", ""];
    let numbers = ["HR4711208", "HR4711209", "4711208", "1111", "12"];
    (some(kinds), some(numbers), maybe(["HR", "RO"])).prop_map(|(kind, number, country)| Document {
        kind,
        number,
        country,
    })
}

pub fn person() -> impl Strategy<Value = Person> {
    let emails = ["ana@example.org", "Ana+1@Example.org", "ana@example.net", "none"];
    let sexes = vec![Sex::Female, Sex::Male, Sex::Other];
    (
        vec(name(), 0..4),
        maybe(BORN),
        vec(phone(), 0..3),
        vec(some(emails), 0..2),
        vec(document(), 0..3),
        of(address()),
        of(select(sexes)),
        maybe(["Zagreb", "zagreb", "Split"]),
    )
        .prop_map(|(names, born, phones, emails, documents, address, sex, birth_place)| {
            Person {
                names,
                birth_date: born.map(|text| text.parse().unwrap()),
                phones,
                emails,
                documents,
                address,
                sex,
                birth_place,
                ..Person::default()
            }
        })
}

fn vehicle() -> impl Strategy<Value = Vehicle> {
    let look = (maybe(["Dacia", "VW"]), maybe(["Logan", "Golf"]), maybe(["grey", "gray", "red"]));
    (maybe(PLATES), maybe(["IL", "TX"]), maybe(["US", "GB"]), maybe(VINS), look).prop_map(
        |(plate, plate_region, plate_country, vin, (make, model, colour))| Vehicle {
            plate,
            plate_region,
            plate_country,
            vin,
            make,
            model,
            colour,
            ..Vehicle::default()
        },
    )
}

fn organization() -> impl Strategy<Value = Organization> {
    let registration = maybe(["10000074", "10000-074", "10000111"]);
    (maybe(COMPANIES), registration, vec(phone(), 0..3), of(address())).prop_map(
        |(name, registration, phones, address)| Organization {
            name,
            registration,
            phones,
            address,
            ..Organization::default()
        },
    )
}

/// A body of this type.
pub fn body_of(entity_type: EntityType) -> BoxedStrategy<Body> {
    match entity_type {
        EntityType::Person => person().prop_map(Body::Person).boxed(),
        EntityType::Phone => phone().prop_map(Body::Phone).boxed(),
        EntityType::Address => address().prop_map(Body::Address).boxed(),
        EntityType::Vehicle => vehicle().prop_map(Body::Vehicle).boxed(),
        EntityType::Organization => organization().prop_map(Body::Organization).boxed(),
    }
}

/// A body of any type.
pub fn body() -> impl Strategy<Value = Body> {
    select(EntityType::ALL.to_vec()).prop_flat_map(body_of)
}

/// Two bodies of one type.
pub fn pair() -> impl Strategy<Value = (Body, Body)> {
    select(EntityType::ALL.to_vec()).prop_flat_map(|kind| (body_of(kind), body_of(kind)))
}

/// A record of an agency with this body.
pub fn record(agency: &str, local_id: &str, body: Body) -> Record {
    let category = SubjectCategory::Unknown;
    Record {
        id: IdKey::default().record(agency, local_id),
        local_id: local_id.into(),
        sibling: false,
        public: false,
        source: "test".into(),
        label: Label {
            agency: agency.into(),
            category,
            tier: 0,
            handling: Handling::Own,
            ..Label::default()
        },
        grade: None,
        nature: None,
        raw: [("column".to_owned(), local_id.to_owned())].into(),
        body,
    }
}

/// A body of each type that says nothing.
pub fn empty() -> [Body; 5] {
    [
        Body::Person(Person::default()),
        Body::Phone(Phone::default()),
        Body::Address(Address::default()),
        Body::Vehicle(Vehicle::default()),
        Body::Organization(Organization::default()),
    ]
}

/// A name in one text.
pub fn full_name(text: &str) -> PersonName {
    PersonName { full: Some(text.into()), ..PersonName::default() }
}

/// Words each of which is near several of the others, but not all.
const ALIKE: [&str; 8] =
    ["marina", "marine", "marino", "martina", "martine", "marin", "marlin", "merlin"];

/// Two records whose names, companies or streets are made of words that are all alike.
pub fn alike() -> impl Strategy<Value = (Body, Body)> {
    let text = || vec(select(ALIKE.to_vec()), 1..5).prop_map(|words| words.join(" "));
    let person =
        |text: String| Body::Person(Person { names: vec![full_name(&text)], ..Person::default() });
    let company = |name: String| {
        Body::Organization(Organization { name: Some(name), ..Organization::default() })
    };
    let street = |text: String| {
        let line = Some(format!("12 {text} Road"));
        Body::Address(Address { line, ..Address::default() })
    };
    prop_oneof![
        (text().prop_map(person), text().prop_map(person)),
        (text().prop_map(company), text().prop_map(company)),
        (text().prop_map(street), text().prop_map(street)),
    ]
}
