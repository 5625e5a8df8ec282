//! The fields of each record type: which exist, and how a row's values become a record's body.

use super::check;
use super::compile::Fields;
use super::mapping_fault::{MappingFault, MappingProblem};
use super::reason::RowError;
use super::value::{CellValue, Kind, Reading};
use crate::model::{
    Address, Body, Document, EntityType, Organization, Person, PersonName, Phone, Vehicle,
};

type Maybe = Option<CellValue>;

/// The kind of a document where a mapping does not say.
const DOCUMENT_KIND_DEFAULT: &str = "document";

/// How a row becomes the body of a record.
#[derive(Debug)]
pub(super) enum BodyPlan {
    Person(Box<PersonPlan>),
    Phone(Box<PhonePlan>),
    Address(Box<AddressPlan>),
    Vehicle(Box<VehiclePlan>),
    Organization(Box<OrganizationPlan>),
}

#[derive(Debug)]
pub(super) struct PersonPlan {
    /// Full, given, middle, family.
    names: Vec<[Maybe; 4]>,
    birth_date: Maybe,
    birth_place: Maybe,
    sex: Maybe,
    nationality: Maybe,
    phones: Vec<PhonePlan>,
    emails: Vec<[Maybe; 1]>,
    address: AddressPlan,
    /// Number, kind, country.
    documents: Vec<[Maybe; 3]>,
    occupation: Maybe,
}

#[derive(Debug)]
pub(super) struct PhonePlan {
    number: Maybe,
    region: Maybe,
}

#[derive(Debug)]
pub(super) struct AddressPlan {
    line: Maybe,
    house: Maybe,
    street: Maybe,
    unit: Maybe,
    city: Maybe,
    region: Maybe,
    postcode: Maybe,
    country: Maybe,
    coordinates: CoordinatesPlan,
}

/// Latitude and longitude, which are mapped together or not at all.
#[derive(Debug)]
pub(super) struct CoordinatesPlan {
    latitude: Maybe,
    longitude: Maybe,
}

#[derive(Debug)]
pub(super) struct VehiclePlan {
    plate: Maybe,
    plate_region: Maybe,
    plate_country: Maybe,
    vin: Maybe,
    make: Maybe,
    model: Maybe,
    year: Maybe,
    colour: Maybe,
}

#[derive(Debug)]
pub(super) struct OrganizationPlan {
    name: Maybe,
    registration: Maybe,
    kind: Maybe,
    phones: Vec<PhonePlan>,
    address: AddressPlan,
}

impl BodyPlan {
    /// Compiles the fields of the type by taking them; any field left over afterwards is unknown.
    pub fn compile(
        entity_type: EntityType,
        fields: &mut Fields<'_, '_>,
    ) -> Result<Self, MappingProblem> {
        Ok(match entity_type {
            EntityType::Person => Self::Person(Box::new(PersonPlan::compile(fields)?)),
            EntityType::Phone => Self::Phone(Box::new(PhonePlan::compile(fields)?)),
            EntityType::Address => Self::Address(Box::new(AddressPlan::compile(fields, "")?)),
            EntityType::Vehicle => Self::Vehicle(Box::new(VehiclePlan::compile(fields)?)),
            EntityType::Organization => {
                Self::Organization(Box::new(OrganizationPlan::compile(fields)?))
            }
        })
    }

    /// Reads the body; `None` where no cell of the row gives it a value.
    pub fn read(&self, row: &Reading<'_>) -> Result<Option<Body>, RowError> {
        let body = match self {
            Self::Person(plan) => Some(Body::Person(plan.read(row)?)),
            Self::Phone(plan) => plan.read(row)?.map(Body::Phone),
            Self::Address(plan) => Some(Body::Address(plan.read(row)?)),
            Self::Vehicle(plan) => Some(Body::Vehicle(plan.read(row)?)),
            Self::Organization(plan) => Some(Body::Organization(plan.read(row)?)),
        };
        Ok(body.filter(|_| row.filled.get()))
    }
}

fn text(value: &Maybe, row: &Reading<'_>) -> Result<Option<String>, RowError> {
    value.as_ref().map_or(Ok(None), |value| value.text(row))
}

