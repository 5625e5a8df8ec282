//! People: all parts of a person's record brought together.

use super::text::fold_option;
use super::{AddressForm, BirthForm, DocumentForm, EmailForm, NameForm, PhoneForm};
use crate::model::{Person, Sex};

/// The comparable form of a person.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct PersonForm {
    /// The main name and the aliases, distinct, main name first.
    pub names: Vec<NameForm>,
    /// Date of birth.
    pub birth: Option<BirthForm>,
    /// Place of birth, folded.
    pub birth_place: Option<String>,
    /// Sex.
    pub sex: Option<Sex>,
    /// Nationality, upper case where it is a code, else folded. Never a suspicion feature.
    pub nationality: Option<String>,
    /// Telephone numbers, distinct and sorted.
    pub phones: Vec<PhoneForm>,
    /// E-mail addresses, distinct and sorted.
    pub emails: Vec<EmailForm>,
    /// Home or last known address.
    pub address: Option<AddressForm>,
    /// Documents and official numbers, distinct and sorted.
    pub documents: Vec<DocumentForm>,
    /// Occupation, folded.
    pub occupation: Option<String>,
}

/// The most names, phones, e-mail addresses or documents of one person that are looked at: more than
/// any honest record holds.
const VALUES_MAX: usize = 64;

impl PersonForm {
    /// The form of a person.
    pub fn new(person: &Person) -> Self {
        let mut names: Vec<NameForm> = Vec::new();
        for name in person.names.iter().take(VALUES_MAX).filter_map(NameForm::new) {
            if !names.contains(&name) {
                names.push(name);
            }
        }
        Self {
            names,
            birth: person.birth_date.and_then(BirthForm::new),
            birth_place: fold_option(person.birth_place.as_ref()),
            sex: person.sex,
            nationality: fold_option(person.nationality.as_ref())
                .map(|text| text.to_ascii_uppercase()),
            phones: distinct(person.phones.iter().take(VALUES_MAX).filter_map(PhoneForm::new)),
            emails: distinct(
                person.emails.iter().take(VALUES_MAX).filter_map(|text| EmailForm::new(text)),
            ),
            address: person.address.as_ref().map(AddressForm::new).filter(|a| !a.is_empty()),
            documents: distinct(
                person.documents.iter().take(VALUES_MAX).filter_map(DocumentForm::new),
            ),
            occupation: fold_option(person.occupation.as_ref()),
        }
    }
}

fn distinct<T: Ord>(values: impl Iterator<Item = T>) -> Vec<T> {
    let mut values: Vec<T> = values.collect();
    values.sort();
    values.dedup();
    values
}
