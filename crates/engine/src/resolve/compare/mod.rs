//! Comparison levels: how far two forms of one type agree, attribute by attribute. Levels are
//! ordered, strongest first; a value that is missing on either side reaches none.

pub(super) mod address;
mod name;
mod organization;
mod person;
mod phone;
mod text;
mod vehicle;

pub(super) use person::Pending;

use super::lexicon::{Lexicon, Sides};
use super::values::Values;
use crate::model::EntityType;

/// An attribute's name and the names of its levels, strongest first.
pub(super) type Attribute = (&'static str, &'static [&'static str]);

/// The most attributes any type has.
pub(super) const ATTRIBUTES_MAX: usize = 9;

/// The result of a comparison: for each attribute the index of the level reached (`None`: missing), and the
/// term frequency in bits of the names that are shared, for the term-frequency adjustment.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(super) struct Agreement {
    pub levels: [Option<u8>; ATTRIBUTES_MAX],
    pub term_frequency_bits: f64,
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

/// Returns true if people who live together, or companies at one address, share the values of an attribute, so that
/// the pairs that agree on it are a mixture of one thing and one household.
pub(super) fn is_of_household(entity_type: EntityType, attribute: usize) -> bool {
    match entity_type {
        EntityType::Person => person::OF_HOUSEHOLD.contains(&attribute),
        EntityType::Organization => organization::OF_HOUSEHOLD.contains(&attribute),
        EntityType::Phone | EntityType::Address | EntityType::Vehicle => false,
    }
}

/// Hashes of the values of an attribute that agree wholly only with themselves; none where there is no
/// such value.
pub(super) fn agreements(values: &Values, attribute: usize, lexicon: &Lexicon) -> Vec<u64> {
    match values {
        Values::Person(person) => person::agreements(person, attribute, lexicon),
        Values::Organization(it) => organization::agreements(it, attribute, lexicon),
        Values::Vehicle(vehicle) => vehicle::agreements(vehicle, attribute, lexicon),
        Values::Phone(_) | Values::Address(_) => Vec::new(),
    }
}

/// Compares the values of two records; `None` when their types differ.
pub(super) fn compare(sides: Sides<'_>, a: &Values, b: &Values) -> Option<Agreement> {
    compare_while(sides, a, b, |_, _| true)
}

/// [`compare`] that for people stops early, with `None`, once `go_on` returns false for the levels found so far and
/// the attributes still pending.
pub(super) fn compare_while(
    sides: Sides<'_>,
    a: &Values,
    b: &Values,
    go_on: impl Fn(&Agreement, Pending) -> bool,
) -> Option<Agreement> {
    match (a, b) {
        (Values::Person(a), Values::Person(b)) => person::compare(sides, a, b, go_on),
        (Values::Phone(a), Values::Phone(b)) => Some(phone::compare(sides, a.as_ref(), b.as_ref())),
        (Values::Address(a), Values::Address(b)) => Some(address::compare(sides, a, b)),
        (Values::Vehicle(a), Values::Vehicle(b)) => Some(vehicle::compare(sides, a, b)),
        (Values::Organization(a), Values::Organization(b)) => {
            Some(organization::compare(sides, a, b))
        }
        _ => None,
    }
}