impl PersonPlan {
    fn compile(fields: &mut Fields<'_, '_>) -> Result<Self, MappingProblem> {
        Ok(Self {
            names: fields.many(["full", "given", "middle", "family"])?,
            birth_date: fields.one("birth_date", Kind::Date)?,
            birth_place: fields.one("birth_place", Kind::Text)?,
            sex: fields.one("sex", Kind::Sex)?,
            nationality: fields.one("nationality", Kind::Text)?,
            phones: phones(fields)?,
            emails: fields.many(["email"])?,
            address: AddressPlan::compile(fields, "address.")?,
            documents: fields.many(["document", "document_kind", "document_country"])?,
            occupation: fields.one("occupation", Kind::Text)?,
        })
    }

    fn read(&self, row: &Reading<'_>) -> Result<Person, RowError> {
        Ok(Person {
            names: self.read_names(row)?,
            birth_date: self.birth_date.as_ref().map_or(Ok(None), |value| value.date(row))?,
            birth_place: text(&self.birth_place, row)?,
            sex: self.sex.as_ref().map_or(Ok(None), |value| value.sex(row))?,
            nationality: text(&self.nationality, row)?,
            phones: read_phones(&self.phones, row)?,
            emails: read_all(&self.emails, |[email]| text(email, row))?,
            address: self.address.read_if_any(row)?,
            documents: self.read_documents(row)?,
            occupation: text(&self.occupation, row)?,
        })
    }

    fn read_names(&self, row: &Reading<'_>) -> Result<Vec<PersonName>, RowError> {
        read_all(&self.names, |[full, given, middle, family]| {
            let name = PersonName {
                full: text(full, row)?,
                given: text(given, row)?,
                middle: text(middle, row)?,
                family: text(family, row)?,
            };
            Ok(Some(name).filter(|name| *name != PersonName::default()))
        })
    }

    /// A further document without a kind or country of its own has those of the first.
    fn read_documents(&self, row: &Reading<'_>) -> Result<Vec<Document>, RowError> {
        let [_, first_kind, first_country] = self.documents.first().unwrap_or(&[None, None, None]);
        read_all(&self.documents, |[number, kind, country]| {
            let Some(number) = text(number, row)? else { return Ok(None) };
            let kind = text(if kind.is_some() { kind } else { first_kind }, row)?;
            let country = text(if country.is_some() { country } else { first_country }, row)?;
            let kind = kind.unwrap_or_else(|| DOCUMENT_KIND_DEFAULT.to_owned());
            Ok(Some(Document { kind, number, country }))
        })
    }
}

/// Reads each of a repeatable field, leaving out the empty ones.
fn read_all<P, T>(
    plans: &[P],
    read: impl Fn(&P) -> Result<Option<T>, RowError>,
) -> Result<Vec<T>, RowError> {
    plans.iter().filter_map(|plan| read(plan).transpose()).collect()
}

fn phones(fields: &mut Fields<'_, '_>) -> Result<Vec<PhonePlan>, MappingProblem> {
    let region = fields.region();
    let numbers = fields.many(["phone"])?;
    Ok(numbers.into_iter().map(|[number]| PhonePlan { number, region: region.clone() }).collect())
}

fn read_phones(plans: &[PhonePlan], row: &Reading<'_>) -> Result<Vec<Phone>, RowError> {
    read_all(plans, |plan| plan.read(row))
}

impl PhonePlan {
    fn compile(fields: &mut Fields<'_, '_>) -> Result<Self, MappingProblem> {
        let number = fields.required("number")?;
        let region = fields.one("region", Kind::Text)?.or_else(|| fields.region());
        Ok(Self { number: Some(number), region })
    }

    fn read(&self, row: &Reading<'_>) -> Result<Option<Phone>, RowError> {
        let Some(number) = text(&self.number, row)? else { return Ok(None) };
        Ok(Some(Phone { number, region: text(&self.region, row)? }))
    }
}

impl AddressPlan {
    fn compile(fields: &mut Fields<'_, '_>, prefix: &str) -> Result<Self, MappingProblem> {
        let mut part = |name: &str| fields.one(&format!("{prefix}{name}"), Kind::Text);
        Ok(Self {
            line: part("line")?,
            house: part("house")?,
            street: part("street")?,
            unit: part("unit")?,
            city: part("city")?,
            region: part("region")?,
            postcode: part("postcode")?,
            country: part("country")?,
            coordinates: CoordinatesPlan::compile(fields, prefix)?,
        })
    }

