//! Organizations: name, registration, phone, address.

use super::text::{equal, pair_words};
use super::{Agreement, Attribute, address, phone};
use crate::normalize::OrganizationForm;

const NAME: [&str; 4] = ["same", "misspelt", "contained", "different"];
const REGISTRATION: [&str; 2] = ["same", "different"];

pub(super) const ATTRIBUTES: [Attribute; 4] = [
    ("name", &NAME),
    ("registration", &REGISTRATION),
    ("phone", &phone::LEVELS),
    ("address", &address::BUILDING),
];

pub(super) fn compare<'a>(a: &'a OrganizationForm, b: &'a OrganizationForm) -> Agreement<'a> {
    let mut agreement = Agreement::default();
    agreement.levels[0] = name(a, b);
    agreement.levels[1] =
        equal(a.registration.as_ref(), b.registration.as_ref()).map(|same| u8::from(!same));
    agreement.levels[2] = phone::best(&a.phones, &b.phones);
    agreement.levels[3] =
        a.address.as_ref().zip(b.address.as_ref()).and_then(|(a, b)| address::building(a, b));
    agreement
}

fn name(a: &OrganizationForm, b: &OrganizationForm) -> Option<u8> {
    if a.tokens.is_empty() || b.tokens.is_empty() {
        return None;
    }
    let paired = pair_words(&a.tokens, &b.tokens);
    Some(match (paired.left_short, paired.left_long) {
        (0, 0) if paired.misspelt == 0 => 0,
        (0, 0) => 1,
        (0, _) if paired.shared >= 2 => 2,
        _ => 3,
    })
}
