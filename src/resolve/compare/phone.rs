//! Telephone numbers.

use super::{Agreement, Attribute, text};
use crate::normalize::PhoneForm;

/// Levels of a number, strongest first.
pub(super) const LEVELS: [&str; 5] =
    ["same_number", "same_national", "same_ending", "one_edit", "different"];

const DIFFERENT: u8 = 4;

/// Digits at the end that must agree where an area or country code is missing on one side.
const ENDING_DIGITS: usize = 7;

/// Numbers shorter than this are not compared with an edit allowed.
const EDIT_DIGITS_MIN: usize = 9;

pub(super) const ATTRIBUTES: [Attribute; 1] = [("number", &LEVELS)];

pub(super) fn compare<'a>(a: &'a PhoneForm, b: &'a PhoneForm) -> Agreement<'a> {
    let mut agreement = Agreement::default();
    agreement.levels[0] = (!a.is_empty() && !b.is_empty()).then(|| level(a, b));
    agreement
}

/// The best level over all pairs of numbers; `None` when either side has none.
pub(super) fn best(a: &[PhoneForm], b: &[PhoneForm]) -> Option<u8> {
    a.iter().flat_map(|a| b.iter().map(move |b| level(a, b))).min()
}

fn level(a: &PhoneForm, b: &PhoneForm) -> u8 {
    if let (Some(x), Some(y)) = (&a.e164, &b.e164) {
        return match () {
            () if x == y && extensions_agree(a, b) => 0,
            () if x == y => 1,
            () if text::one_edit(x, y) && x.len() > EDIT_DIGITS_MIN => 3,
            () => DIFFERENT,
        };
    }
    let (x, y) = (national(a), national(b));
    let ending = x.bytes().rev().zip(y.bytes().rev()).take_while(|(x, y)| x == y).count();
    match () {
        () if x == y => 1,
        () if ending >= ENDING_DIGITS && ending == x.len().min(y.len()) => 2,
        () if x.len().min(y.len()) >= EDIT_DIGITS_MIN && text::one_edit(x, y) => 3,
        () => DIFFERENT,
    }
}

fn national(form: &PhoneForm) -> &str {
    form.national.as_deref().unwrap_or(&form.digits)
}

fn extensions_agree(a: &PhoneForm, b: &PhoneForm) -> bool {
    a.extension.is_none() || b.extension.is_none() || a.extension == b.extension
}
