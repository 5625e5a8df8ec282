//! Blocking keys: a function of what a record says, and enough of them to find its copies.

use proptest::prelude::*;

use super::bodies::{body, full_name, record};
use crate::model::{Address, BlockKey, Body, Organization, Person, Phone, Vehicle};
use crate::normalize::{Form, form};
use crate::resolve::{Engine, Model};

fn keys(agency: &str, local_id: &str, body: &Body) -> Vec<BlockKey> {
    let engine = Engine::new(Model::shipped());
    engine.keys(&engine.prepare(&record(agency, local_id, body.clone())))
}

/// Returns true if a record holds a value by which blocking promises to find it: any number, document or
/// address line; for a person known by name only, two names and a year of birth.
fn findable(body: &Body) -> bool {
    match form(body) {
        Form::Person(person) => {
            let two_names = person.names.iter().any(|name| name.tokens.len() >= 2);
            let house = person.address.as_ref().is_some_and(|address| {
                address.house.is_some() && !address.street_tokens.is_empty()
            });
            let full_date = person.birth.is_some_and(|birth| birth.date.day().is_some());
            !person.phones.is_empty()
                || !person.emails.is_empty()
                || !person.documents.is_empty()
                || (two_names && person.birth.is_some())
                || (!person.names.is_empty() && (house || full_date))
        }
        Form::Phone(phone) => !phone.is_empty(),
        Form::Address(address) => {
            !address.street_tokens.is_empty()
                || address.po_box.is_some()
                || (address.postcode.is_some() && address.house.is_some())
        }
        Form::Vehicle(vehicle) => vehicle.plate.is_some() || vehicle.vin.is_some(),
        Form::Organization(organization) => {
            !organization.tokens.is_empty()
                || organization.registration.is_some()
                || !organization.phones.is_empty()
        }
    }
}

/// Two ways in which sources write the same thing.
#[test]
fn ways_of_writing_one_thing_share_a_key() {
    let person = |name: &str, born: &str| {
        let names = vec![full_name(name)];
        Body::Person(Person { names, birth_date: born.parse().ok(), ..Person::default() })
    };
    let phone = |number: &str, region: Option<&str>| {
        Body::Phone(Phone { number: number.into(), region: region.map(str::to_owned) })
    };
    let address =
        |line: &str| Body::Address(Address { line: Some(line.into()), ..Address::default() });
    let plate =
        |text: &str| Body::Vehicle(Vehicle { plate: Some(text.into()), ..Vehicle::default() });
    let company = |name: &str| {
        Body::Organization(Organization { name: Some(name.into()), ..Organization::default() })
    };
    for (a, b) in [
        (person("Katarina Horvat", "1991-07-03"), person("HORVAT, Katarina", "1991-03-07")),
        (person("Yulia Petrova", "1991-07-03"), person("Petrova Julija", "1991")),
        (phone("+44 20 2555 0143", None), phone("020 2555 0143", Some("GB"))),
        (phone("+44 20 2555 0143", None), phone("2555 0143", None)),
        (address("12 Station Road"), address("12 Station Rd Apt 4")),
        (plate("AAA-0000"), plate("AAA 0O00")),
        (plate("LM30 YAM"), plate("LM30 YAW")),
        (plate("LM30 YAM"), plate("LM30 YA")),
        (company("Western Lion Farms LLC"), company("The Western Lion Farms, Inc.")),
    ] {
        let (x, y) = (keys("a", "1", &a), keys("b", "2", &b));
        assert!(x.iter().any(|key| y.contains(key)), "{a:?} {b:?}");
    }
}

proptest! {
    #[test]
    fn a_record_that_can_be_found_shares_a_key_with_its_copy(body in body()) {
        if findable(&body) {
            prop_assert!(!keys("a", "1", &body).is_empty(), "{body:?}");
        }
    }

    #[test]
    fn types_share_no_key(a in body(), b in body()) {
        if a.entity_type() != b.entity_type() {
            let other = keys("b", "2", &b);
            prop_assert!(keys("a", "1", &a).iter().all(|key| !other.contains(key)));
        }
    }
}
