//! Rows as the HTTP API submits them: already in the model's words, checked like a file's rows.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::assemble::{Assembly, EventParts, RowOrigin, RowOutput, RowTerms};
use super::check::{self, PARTS_MAX};
use super::reason::{Reason, RowError};
use crate::model::{
    Address, Body, EventKind, Handling, IdKey, Label, Money, Organization, Person, PersonName,
    Phone, Place, Role, Span, SubjectCategory, TieKind, Timestamp, Vehicle,
};

/// One submitted row: records, and what ties them together and happened to them. The agency is
/// the caller's and is not part of it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SubmittedRow {
    /// The agency's own id of the row, at most 200 bytes. The first record bears it; every other
    /// one's is `<local_id>/<slot>`.
    pub local_id: String,
    /// The agency's name for the system the row comes from.
    pub source: String,
    /// What the source alleges the persons of the row to be.
    #[serde(default)]
    pub category: SubjectCategory,
    /// Sensitivity, 0 to 4.
    #[serde(default)]
    pub tier: u8,
    /// How far the agency lets the row go.
    #[serde(default)]
    pub handling: Handling,
    /// That the row is criminal intelligence, and the suspicion that it rests on (28 CFR 23.20): only who is
    /// certified for it sees it.
    #[serde(default)]
    #[schema(nullable = false)]
    pub intelligence: Option<Intelligence>,
    /// When it must be reviewed, at most five years from now; criminal intelligence must say. From the
    /// beginning of that day (UTC) on nobody but the owner sees it.
    #[serde(default)]
    pub review_by: Option<Timestamp>,
    /// The written release by which a victim lets the row go; a provider of services to victims cites one
    /// for each victim. From the beginning of its last day (UTC) on nobody but the owner sees the row.
    #[serde(default)]
    #[schema(nullable = false)]
    pub release: Option<Release>,
    /// The records.
    #[serde(default)]
    pub records: Vec<SubmittedRecord>,
    /// Ties between them.
    #[serde(default)]
    pub ties: Vec<SubmittedTie>,
    /// Events they took part in, at most one of a kind.
    #[serde(default)]
    pub events: Vec<SubmittedEvent>,
}

/// What makes a row criminal intelligence.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Intelligence {
    /// The reasonable suspicion, in 10 to 1,000 characters: facts, never political, religious or social
    /// views or doings as such.
    pub reasonable_suspicion: String,
}

/// A victim's written release.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Release {
    /// Where it is kept: the agency's own reference.
    pub reference: String,
    /// When it ends.
    pub until: Timestamp,
}

/// The longest time until a review, in days.
const REVIEW_DAYS_MAX: i64 = 5 * 365 + 1;
const DAY_MICROS: i64 = 86_400_000_000;

/// The beginning of a day (UTC): days, not instants, make classes.
fn day_of(at: Timestamp) -> Timestamp {
    let micros = at.as_micros().div_euclid(DAY_MICROS) * DAY_MICROS;
    Timestamp::from_micros(micros).unwrap_or(at)
}

/// A record of a submitted row.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SubmittedRecord {
    /// The record's name within the row, of `a-z`, `0-9`, `_` and `-`.
    pub slot: String,
    /// What it says.
    pub body: Body,
}

/// A tie of a submitted row.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SubmittedTie {
    /// What the relationship is.
    pub kind: TieKind,
    /// The slot it goes out from.
    pub from: String,
    /// The slot it goes to.
    pub to: String,
    /// When it held.
    #[serde(default)]
    pub span: Span,
    /// How sure the source is, 0 to 1; 1 when absent.
    #[serde(default)]
    pub confidence: Option<f64>,
}

/// An event of a submitted row.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SubmittedEvent {
    /// What happened.
    pub kind: EventKind,
    /// When it began.
    pub at: Timestamp,
    /// When it ended, where that differs.
    #[serde(default)]
    pub until: Option<Timestamp>,
    /// Where.
    #[serde(default)]
    pub place: Option<Place>,
    /// Who and what took part: slots by role.
    #[serde(default)]
    pub participants: BTreeMap<Role, Vec<String>>,
    /// Text of an advertisement or message.
    #[serde(default)]
    pub text: Option<String>,
    /// Amount of a payment.
    #[serde(default)]
    pub amount: Option<Money>,
}

impl SubmittedRow {
    /// Checks the row and makes its records, ties and events, owned by `agency`.
    ///
    /// # Errors
    /// The first thing that cannot be taken; the column is a path such as
    /// `records.0.body.latitude`.
    pub fn into_output(self, agency: &str, key: &IdKey) -> Result<RowOutput, RowError> {
        self.check()?;
        let (local_id, source) = (self.local_id.trim(), self.source.trim());
        let (category, tier, handling) = (self.category, self.tier, self.handling);
        let release = self.release.as_ref();
        let ends = [self.review_by, release.map(|release| release.until)];
        let terms = RowTerms {
            suspicion: self.intelligence.as_ref().map(|it| it.reasonable_suspicion.trim()),
            release: release.map(|release| release.reference.trim()),
            hidden_from: ends.into_iter().flatten().min().map(day_of),
        };
        let origin = RowOrigin { agency, source, local_id, category, tier, handling, terms };
        let mut assembly = Assembly::new(key, origin);
        for (position, record) in self.records.iter().enumerate() {
            assembly.record(&record.slot, position == 0, BTreeMap::new(), record.body.clone());
        }
        for tie in self.ties {
            let confidence = tie.confidence.unwrap_or(1.0);
            assembly.tie(tie.kind, &tie.from, &tie.to, tie.span, confidence);
        }
        for event in self.events {
            let SubmittedEvent { kind, at, until, place, participants, text, amount } = event;
            assembly.event(EventParts { kind, at, until, place, text, amount }, &participants);
        }
        Ok(assembly.finish())
    }

