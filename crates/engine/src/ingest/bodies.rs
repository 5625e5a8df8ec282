//! Checks of the body of a submitted record, part by part.

use super::check::{self, PARTS_MAX};
use super::reason::{Reason, RowError};
use crate::model::{Address, Body, Organization, Person, PersonName, Phone, Vehicle};

/// A check's reason with the place that it is about.
pub(super) fn at(path: &str, check: Result<(), Reason>) -> Result<(), RowError> {
    check.map_err(|reason| RowError::column(path, reason))
}

/// An optional text.
pub(super) fn check_text(text: &Option<String>) -> Result<(), Reason> {
    text.as_deref().map_or(Ok(()), check::text)
}

/// Optional texts, by their names.
pub(super) fn check_texts(path: &str, texts: &[(&str, &Option<String>)]) -> Result<(), RowError> {
    texts.iter().try_for_each(|(name, text)| at(&format!("{path}.{name}"), check_text(text)))
}

/// Checks coordinates; the error names the one that is wrong or missing.
pub(super) fn check_coordinates(
    path: &str,
    latitude: Option<f64>,
    longitude: Option<f64>,
) -> Result<(), RowError> {
    check::coordinates(latitude, longitude).map_err(|reason| {
        let name = match reason {
            Reason::BadLatitude => "latitude",
            Reason::HalfCoordinates if latitude.is_none() => "latitude",
            _ => "longitude",
        };
        RowError::column(format!("{path}.{name}"), reason)
    })
}

/// Checks the body of a submitted record; `path` is its place in the row. An empty body is an error.
pub(super) fn check_body(body: &Body, path: &str) -> Result<(), RowError> {
    let empty = match body {
        Body::Person(person) => *person == Person::default(),
        Body::Phone(phone) => phone.number.trim().is_empty(),
        Body::Address(address) => *address == Address::default(),
        Body::Vehicle(vehicle) => *vehicle == Vehicle::default(),
        Body::Organization(organization) => *organization == Organization::default(),
    };
    if empty {
        return Err(RowError::column(path, Reason::EmptyRecord));
    }
    match body {
        Body::Person(person) => check_person(person, path),
        Body::Phone(phone) => check_phone(phone, path),
        Body::Address(address) => check_address(address, path),
        Body::Vehicle(vehicle) => check_vehicle(vehicle, path),
        Body::Organization(organization) => {
            let Organization { name, registration, kind, phones, address } = organization;
            check_texts(path, &[("name", name), ("registration", registration), ("kind", kind)])?;
            check_phones(phones, path)?;
            check_address_of(address, path)
        }
    }
}

fn check_person(person: &Person, path: &str) -> Result<(), RowError> {
    let lengths = [person.names.len(), person.emails.len(), person.documents.len()];
    if lengths.iter().any(|length| *length > PARTS_MAX) {
        return Err(RowError::column(path, Reason::TooMany));
    }
    for (position, name) in person.names.iter().enumerate() {
        let PersonName { full, given, middle, family } = name;
        let texts = [("full", full), ("given", given), ("middle", middle), ("family", family)];
        check_texts(&format!("{path}.names.{position}"), &texts)?;
    }
    for (position, email) in person.emails.iter().enumerate() {
        at(&format!("{path}.emails.{position}"), check::text(email))?;
    }
    for (position, document) in person.documents.iter().enumerate() {
        let path = format!("{path}.documents.{position}");
        at(&format!("{path}.kind"), check::text(&document.kind))?;
        at(&format!("{path}.number"), check::text(&document.number))?;
        at(&format!("{path}.country"), check_text(&document.country))?;
    }
    let texts = [
        ("birth_place", &person.birth_place),
        ("nationality", &person.nationality),
        ("occupation", &person.occupation),
    ];
    check_texts(path, &texts)?;
    check_phones(&person.phones, path)?;
    check_address_of(&person.address, path)
}

fn check_phones(phones: &[Phone], path: &str) -> Result<(), RowError> {
    let path = format!("{path}.phones");
    at(&path, if phones.len() > PARTS_MAX { Err(Reason::TooMany) } else { Ok(()) })?;
    let mut numbered = phones.iter().enumerate();
    numbered.try_for_each(|(position, phone)| check_phone(phone, &format!("{path}.{position}")))
}

fn check_phone(phone: &Phone, path: &str) -> Result<(), RowError> {
    at(&format!("{path}.number"), check::text(&phone.number))?;
    at(&format!("{path}.region"), check_text(&phone.region))
}

fn check_address_of(address: &Option<Address>, path: &str) -> Result<(), RowError> {
    address.as_ref().map_or(Ok(()), |address| check_address(address, &format!("{path}.address")))
}

fn check_address(address: &Address, path: &str) -> Result<(), RowError> {
    let texts = [
        ("line", &address.line),
        ("house", &address.house),
        ("street", &address.street),
        ("unit", &address.unit),
        ("city", &address.city),
        ("region", &address.region),
        ("postcode", &address.postcode),
        ("country", &address.country),
    ];
    check_texts(path, &texts)?;
    check_coordinates(path, address.latitude, address.longitude)
}

fn check_vehicle(vehicle: &Vehicle, path: &str) -> Result<(), RowError> {
    let texts = [
        ("plate", &vehicle.plate),
        ("plate_region", &vehicle.plate_region),
        ("plate_country", &vehicle.plate_country),
        ("vin", &vehicle.vin),
        ("make", &vehicle.make),
        ("model", &vehicle.model),
        ("colour", &vehicle.colour),
    ];
    check_texts(path, &texts)?;
    let in_range = vehicle.year.is_none_or(|year| check::MODEL_YEARS.contains(&year));
    at(&format!("{path}.year"), if in_range { Ok(()) } else { Err(Reason::OutOfRange) })
}
