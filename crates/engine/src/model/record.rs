//! Source records: what one row of one agency says about one person, phone, address, vehicle or
//! organization. A record never changes its identity and is never merged.

use std::collections::BTreeMap;

use serde::{Deserialize, Deserializer, Serialize};
#[cfg(feature = "openapi")]
use utoipa::ToSchema;

use super::{EntityType, Grade, Label, Nature, PartialDate, RecordId};
use crate::strict::{self, Tagged};

/// One source record.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Record {
    /// Keyed hash of agency and local id.
    pub id: RecordId,
    /// The agency's own id of the record, unique within the agency.
    pub local_id: String,
    /// True if the record is not the first of its row: its local id is then the row's id, `/` and the slot's name.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub sibling: bool,
    /// True if the source declares that everybody may know of the record, whatever the rest of its row is about:
    /// agencies other than its owner are then not told which row it is of.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub public: bool,
    /// The agency's name for the file or system the record came from.
    pub source: String,
    /// The label: the record's owner (`label.agency`), and how far the record may go.
    pub label: Label,
    /// The grade that the source gave: how far the record is to be believed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub grade: Option<Grade>,
    /// The nature of the record, facts or an assessment; `None` where its source does not say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub nature: Option<Nature>,
    /// The source's columns that this record was made from, exactly as they came.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub raw: BTreeMap<String, String>,
    /// The content of the record: a person, phone, address, vehicle or organization.
    pub body: Body,
}

impl Record {
    /// The type of thing the record speaks of.
    pub fn entity_type(&self) -> EntityType {
        self.body.entity_type()
    }

    /// The agency's own id of the row that the record is of.
    pub fn row_id(&self) -> &str {
        match self.local_id.rsplit_once('/') {
            // A slot's name holds no `/`.
            Some((row, _)) if self.sibling => row,
            _ => &self.local_id,
        }
    }
}

/// The content of a record, by type.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "openapi", derive(ToSchema))]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Body {
    /// About a person.
    Person(Person),
    /// About a phone.
    Phone(Phone),
    /// About an address.
    Address(Address),
    /// About a vehicle.
    Vehicle(Vehicle),
    /// About an organization.
    Organization(Organization),
}

impl<'de> Deserialize<'de> for Body {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        strict::tagged(from)
    }
}

impl<'de> Tagged<'de> for Body {
    const TAG: &'static str = "type";
    type Kind = EntityType;

    fn of_kind<D: Deserializer<'de>>(kind: EntityType, members: D) -> Result<Self, D::Error> {
        match kind {
            EntityType::Person => Person::deserialize(members).map(Self::Person),
            EntityType::Phone => Phone::deserialize(members).map(Self::Phone),
            EntityType::Address => Address::deserialize(members).map(Self::Address),
            EntityType::Vehicle => Vehicle::deserialize(members).map(Self::Vehicle),
            EntityType::Organization => Organization::deserialize(members).map(Self::Organization),
        }
    }
}

impl Body {
    /// The type of thing described.
    pub fn entity_type(&self) -> EntityType {
        match self {
            Self::Person(_) => EntityType::Person,
            Self::Phone(_) => EntityType::Phone,
            Self::Address(_) => EntityType::Address,
            Self::Vehicle(_) => EntityType::Vehicle,
            Self::Organization(_) => EntityType::Organization,
        }
    }
}

/// A name of a person as the source wrote it: in parts, or whole where the source has one column.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, Default)]
#[cfg_attr(feature = "openapi", derive(ToSchema))]
#[serde(deny_unknown_fields)]
pub struct PersonName {
    /// The whole name in one text, in the source's order.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub full: Option<String>,
    /// Given name or names.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub given: Option<String>,
    /// Middle names, or a patronymic.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub middle: Option<String>,
    /// Family name or names.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub family: Option<String>,
}

/// Sex as the source states it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Sex {
    /// Female.
    Female,
    /// Male.
    Male,
    /// Stated as neither, e.g. X in an ICAO 9303 document.
    Other,
}

/// An identity document or an official number of a person.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Document {
    /// Kind in the source's word: `passport`, `driving_licence`, `national_id`, `social_security`, ...
    pub kind: String,
    /// The number as written.
    pub number: String,
    /// Issuing country, ISO 3166-1 alpha-2, when known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub country: Option<String>,
}

/// A person as one record describes it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Default)]
#[cfg_attr(feature = "openapi", derive(ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Person {
    /// Names; the first is the main one, the others are aliases.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub names: Vec<PersonName>,
    /// Date of birth, possibly partial.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub birth_date: Option<PartialDate>,
    /// Place of birth.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub birth_place: Option<String>,
    /// Sex.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sex: Option<Sex>,
    /// Nationality, ISO 3166-1 alpha-2 where the source has a code. Never a suspicion feature.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub nationality: Option<String>,
    /// Telephone numbers.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub phones: Vec<Phone>,
    /// E-mail addresses.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub emails: Vec<String>,
    /// Home or last known address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub address: Option<Address>,
    /// Identity documents.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub documents: Vec<Document>,
    /// Occupation.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub occupation: Option<String>,
}

/// A phone as one record describes it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, Default)]
#[cfg_attr(feature = "openapi", derive(ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Phone {
    /// The number as written.
    pub number: String,
    /// The country to read a national number in, ISO 3166-1 alpha-2.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub region: Option<String>,
}

/// An address as one record describes it: in parts, in one line, or both.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Default)]
#[cfg_attr(feature = "openapi", derive(ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Address {
    /// Street address in one line ("Apt 4, 12 Main St").
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub line: Option<String>,
    /// House number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub house: Option<String>,
    /// Street name with its type.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub street: Option<String>,
    /// Flat, room or unit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unit: Option<String>,
    /// City, town or suburb.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub city: Option<String>,
    /// State or province.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub region: Option<String>,
    /// Post code.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub postcode: Option<String>,
    /// Country, ISO 3166-1 alpha-2.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub country: Option<String>,
    /// WGS 84 latitude in degrees, -90 to 90.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub latitude: Option<f64>,
    /// WGS 84 longitude in degrees, -180 to 180.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub longitude: Option<f64>,
}

/// A vehicle as one record describes it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Default)]
#[cfg_attr(feature = "openapi", derive(ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Vehicle {
    /// Licence plate as written or read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub plate: Option<String>,
    /// State or province of the plate.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub plate_region: Option<String>,
    /// Country of the plate, ISO 3166-1 alpha-2.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub plate_country: Option<String>,
    /// Vehicle identification number (ISO 3779).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub vin: Option<String>,
    /// Make.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub make: Option<String>,
    /// Model.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub model: Option<String>,
    /// Model year.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub year: Option<i16>,
    /// Colour.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub colour: Option<String>,
}

/// An organization as one record describes it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Default)]
#[cfg_attr(feature = "openapi", derive(ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Organization {
    /// Name as written, with its legal form.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Registration or tax number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub registration: Option<String>,
    /// Kind of organization in the source's word: `hotel`, `farm`, `shelter`, `agency`, ...
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kind: Option<String>,
    /// Telephone numbers.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub phones: Vec<Phone>,
    /// Address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub address: Option<Address>,
}