    fn read(&self, row: &Reading<'_>) -> Result<Address, RowError> {
        let (latitude, longitude) = self.coordinates.read(row)?;
        Ok(Address {
            line: text(&self.line, row)?,
            house: text(&self.house, row)?,
            street: text(&self.street, row)?,
            unit: text(&self.unit, row)?,
            city: text(&self.city, row)?,
            region: text(&self.region, row)?,
            postcode: text(&self.postcode, row)?,
            country: text(&self.country, row)?,
            latitude,
            longitude,
        })
    }

    /// The address of a person or organization, when a cell says something of it.
    fn read_if_any(&self, row: &Reading<'_>) -> Result<Option<Address>, RowError> {
        let own = Reading { cells: row.cells, columns: row.columns, filled: false.into() };
        let address = self.read(&own)?;
        row.filled.set(row.filled.get() || own.filled.get());
        Ok(Some(address).filter(|_| own.filled.get()))
    }
}

impl CoordinatesPlan {
    pub fn compile(fields: &mut Fields<'_, '_>, prefix: &str) -> Result<Self, MappingProblem> {
        let latitude = fields.one(&format!("{prefix}latitude"), Kind::Latitude)?;
        let longitude = fields.one(&format!("{prefix}longitude"), Kind::Longitude)?;
        if latitude.is_some() != longitude.is_some() {
            let missing = if latitude.is_none() { "latitude" } else { "longitude" };
            let fault = MappingFault::Coordinates;
            return Err(fields.problem(&format!("{prefix}{missing}"), fault));
        }
        Ok(Self { latitude, longitude })
    }

    pub fn read(&self, row: &Reading<'_>) -> Result<(Option<f64>, Option<f64>), RowError> {
        let (Some(latitude), Some(longitude)) = (&self.latitude, &self.longitude) else {
            return Ok((None, None));
        };
        let degrees = (latitude.latitude(row)?, longitude.longitude(row)?);
        let empty = if degrees.0.is_none() { latitude } else { longitude };
        check::coordinates(degrees.0, degrees.1).map_err(|reason| empty.error(row, reason))?;
        Ok(degrees)
    }
}

impl VehiclePlan {
    fn compile(fields: &mut Fields<'_, '_>) -> Result<Self, MappingProblem> {
        Ok(Self {
            plate: fields.one("plate", Kind::Text)?,
            plate_region: fields.one("plate_region", Kind::Text)?,
            plate_country: fields.one("plate_country", Kind::Text)?.or_else(|| fields.region()),
            vin: fields.one("vin", Kind::Text)?,
            make: fields.one("make", Kind::Text)?,
            model: fields.one("model", Kind::Text)?,
            year: fields.one("year", Kind::ModelYear)?,
            colour: fields.one("colour", Kind::Text)?,
        })
    }

    fn read(&self, row: &Reading<'_>) -> Result<Vehicle, RowError> {
        let plate = text(&self.plate, row)?;
        let (plate_region, plate_country) = match plate {
            Some(_) => (text(&self.plate_region, row)?, text(&self.plate_country, row)?),
            None => (None, None),
        };
        Ok(Vehicle {
            plate,
            plate_region,
            plate_country,
            vin: text(&self.vin, row)?,
            make: text(&self.make, row)?,
            model: text(&self.model, row)?,
            year: self.year.as_ref().map_or(Ok(None), |value| value.model_year(row))?,
            colour: text(&self.colour, row)?,
        })
    }
}

impl OrganizationPlan {
    fn compile(fields: &mut Fields<'_, '_>) -> Result<Self, MappingProblem> {
        Ok(Self {
            name: fields.one("name", Kind::Text)?,
            registration: fields.one("registration", Kind::Text)?,
            kind: fields.one("kind", Kind::Text)?,
            phones: phones(fields)?,
            address: AddressPlan::compile(fields, "address.")?,
        })
    }

    fn read(&self, row: &Reading<'_>) -> Result<Organization, RowError> {
        Ok(Organization {
            name: text(&self.name, row)?,
            registration: text(&self.registration, row)?,
            kind: text(&self.kind, row)?,
            phones: read_phones(&self.phones, row)?,
            address: self.address.read_if_any(row)?,
        })
    }
}
