//! Vehicles: plate, VIN and description.

use super::text::one_edit;
use super::{Agreement, Attribute};
use crate::resolve::lexicon::{Lexicon, Sides, hash};
use crate::resolve::values::VehicleValues;

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

pub(super) fn compare(sides: Sides<'_>, a: &VehicleValues, b: &VehicleValues) -> Agreement {
    let mut agreement = Agreement::default();
    agreement.levels[0] = plate(sides, a, b);
    agreement.levels[1] = vin(sides, a, b);
    agreement.levels[2] = description(sides, a, b);
    agreement
}

/// Hashes of the values of an attribute on which two vehicles agree wholly.
pub(super) fn agreements(vehicle: &VehicleValues, attribute: usize, lexicon: &Lexicon) -> Vec<u64> {
    let value = match attribute {
        0 => vehicle.plate,
        1 => vehicle.vin,
        _ => None,
    };
    value.into_iter().map(|text| hash(lexicon.text(text))).collect()
}

fn plate(sides: Sides<'_>, a: &VehicleValues, b: &VehicleValues) -> Option<u8> {
    let (x, y) = (a.plate?, b.plate?);
    let same = sides.same_text(x, y);
    let (x, y) = (sides.a.text(x), sides.b.text(y));
    let state = sides.equal(a.plate_region, b.plate_region);
    let country = sides.equal(a.plate_country, b.plate_country);
    let elsewhere = state == Some(false) || country == Some(false);
    let folded = sides.equal(a.plate_folded, b.plate_folded) == Some(true);
    Some(match () {
        () if same && elsewhere => 2,
        () if same && state == Some(true) => 0,
        () if same => 1,
        () if folded && !elsewhere => 3,
        () if x.len().min(y.len()) >= EDIT_LETTERS_MIN && one_edit(x, y) && !elsewhere => 4,
        () => 5,
    })
}

fn vin(sides: Sides<'_>, a: &VehicleValues, b: &VehicleValues) -> Option<u8> {
    let (x, y) = (a.vin?, b.vin?);
    let both_valid = a.vin_check_digit_valid && b.vin_check_digit_valid;
    Some(match () {
        () if sides.same_text(x, y) => 0,
        () if !both_valid && one_edit(sides.a.text(x), sides.b.text(y)) => 1,
        () => 2,
    })
}

fn description(sides: Sides<'_>, a: &VehicleValues, b: &VehicleValues) -> Option<u8> {
    let make = sides.equal(a.make, b.make);
    let model = sides.equal(a.model, b.model);
    let colour = sides.equal(a.colour, b.colour);
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
