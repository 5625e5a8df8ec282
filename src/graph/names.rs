//! A short readable name for an entity, in the spelling of its records.

use std::collections::BTreeMap;

use crate::model::{Address, Body, PersonName, Record};

/// The name that most of the records give. Of equally frequent names the longest is taken, then the first in
/// alphabetical order.
pub(super) fn display<'a>(records: impl Iterator<Item = &'a Record>) -> String {
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    for record in records {
        let text = text(record);
        if !text.is_empty() {
            *counts.entry(text).or_default() += 1;
        }
    }
    counts
        .into_iter()
        .max_by(|(a, a_count), (b, b_count)| {
            (a_count, a.chars().count()).cmp(&(b_count, b.chars().count())).then(b.cmp(a))
        })
        .map(|(text, _)| text)
        .unwrap_or_default()
}

/// The name that one record gives its person or thing: the first name of a person, or a number, address or plate. Empty
/// if the record has none.
pub fn text(record: &Record) -> String {
    match &record.body {
        Body::Person(person) => person.names.first().map(name).unwrap_or_default(),
        Body::Phone(phone) => phone.number.clone(),
        Body::Address(address) => place(address),
        Body::Vehicle(vehicle) => vehicle.plate.clone().or(vehicle.vin.clone()).unwrap_or_default(),
        Body::Organization(organization) => organization.name.clone().unwrap_or_default(),
    }
}

fn name(name: &PersonName) -> String {
    match &name.full {
        Some(full) => full.clone(),
        None => join([&name.given, &name.middle, &name.family], " "),
    }
}

fn place(address: &Address) -> String {
    let street = match &address.line {
        Some(line) => line.clone(),
        None => join([&address.house, &address.street], " "),
    };
    let parts = [Some(street).filter(|street| !street.is_empty()), address.unit.clone()];
    join([&parts[0], &parts[1], &address.city], ", ")
}

fn join<const N: usize>(parts: [&Option<String>; N], between: &str) -> String {
    parts.into_iter().flatten().map(String::as_str).collect::<Vec<_>>().join(between)
}
