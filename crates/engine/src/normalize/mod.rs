//! Raw text to comparable form: names, dates, phones, addresses, plates and VINs, organizations,
//! documents and e-mail addresses. A form is a pure function of a record's body; the raw text is
//! always kept by the caller. Knows nothing of other records, of scores, of who asks, or of storage.

mod address;
mod address_line;
mod birth;
mod document;
mod email;
mod name;
mod name_parts;
pub mod nicknames;
mod organization;
mod person;
mod phone;
mod regions;
mod romanize;
pub mod skeleton;
mod street;
mod text;
mod vehicle;

pub use address::AddressForm;
pub use birth::BirthForm;
pub use document::{DocumentForm, icao_check_digit, mrz_field_valid};
pub use email::EmailForm;
pub use name::NameForm;
pub use organization::OrganizationForm;
pub use person::PersonForm;
pub use phone::PhoneForm;
pub use text::fold;
pub use vehicle::{VehicleForm, VinForm, fold_plate};

use crate::model::Body;

/// The comparable form of one record, by type.
#[derive(Debug, Clone, PartialEq)]
pub enum Form {
    /// The form of a person.
    Person(PersonForm),
    /// The form of a phone.
    Phone(PhoneForm),
    /// The form of an address.
    Address(AddressForm),
    /// The form of a vehicle.
    Vehicle(VehicleForm),
    /// The form of an organization.
    Organization(OrganizationForm),
}

/// Returns the comparable form of a record's body.
pub fn form(body: &Body) -> Form {
    match body {
        Body::Person(person) => Form::Person(PersonForm::new(person)),
        Body::Phone(phone) => Form::Phone(PhoneForm::new(phone).unwrap_or_default()),
        Body::Address(address) => Form::Address(AddressForm::new(address)),
        Body::Vehicle(vehicle) => Form::Vehicle(VehicleForm::new(vehicle)),
        Body::Organization(organization) => Form::Organization(OrganizationForm::new(organization)),
    }
}
