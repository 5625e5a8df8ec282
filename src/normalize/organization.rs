//! Organizations.

use super::text::{alphanumeric_upper, fold, fold_option};
use super::{AddressForm, PhoneForm};
use crate::model::Organization;

/// The comparable form of an organization.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct OrganizationForm {
    /// The name's tokens in written order, folded, without the legal form.
    pub tokens: Vec<String>,
    /// The legal form in one canonical spelling ("llc", "gmbh").
    pub legal_form: Option<String>,
    /// `tokens` joined by blanks.
    pub name: Option<String>,
    /// Registration or tax number: upper-case letters and digits.
    pub registration: Option<String>,
    /// What it is, folded.
    pub kind: Option<String>,
    /// Telephone numbers, distinct and sorted.
    pub phones: Vec<PhoneForm>,
    /// Address.
    pub address: Option<AddressForm>,
}

impl OrganizationForm {
    /// The form of an organization.
    pub fn new(organization: &Organization) -> Self {
        let name = organization.name.as_deref().map(fold).unwrap_or_default();
        let mut phones: Vec<_> = organization.phones.iter().filter_map(PhoneForm::new).collect();
        phones.sort();
        phones.dedup();
        Self {
            tokens: name.split(' ').filter(|t| !t.is_empty()).map(str::to_owned).collect(),
            legal_form: None,
            name: Some(name).filter(|name| !name.is_empty()),
            registration: organization
                .registration
                .as_deref()
                .map(alphanumeric_upper)
                .filter(|r| !r.is_empty()),
            kind: fold_option(organization.kind.as_ref()),
            phones,
            address: organization.address.as_ref().map(AddressForm::new).filter(|a| !a.is_empty()),
        }
    }
}
