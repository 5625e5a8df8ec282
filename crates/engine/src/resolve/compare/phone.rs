//! Telephone numbers.

use super::{Agreement, Attribute, text};
use crate::resolve::lexicon::{Sides, may_be_one_edit};
use crate::resolve::values::PhoneValues;

/// Levels of a number, strongest first.
pub(super) const LEVELS: [&str; 5] =
    ["same_number", "same_national", "same_ending", "one_edit", "different"];

const ONE_EDIT: u8 = 3;
const DIFFERENT: u8 = 4;

/// Digits at the end that must agree where an area or country code is missing on one side.
const ENDING_DIGITS: usize = 7;

/// Numbers shorter than this are not compared with an edit allowed.
const EDIT_DIGITS_MIN: usize = 9;

pub(super) const ATTRIBUTES: [Attribute; 1] = [("number", &LEVELS)];

pub(super) fn compare(
    sides: Sides<'_>,
    a: Option<&PhoneValues>,
    b: Option<&PhoneValues>,
) -> Agreement {
    let mut agreement = Agreement::default();
    agreement.levels[0] = a.zip(b).map(|(a, b)| level(sides, a, b));
    agreement
}

/// The best level over all pairs of numbers; `None` when either side has none.
pub(super) fn best(sides: Sides<'_>, a: &[PhoneValues], b: &[PhoneValues]) -> Option<u8> {
    a.iter().flat_map(|a| b.iter().map(move |b| level(sides, a, b))).min()
}

fn level(sides: Sides<'_>, a: &PhoneValues, b: &PhoneValues) -> u8 {
    if let Some((e164_a, e164_b)) = a.e164.zip(b.e164) {
        if sides.same_text(e164_a, e164_b) {
            let other_extension = sides.equal(a.extension, b.extension) == Some(false);
            return u8::from(other_extension);
        }
        let near = may_be_one_edit(a.tally, b.tally) && {
            let (x, y) = (sides.a.text(e164_a), sides.b.text(e164_b));
            x.len() > EDIT_DIGITS_MIN && text::one_edit(x, y)
        };
        return if near { ONE_EDIT } else { DIFFERENT };
    }
    if sides.same_text(a.national, b.national) {
        return 1;
    }
    let (x, y) = (sides.a.text(a.national), sides.b.text(b.national));
    let ending = x.bytes().rev().zip(y.bytes().rev()).take_while(|(x, y)| x == y).count();
    match () {
        () if ending >= ENDING_DIGITS && ending == x.len().min(y.len()) => 2,
        () if x.len().min(y.len()) >= EDIT_DIGITS_MIN && text::one_edit(x, y) => ONE_EDIT,
        () => DIFFERENT,
    }
}
