//! Pointers ("blind hits"): the agencies that hold records with an exact strong identifier. There is no fuzzy or
//! partial search; the content and the number of the records are not told.

use std::collections::BTreeSet;

use crate::govern::{PlannedOperation, View};
use crate::graph::strip_record;
use crate::model::{Body, Document, FormId, IdKey, Person, Phone, Record};
use crate::model::{Handling, Label, SubjectCategory};
use crate::normalize::{Form, NameForm, PersonForm, PhoneForm, VehicleForm, form};
use crate::resolve::Engine;
use crate::store::{Store, StoreError, class_of};

/// Records read at a time.
const ROUND: usize = 512;

/// A strong identifier, which names a person or thing exactly, in normalized form.
#[derive(Debug, Clone, PartialEq)]
pub enum Identifier {
    /// A telephone number, in international form.
    Phone(String),
    /// A plate with its country and state.
    Plate {
        /// Plain letters and digits.
        plate: String,
        /// The state or province, where one is given.
        region: Option<String>,
        /// The country.
        country: String,
    },
    /// A vehicle identification number.
    Vin(String),
    /// A document: kind, number, country.
    Document(String, String, Option<String>),
    /// A name and a whole date of birth.
    Person(Box<PersonForm>),
}

/// A strong identifier, and probes to find the records that may hold it.
#[derive(Debug, Clone)]
pub struct Wanted {
    identifier: Identifier,
    probes: Vec<Body>,
}

impl Wanted {
    /// A telephone number that can be read in international form.
    pub fn phone(phone: Phone) -> Option<Self> {
        let e164 = PhoneForm::new(&phone)?.e164?;
        let person = Person { phones: vec![phone.clone()], ..Person::default() };
        let probes = vec![Body::Phone(phone), Body::Person(person)];
        Some(Self { identifier: Identifier::Phone(e164), probes })
    }

    /// A vehicle's plate with its country, or its identification number.
    pub fn vehicle(vehicle: crate::model::Vehicle) -> Option<Self> {
        let form = VehicleForm::new(&vehicle);
        let identifier = match (form.vin, form.plate, form.plate_country) {
            (Some(vin), None, _) => Identifier::Vin(vin.text),
            (None, Some(plate), Some(country)) => {
                Identifier::Plate { plate, region: form.plate_region, country }
            }
            _ => return None,
        };
        Some(Self { identifier, probes: vec![Body::Vehicle(vehicle)] })
    }

    /// An identity document.
    pub fn document(document: Document) -> Option<Self> {
        let person = Person { documents: vec![document], ..Person::default() };
        let form = PersonForm::new(&person).documents.into_iter().next()?;
        let identifier = Identifier::Document(form.kind, form.number, form.country);
        Some(Self { identifier, probes: vec![Body::Person(person)] })
    }

    /// A name and a whole date of birth.
    pub fn person(person: Person) -> Option<Self> {
        let form = PersonForm::new(&person);
        let whole = form.birth.as_ref().is_some_and(|birth| birth.date.day().is_some());
        if form.names.len() != 1 || !whole {
            return None;
        }
        let identifier = Identifier::Person(Box::new(form));
        Some(Self { identifier, probes: vec![Body::Person(person)] })
    }

    fn is_in(&self, held: &Form) -> bool {
        let same_phone = |phone: &PhoneForm, wanted: &String| phone.e164.as_ref() == Some(wanted);
        match (&self.identifier, held) {
            (Identifier::Phone(wanted), Form::Phone(phone)) => same_phone(phone, wanted),
            (Identifier::Phone(wanted), Form::Person(person)) => {
                person.phones.iter().any(|phone| same_phone(phone, wanted))
            }
            (Identifier::Plate { plate, region, country }, Form::Vehicle(vehicle)) => {
                vehicle.plate.as_ref() == Some(plate)
                    && vehicle.plate_country.as_ref() == Some(country)
                    && vehicle.plate_region == *region
            }
            (Identifier::Vin(wanted), Form::Vehicle(vehicle)) => {
                vehicle.vin.as_ref().is_some_and(|vin| vin.text == *wanted)
            }
            (Identifier::Document(kind, number, country), Form::Person(person)) => {
                person.documents.iter().any(|document| {
                    document.kind == *kind
                        && document.number == *number
                        && document.country == *country
                })
            }
            (Identifier::Person(wanted), Form::Person(person)) => {
                let birth = |form: &PersonForm| form.birth.as_ref().map(|birth| birth.date);
                birth(wanted) == birth(person)
                    && wanted
                        .names
                        .iter()
                        .any(|name| person.names.iter().any(|other| same_name(name, other)))
            }
            _ => false,
        }
    }
}

/// Tells if two names have the same tokens, in any order.
fn same_name(a: &NameForm, b: &NameForm) -> bool {
    let tokens = |name: &NameForm| name.tokens.iter().cloned().collect::<BTreeSet<_>>();
    tokens(a) == tokens(b)
}

/// Returns the other agencies that hold one of the identifiers in a class for which the caller may learn the agency's
/// contact.
///
/// # Errors
/// When the store does not answer.
pub fn holders(
    store: &dyn Store,
    view: &View,
    engine: &Engine,
    wanted: &[Wanted],
) -> Result<BTreeSet<String>, StoreError> {
    let mut found = BTreeSet::new();
    for wanted in wanted {
        for probe in &wanted.probes {
            let probe = engine.prepare(&record_of(probe.clone()));
            let forms = store.candidates(view.pointers(), &engine.keys(&probe))?;
            for round in forms.chunks(ROUND) {
                let held = read(store, view, round)?;
                let held = held.iter().filter(|record| wanted.is_in(&form(&record.body)));
                found.extend(held.map(|record| record.label.agency.clone()));
            }
        }
    }
    Ok(found)
}

/// Reads a record of each form from the store, without the fields that agreements withhold.
fn read(store: &dyn Store, view: &View, forms: &[FormId]) -> Result<Vec<Record>, StoreError> {
    let mut records: Vec<Record> = store.of_forms(view.pointers(), forms)?.into_values().collect();
    for record in &mut records {
        if let Some(fields) = view.withheld().get(&class_of(record)) {
            strip_record(record, *fields);
        }
    }
    Ok(records)
}

/// Makes a probe: a record that is never stored, to find others by.
fn record_of(body: Body) -> Record {
    let label = Label {
        agency: String::new(),
        category: SubjectCategory::Unknown,
        tier: 0,
        handling: Handling::Own,
        ..Label::default()
    };
    Record {
        id: IdKey::default().record("", "probe"),
        local_id: String::new(),
        sibling: false,
        public: false,
        source: String::new(),
        label,
        grade: None,
        nature: None,
        raw: Default::default(),
        body,
    }
}

/// Tells if two operations overlap in time and their areas touch each other.
pub fn clash(a: &PlannedOperation, b: &PlannedOperation) -> bool {
    let apart = super::movement::metres((a.latitude, a.longitude), (b.latitude, b.longitude));
    a.from < b.until && b.from < a.until && apart <= a.radius_metres + b.radius_metres
}