    /// Checks the review against the time at which the row is handed in.
    ///
    /// # Errors
    /// A review that lies behind or too far ahead, or that criminal intelligence does without.
    pub fn check_review(&self, now: Timestamp) -> Result<(), RowError> {
        let latest = now.as_micros().saturating_add(REVIEW_DAYS_MAX * DAY_MICROS);
        let good = match self.review_by {
            Some(by) => by > now && by.as_micros() <= latest,
            None => self.intelligence.is_none(),
        };
        if good { Ok(()) } else { Err(RowError::column("review_by", Reason::BadReview)) }
    }

    fn check(&self) -> Result<(), RowError> {
        if let Some(Intelligence { reasonable_suspicion }) = &self.intelligence {
            let path = "intelligence.reasonable_suspicion";
            at(path, check::text(reasonable_suspicion))?;
            if !(10..=1_000).contains(&reasonable_suspicion.trim().chars().count()) {
                return Err(RowError::column(path, Reason::NoSuspicion));
            }
        }
        if let Some(release) = &self.release {
            at("release.reference", check::id(&release.reference))?;
        }
        at("local_id", check::id(&self.local_id))?;
        at("source", check::id(&self.source))?;
        at("tier", if self.tier > Label::TIER_MAX { Err(Reason::BadTier) } else { Ok(()) })?;
        if self.records.is_empty() && self.events.is_empty() {
            return Err(RowError::row(Reason::EmptyRow));
        }
        let lengths = [self.records.len(), self.ties.len(), self.events.len()];
        if lengths.iter().any(|length| *length > PARTS_MAX) {
            return Err(RowError::row(Reason::TooMany));
        }
        let mut slots = BTreeSet::new();
        for (position, record) in self.records.iter().enumerate() {
            let path = format!("records.{position}");
            check_slot_name(&record.slot, &mut slots)
                .map_err(|reason| RowError::column(format!("{path}.slot"), reason))?;
            check_body(&record.body, &format!("{path}.body"))?;
        }
        self.check_ties(&slots)?;
        self.check_events(&slots)
    }

    fn check_ties(&self, slots: &BTreeSet<&str>) -> Result<(), RowError> {
        let mut stated = BTreeSet::new();
        for (position, tie) in self.ties.iter().enumerate() {
            let path = format!("ties.{position}");
            at(&format!("{path}.from"), known(slots, &tie.from))?;
            at(&format!("{path}.to"), known(slots, &tie.to))?;
            if tie.from == tie.to || !stated.insert((tie.kind, &tie.from, &tie.to)) {
                return Err(RowError::column(path, Reason::Repeated));
            }
            at(&format!("{path}.span.to"), check::order(tie.span.from, tie.span.to))?;
            if !tie.confidence.is_none_or(|confidence| (0.0..=1.0).contains(&confidence)) {
                return Err(RowError::column(format!("{path}.confidence"), Reason::BadConfidence));
            }
        }
        Ok(())
    }

    fn check_events(&self, slots: &BTreeSet<&str>) -> Result<(), RowError> {
        let mut kinds = BTreeSet::new();
        for (position, event) in self.events.iter().enumerate() {
            let path = format!("events.{position}");
            if !kinds.insert(event.kind) {
                return Err(RowError::column(format!("{path}.kind"), Reason::Repeated));
            }
            for (role, named) in &event.participants {
                let path = format!("{path}.participants.{}", role.as_str());
                named.iter().try_for_each(|slot| at(&path, known(slots, slot)))?;
                at(&path, if named.len() > PARTS_MAX { Err(Reason::TooMany) } else { Ok(()) })?;
            }
            at(&format!("{path}.until"), check::order(Some(event.at), event.until))?;
            at(&format!("{path}.text"), check_text(&event.text))?;
            if let Some(money) = &event.amount {
                at(&format!("{path}.amount.currency"), check::currency(&money.currency))?;
            }
            if let Some(place) = &event.place {
                let path = format!("{path}.place");
                check_texts(
                    &path,
                    &[("name", &place.name), ("city", &place.city), ("country", &place.country)],
                )?;
                check_coordinates(&path, place.latitude, place.longitude)?;
            }
        }
        Ok(())
    }
}

fn at(path: &str, check: Result<(), Reason>) -> Result<(), RowError> {
    check.map_err(|reason| RowError::column(path, reason))
}

fn known(slots: &BTreeSet<&str>, slot: &str) -> Result<(), Reason> {
    if slots.contains(slot) { Ok(()) } else { Err(Reason::UnknownSlot) }
}

fn check_slot_name<'a>(slot: &'a str, slots: &mut BTreeSet<&'a str>) -> Result<(), Reason> {
    let letters = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_' || b == b'-';
    check::id(slot)?;
    if !slot.bytes().all(letters) {
        return Err(Reason::UnknownCode);
    }
    if slots.insert(slot) { Ok(()) } else { Err(Reason::Repeated) }
}

fn check_text(text: &Option<String>) -> Result<(), Reason> {
    text.as_deref().map_or(Ok(()), check::text)
}

fn check_texts(path: &str, texts: &[(&str, &Option<String>)]) -> Result<(), RowError> {
    texts.iter().try_for_each(|(name, text)| at(&format!("{path}.{name}"), check_text(text)))
}

fn check_coordinates(
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

fn check_body(body: &Body, path: &str) -> Result<(), RowError> {
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
