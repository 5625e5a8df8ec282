//! Addresses. Street, house, post code and town depend on each other, so that they are compared
//! as two attributes only: the building, and the unit within it.

use geographiclib_rs::{Geodesic, InverseGeodesic};

use super::text::pair_words;
use super::{Agreement, Attribute};
use crate::resolve::lexicon::Sides;
use crate::resolve::values::AddressValues;

/// Levels of the building, strongest first.
pub(super) const BUILDING: [&str; 9] = [
    "same_building",
    "same_building_misspelt",
    "near_by",
    "house_missing",
    "same_street",
    "same_postcode",
    "same_town",
    "same_postcode_area",
    "different",
];

const SAME: u8 = 0;
const MISSPELT: u8 = 1;
const NEAR_BY: u8 = 2;
const HOUSE_MISSING: u8 = 3;
const SAME_STREET: u8 = 4;
const SAME_POSTCODE: u8 = 5;
const SAME_TOWN: u8 = 6;
const SAME_POSTCODE_AREA: u8 = 7;
const DIFFERENT: u8 = 8;

/// Coordinates that are not further apart mean one building: the error of geocoders and telephones.
const NEAR_METRES: f64 = 50.0;
/// Farther apart in latitude than this (more than a kilometre) need not be measured.
const NEAR_DEGREES: f64 = 0.01;

const UNIT: [&str; 3] = ["same_unit", "one_without_unit", "different"];

pub(super) const ATTRIBUTES: [Attribute; 2] = [("building", &BUILDING), ("unit", &UNIT)];

pub(super) fn compare(sides: Sides<'_>, a: &AddressValues, b: &AddressValues) -> Agreement {
    let mut agreement = Agreement::default();
    agreement.levels[0] = building(sides, a, b);
    agreement.levels[1] = unit(sides, a, b);
    agreement
}

/// The level of the building; `None` when either side says too little.
pub(super) fn building(sides: Sides<'_>, a: &AddressValues, b: &AddressValues) -> Option<u8> {
    let near = near_by(a, b);
    let written = written(sides, a, b);
    match (near, written) {
        (Some(true), level) => Some(level.map_or(NEAR_BY, |level| level.min(NEAR_BY))),
        (Some(false), None) => Some(DIFFERENT),
        (_, level) => level,
    }
}

/// Returns the level of the building by the written address, without coordinates; `None` when too little is written.
fn written(sides: Sides<'_>, a: &AddressValues, b: &AddressValues) -> Option<u8> {
    let town = sides.equal(a.city, b.city);
    if let Some(same) = sides.equal(a.po_box, b.po_box) {
        return Some(if same && town != Some(false) { SAME } else { DIFFERENT });
    }
    let postcode = sides.equal(a.postcode, b.postcode);
    let place = place(sides, a, b, postcode, town);
    if a.street.is_empty() || b.street.is_empty() {
        return place;
    }
    let apart = town == Some(false) && postcode != Some(true);
    let paired = pair_words(sides, &a.street, &b.street);
    // Each word of the shorter street name has its own near word in the longer.
    let near_street = paired.left_short == 0;
    let same_street = near_street && paired.left_long == 0 && paired.misspelt == 0;
    Some(match (near_street && !apart, sides.equal(a.house, b.house)) {
        (true, Some(true)) if same_street => SAME,
        (true, Some(true)) => MISSPELT,
        (true, None) => HOUSE_MISSING,
        (true, Some(false)) => SAME_STREET,
        (false, _) => place.unwrap_or(DIFFERENT),
    })
}

/// The level of post code and town alone.
fn place(
    sides: Sides<'_>,
    a: &AddressValues,
    b: &AddressValues,
    postcode: Option<bool>,
    town: Option<bool>,
) -> Option<u8> {
    let same_area = || {
        a.postcode
            .zip(b.postcode)
            .is_some_and(|(x, y)| postcode_area(sides.a.text(x)) == postcode_area(sides.b.text(y)))
    };
    match (postcode, town) {
        (None, None) => None,
        (Some(true), _) => Some(SAME_POSTCODE),
        (_, Some(true)) => Some(SAME_TOWN),
        (Some(false), _) if same_area() => Some(SAME_POSTCODE_AREA),
        _ => Some(DIFFERENT),
    }
}

/// The part of a post code that names the district: of British ones all but the last three characters
/// (SW1A 1AA: SW1A), of others the first three.
pub(crate) fn postcode_area(postcode: &str) -> &str {
    let bytes = postcode.as_bytes();
    let british = (5..=7).contains(&bytes.len())
        && bytes[0].is_ascii_alphabetic()
        && matches!(bytes[bytes.len() - 3..], [digit, one, two]
            if digit.is_ascii_digit() && one.is_ascii_alphabetic() && two.is_ascii_alphabetic());
    let end = if british { bytes.len() - 3 } else { 3.min(bytes.len()) };
    postcode.get(..end).unwrap_or(postcode)
}

