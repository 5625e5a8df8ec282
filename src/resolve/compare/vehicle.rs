//! Vehicles: plate, VIN and description.

use super::text::{equal, one_edit};
use super::{Agreement, Attribute};
use crate::normalize::VehicleForm;

const PLATE: [&str; 6] = [
    "same_plate_and_state",
    "same_plate",
    "same_plate_other_state",
    "misread",
    "one_edit",
    "different",
];
const VIN: [&str; 3] = ["same", "one_edit", "different"];
const DESCRIPTION: [&str; 4] = ["same", "make", "colour_or_model", "different"];

pub(super) const ATTRIBUTES: [Attribute; 3] =
    [("plate", &PLATE), ("vin", &VIN), ("description", &DESCRIPTION)];

/// A one-character difference is taken for a misreading only in plates of at least this length.
const EDIT_LETTERS_MIN: usize = 5;

pub(super) fn compare<'a>(a: &'a VehicleForm, b: &'a VehicleForm) -> Agreement<'a> {
    let mut agreement = Agreement::default();
    agreement.levels[0] = plate(a, b);
    agreement.levels[1] = vin(a, b);
    agreement.levels[2] = description(a, b);
    agreement
}

fn plate(a: &VehicleForm, b: &VehicleForm) -> Option<u8> {
    let (x, y) = (a.plate.as_ref()?, b.plate.as_ref()?);
    let state = equal(a.plate_region.as_ref(), b.plate_region.as_ref());
    let country = equal(a.plate_country.as_ref(), b.plate_country.as_ref());
    let elsewhere = state == Some(false) || country == Some(false);
    let folded = equal(a.plate_folded.as_ref(), b.plate_folded.as_ref()) == Some(true);
    Some(match () {
        () if x == y && elsewhere => 2,
        () if x == y && state == Some(true) => 0,
        () if x == y => 1,
        () if folded && !elsewhere => 3,
        () if x.len().min(y.len()) >= EDIT_LETTERS_MIN && one_edit(x, y) && !elsewhere => 4,
        () => 5,
    })
}

fn vin(a: &VehicleForm, b: &VehicleForm) -> Option<u8> {
    let (x, y) = (a.vin.as_ref()?, b.vin.as_ref()?);
    Some(match () {
        () if x.text == y.text => 0,
        () if one_edit(&x.text, &y.text) && !(x.check_digit_valid && y.check_digit_valid) => 1,
        () => 2,
    })
}

fn description(a: &VehicleForm, b: &VehicleForm) -> Option<u8> {
    let make = equal(a.make.as_ref(), b.make.as_ref());
    let model = equal(a.model.as_ref(), b.model.as_ref());
    let colour = equal(a.colour.as_ref(), b.colour.as_ref());
    match (make, model, colour) {
        (None, None, None) => None,
        (Some(true), model, colour)
            if model != Some(false) && colour != Some(false) && (model, colour) != (None, None) =>
        {
            Some(0)
        }
        (Some(true), ..) => Some(1),
        (None, model, colour) if model != Some(false) && colour != Some(false) => Some(2),
        _ => Some(3),
    }
}
