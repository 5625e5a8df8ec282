//! Comparison levels: how far two forms of one type agree, attribute by attribute. Levels are
//! ordered, strongest first; a value that is missing on either side reaches none.

mod address;
mod name;
mod organization;
mod person;
mod phone;
mod text;
mod vehicle;

use crate::model::EntityType;
use crate::normalize::Form;

/// An attribute's name and the names of its levels, strongest first.
pub(super) type Attribute = (&'static str, &'static [&'static str]);

/// The most attributes any type has.
pub(super) const ATTRIBUTES_MAX: usize = 8;

/// What a comparison found: for each attribute the index of the level reached (`None`: missing), and
/// for each pair of names that reaches the best level the tokens that they share, for the
/// term-frequency adjustment.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Agreement<'a> {
    pub levels: [Option<u8>; ATTRIBUTES_MAX],
    pub shared_tokens: Vec<Vec<(&'a str, &'a str)>>,
}

/// The attributes of a type, in the order of [`Agreement::levels`].
pub(super) fn attributes(entity_type: EntityType) -> &'static [Attribute] {
    match entity_type {
        EntityType::Person => &person::ATTRIBUTES,
        EntityType::Phone => &phone::ATTRIBUTES,
        EntityType::Address => &address::ATTRIBUTES,
        EntityType::Vehicle => &vehicle::ATTRIBUTES,
        EntityType::Organization => &organization::ATTRIBUTES,
    }
}

/// The values of an attribute that agree wholly only with themselves, as texts; none where there is no
/// such text.
pub(super) fn values(form: &Form, attribute: usize) -> Vec<String> {
    match form {
        Form::Person(person) => person::values(person, attribute),
        _ => Vec::new(),
    }
}

/// Compares two forms; `None` when their types differ.
pub(super) fn compare<'a>(a: &'a Form, b: &'a Form) -> Option<Agreement<'a>> {
    match (a, b) {
        (Form::Person(a), Form::Person(b)) => Some(person::compare(a, b)),
        (Form::Phone(a), Form::Phone(b)) => Some(phone::compare(a, b)),
        (Form::Address(a), Form::Address(b)) => Some(address::compare(a, b)),
        (Form::Vehicle(a), Form::Vehicle(b)) => Some(vehicle::compare(a, b)),
        (Form::Organization(a), Form::Organization(b)) => Some(organization::compare(a, b)),
        _ => None,
    }
}
