//! Addresses. Street, house, post code and town depend on each other, so that they are compared
//! as two attributes only: the building, and the unit within it.

use super::text::{equal, pair_words};
use super::{Agreement, Attribute};
use crate::normalize::AddressForm;

/// Levels of the building, strongest first.
pub(super) const BUILDING: [&str; 6] = [
    "same_building",
    "same_building_misspelt",
    "house_missing",
    "same_street",
    "same_area",
    "different",
];

const UNIT: [&str; 3] = ["same_unit", "one_without_unit", "different"];

pub(super) const ATTRIBUTES: [Attribute; 2] = [("building", &BUILDING), ("unit", &UNIT)];

pub(super) fn compare<'a>(a: &'a AddressForm, b: &'a AddressForm) -> Agreement<'a> {
    let mut agreement = Agreement::default();
    agreement.levels[0] = building(a, b);
    agreement.levels[1] = unit(a, b);
    agreement
}

/// The level of the building; `None` when either side says too little.
pub(super) fn building(a: &AddressForm, b: &AddressForm) -> Option<u8> {
    if let Some(same) = equal(a.po_box.as_ref(), b.po_box.as_ref()) {
        return Some(if same && !area_differs(a, b) { 0 } else { 5 });
    }
    let area = equal(a.postcode.as_ref(), b.postcode.as_ref());
    let town = equal(a.city.as_ref(), b.city.as_ref());
    if a.street_tokens.is_empty() || b.street_tokens.is_empty() {
        return match (area, town) {
            (Some(true), _) | (None, Some(true)) => Some(4),
            (None, None) => None,
            _ => Some(5),
        };
    }
    let same_area = area == Some(true) || town == Some(true);
    let apart = town == Some(false) && area != Some(true);
    let same_street = a.street_tokens == b.street_tokens;
    let near_street = same_street || streets_near(a, b);
    let house = equal(a.house.as_ref(), b.house.as_ref());
    Some(match (near_street && !apart, house) {
        (true, Some(true)) if same_street => 0,
        (true, Some(true)) => 1,
        (true, None) => 2,
        (true, Some(false)) => 3,
        (false, _) if same_area => 4,
        (false, _) => 5,
    })
}

fn area_differs(a: &AddressForm, b: &AddressForm) -> bool {
    equal(a.city.as_ref(), b.city.as_ref()) == Some(false)
}

/// Whether each token of the shorter street name has its own near token in the longer.
fn streets_near(a: &AddressForm, b: &AddressForm) -> bool {
    pair_words(&a.street_tokens, &b.street_tokens).left_short == 0
}

fn unit(a: &AddressForm, b: &AddressForm) -> Option<u8> {
    match (&a.unit, &b.unit) {
        (None, None) => None,
        (Some(x), Some(y)) if x == y => Some(0),
        (Some(_), Some(_)) => Some(2),
        _ => Some(1),
    }
}
