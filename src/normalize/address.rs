//! Postal addresses.

use super::text::{alphanumeric_upper, fold_option};
use crate::model::Address;

/// The comparable form of an address.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct AddressForm {
    /// House number, upper case ("12", "12A", "12-14").
    pub house: Option<String>,
    /// Flat, room or unit, upper case ("4", "4B").
    pub unit: Option<String>,
    /// Street with its type in canonical form and place ("main street").
    pub street: Option<String>,
    /// The tokens of `street` without its type, sorted: order of words does not matter.
    pub street_tokens: Vec<String>,
    /// City, folded.
    pub city: Option<String>,
    /// State or province, folded; where known, its postal abbreviation ("tx").
    pub region: Option<String>,
    /// Post code, upper case, without blanks.
    pub postcode: Option<String>,
    /// Country, ISO 3166-1 alpha-2, upper case.
    pub country: Option<String>,
    /// Number of a post-office box.
    pub po_box: Option<String>,
    /// WGS 84 latitude and longitude in degrees, when both are known and on the globe.
    pub coordinates: Option<(f64, f64)>,
}

impl AddressForm {
    /// The form of an address.
    pub fn new(address: &Address) -> Self {
        let street = fold_option(address.street.as_ref().or(address.line.as_ref()));
        let code = |text: &Option<String>| {
            text.as_deref().map(alphanumeric_upper).filter(|code| !code.is_empty())
        };
        Self {
            house: code(&address.house),
            unit: code(&address.unit),
            street_tokens: street
                .iter()
                .flat_map(|street| street.split(' '))
                .map(str::to_owned)
                .collect(),
            street,
            city: fold_option(address.city.as_ref()),
            region: fold_option(address.region.as_ref()),
            postcode: code(&address.postcode),
            country: code(&address.country),
            po_box: None,
            coordinates: address.latitude.zip(address.longitude),
        }
    }

    /// Whether the address says nothing that could be compared.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}