/// Returns true if the coordinates lie within [`NEAR_METRES`], as those of one building; `None` when one side has
/// none.
fn near_by(a: &AddressValues, b: &AddressValues) -> Option<bool> {
    let (x, y) = a.coordinates.zip(b.coordinates)?;
    if (x.0 - y.0).abs() > NEAR_DEGREES {
        return Some(false);
    }
    let metres: f64 = Geodesic::wgs84().inverse(x.0, x.1, y.0, y.1);
    Some(metres <= NEAR_METRES)
}

fn unit(sides: Sides<'_>, a: &AddressValues, b: &AddressValues) -> Option<u8> {
    match (a.unit, b.unit) {
        (None, None) => None,
        (Some(x), Some(y)) if sides.same_text(x, y) => Some(0),
        (Some(_), Some(_)) => Some(2),
        _ => Some(1),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Address;
    use crate::normalize::{AddressForm, Form};
    use crate::resolve::lexicon::LexiconBuilder;
    use crate::resolve::values::{Values, values};

    fn level(a: &Address, b: &Address) -> Option<&'static str> {
        let side = |address: &Address| {
            let mut lexicon = LexiconBuilder::default();
            let form = Form::Address(AddressForm::new(address));
            let Values::Address(values) = values(&form, &mut lexicon) else { unreachable!() };
            (lexicon.finish(), values)
        };
        let ((x, a), (y, b)) = (side(a), side(b));
        let forward = building(Sides::new(&x, &y), &a, &b);
        assert_eq!(forward, building(Sides::new(&y, &x), &b, &a), "symmetric");
        forward.map(|level| BUILDING[usize::from(level)])
    }

    fn line(line: &str, city: &str, postcode: &str) -> Address {
        let text = |text: &str| Some(text.to_owned()).filter(|text| !text.is_empty());
        let (line, city, postcode) = (text(line), text(city), text(postcode));
        Address { line, city, postcode, ..Address::default() }
    }

    fn at(latitude: f64, longitude: f64, line: &str) -> Address {
        let (latitude, longitude) = (Some(latitude), Some(longitude));
        Address { latitude, longitude, ..self::line(line, "", "") }
    }

    #[test]
    fn written_addresses_reach_their_levels() {
        for (a, b, expected) in [
            (["12 Station Road", "Leeds", ""], ["12 Station Rd", "Leeds", ""], "same_building"),
            (["12 Station Road", "", ""], ["12 Statoin Rd", "", ""], "same_building_misspelt"),
            (["Station Road", "Leeds", ""], ["12 Station Rd", "Leeds", ""], "house_missing"),
            (["14 Station Road", "", ""], ["12 Station Rd", "", ""], "same_street"),
            (["", "", "SW1A 1AA"], ["", "", "sw1a1aa"], "same_postcode"),
            (["", "Leeds", "LS1 4AP"], ["", "Leeds", "LS2 9JT"], "same_town"),
            (["", "", "SW1A 1AA"], ["", "", "SW1A 2BB"], "same_postcode_area"),
            (["", "", "78701"], ["", "", "78702"], "same_postcode_area"),
            (["", "", "SW1A 1AA"], ["", "", "SW1 1AA"], "different"),
            (["12 Station Road", "Leeds", ""], ["12 Station Rd", "York", ""], "different"),
        ] {
            let side = |[line, city, postcode]: [&str; 3]| self::line(line, city, postcode);
            assert_eq!(level(&side(a), &side(b)), Some(expected), "{a:?} / {b:?}");
        }
        assert_eq!(level(&line("", "", ""), &line("", "Leeds", "")), None);
    }

    #[test]
    fn places_a_few_steps_apart_are_one_building() {
        // A thousandth of a degree of latitude is 111 metres.
        let here = at(51.5007, -0.1246, "");
        assert_eq!(level(&here, &at(51.5010, -0.1246, "")), Some("near_by"));
        assert_eq!(level(&here, &at(51.5017, -0.1246, "")), Some("different"));
        assert_eq!(level(&here, &at(51.5007, 0.1246, "")), Some("different"));
        // What is written and is stronger goes before; what is weaker gives way.
        let near = |line: &str| at(51.5008, -0.1246, line);
        assert_eq!(level(&near("12 Mill Lane"), &near("12 Mill Ln")), Some("same_building"));
        assert_eq!(level(&near("12 Mill Lane"), &near("14 Park Road")), Some("near_by"));
    }
}
