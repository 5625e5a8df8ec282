//! Organizations: name, registration, phone, address.

use super::text::pair_words;
use super::{Agreement, Attribute, address, person, phone};
use crate::resolve::lexicon::{Lexicon, Sides, hash};
use crate::resolve::values::OrganizationValues;

const NAME: [&str; 4] = ["same", "misspelt", "contained", "different"];
const REGISTRATION: [&str; 2] = ["same", "different"];

pub(super) const ATTRIBUTES: [Attribute; 4] = [
    ("name", &NAME),
    ("registration", &REGISTRATION),
    ("phone", &phone::LEVELS),
    ("address", &address::BUILDING),
];

/// The attributes that companies of one house share, shells of one owner among them: phone and address.
pub(super) const OF_HOUSEHOLD: [usize; 2] = [2, 3];

pub(super) fn compare(
    sides: Sides<'_>,
    a: &OrganizationValues,
    b: &OrganizationValues,
) -> Agreement {
    let mut agreement = Agreement::default();
    agreement.levels[0] = name(sides, a, b);
    agreement.levels[1] = sides.equal(a.registration, b.registration).map(|same| u8::from(!same));
    agreement.levels[2] = phone::best(sides, &a.phones, &b.phones);
    agreement.levels[3] = a
        .address
        .as_ref()
        .zip(b.address.as_ref())
        .and_then(|(a, b)| address::building(sides, a, b));
    agreement
}

/// Hashes of the values of an attribute on which two organizations agree wholly.
pub(super) fn agreements(it: &OrganizationValues, attribute: usize, lexicon: &Lexicon) -> Vec<u64> {
    let text = |text| hash(lexicon.text(text));
    match attribute {
        0 if it.words.len() > 1 => vec![person::name_key(&it.words, lexicon)],
        1 => it.registration.into_iter().map(text).collect(),
        2 => it.phones.iter().map(|phone| text(phone.national)).collect(),
        3 => it.address.iter().filter_map(|it| person::address_key(it, lexicon)).collect(),
        _ => Vec::new(),
    }
}

fn name(sides: Sides<'_>, a: &OrganizationValues, b: &OrganizationValues) -> Option<u8> {
    if a.words.is_empty() || b.words.is_empty() {
        return None;
    }
    let paired = pair_words(sides, &a.words, &b.words);
    Some(match (paired.left_short, paired.left_long) {
        (0, 0) if paired.misspelt == 0 => 0,
        (0, 0) => 1,
        (0, _) if paired.shared >= 2 => 2,
        _ => 3,
    })
}
