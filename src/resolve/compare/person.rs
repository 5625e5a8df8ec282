//! People: name, date of birth, phones, e-mail, documents, address, sex, place of birth.

use super::text::{equal, one_edit};
use super::{Agreement, Attribute, address, name, phone};
use crate::model::PartialDate;
use crate::normalize::{AddressForm, BirthForm, DocumentForm, EmailForm, NameForm, PersonForm};

const BIRTH: [&str; 7] = [
    "same_day",
    "day_and_month_swapped",
    "one_edit",
    "same_month",
    "same_year",
    "near_year",
    "different",
];
const EMAIL: [&str; 3] = ["same", "same_user", "different"];
const DOCUMENT: [&str; 3] = ["same_number", "one_edit", "different"];
const SEX: [&str; 2] = ["same", "different"];
const BIRTH_PLACE: [&str; 2] = ["same", "different"];

pub(super) const ATTRIBUTES: [Attribute; 8] = [
    ("name", &name::LEVELS),
    ("birth_date", &BIRTH),
    ("phone", &phone::LEVELS),
    ("email", &EMAIL),
    ("document", &DOCUMENT),
    ("address", &address::BUILDING),
    ("sex", &SEX),
    ("birth_place", &BIRTH_PLACE),
];

/// Document numbers shorter than this must be equal.
const EDIT_LETTERS_MIN: usize = 6;

pub(super) fn compare<'a>(a: &'a PersonForm, b: &'a PersonForm) -> Agreement<'a> {
    let mut agreement = Agreement::default();
    if let Some((level, shared)) = name::compare(&a.names, &b.names) {
        agreement.levels[0] = Some(level);
        agreement.shared_tokens = shared;
    }
    agreement.levels[1] = a.birth.zip(b.birth).map(|(a, b)| birth(a, b));
    agreement.levels[2] = phone::best(&a.phones, &b.phones);
    agreement.levels[3] = best(&a.emails, &b.emails, email);
    agreement.levels[4] = best_known(&a.documents, &b.documents, document);
    agreement.levels[5] =
        a.address.as_ref().zip(b.address.as_ref()).and_then(|(a, b)| address::building(a, b));
    agreement.levels[6] = equal(a.sex.as_ref(), b.sex.as_ref()).map(|same| u8::from(!same));
    agreement.levels[7] =
        equal(a.birth_place.as_ref(), b.birth_place.as_ref()).map(|same| u8::from(!same));
    agreement
}

/// The values of an attribute on which two people agree wholly, as texts.
pub(super) fn values(person: &PersonForm, attribute: usize) -> Vec<String> {
    match attribute {
        0 => person.names.iter().filter(|name| name.tokens.len() > 1).map(name_text).collect(),
        1 => person.birth.iter().filter(|it| it.date.day().is_some()).map(birth_text).collect(),
        3 => person.emails.iter().map(|email| email.address.clone()).collect(),
        4 => person.documents.iter().map(|document| document.number.clone()).collect(),
        5 => person.address.iter().filter_map(address_text).collect(),
        _ => Vec::new(),
    }
}

fn name_text(name: &NameForm) -> String {
    let mut tokens = name.tokens.clone();
    tokens.sort();
    tokens.join(" ")
}

fn birth_text(birth: &BirthForm) -> String {
    birth.date.to_string()
}

fn address_text(address: &AddressForm) -> Option<String> {
    let house = address.house.as_deref()?;
    if address.street_tokens.is_empty() {
        return None;
    }
    Some(format!("{house} {}", address.street_tokens.join(" ")))
}

fn best<T>(a: &[T], b: &[T], level: impl Fn(&T, &T) -> u8) -> Option<u8> {
    best_known(a, b, |a, b| Some(level(a, b)))
}

fn best_known<T>(a: &[T], b: &[T], level: impl Fn(&T, &T) -> Option<u8>) -> Option<u8> {
    a.iter().flat_map(|a| b.iter().map(move |b| (a, b))).filter_map(|(a, b)| level(a, b)).min()
}

fn birth(a: BirthForm, b: BirthForm) -> u8 {
    let (x, y) = (a.date, b.date);
    let partial = x.day().is_none() || y.day().is_none();
    let months_known = x.month().is_some() && y.month().is_some();
    let same_year = x.year() == y.year();
    match () {
        () if x == y && !partial => 0,
        () if !partial && (a.swapped == Some(y) || b.swapped == Some(x)) => 1,
        () if !partial && one_edit(&digits(x), &digits(y)) => 2,
        () if partial && months_known && same_year && x.month() == y.month() => 3,
        () if partial && months_known && same_year => 5,
        () if partial && same_year => 4,
        () if x.year().abs_diff(y.year()) <= 1 && partial => 5,
        () if same_year && x.month() == y.month() => 5,
        () => 6,
    }
}

fn digits(date: PartialDate) -> String {
    format!("{:04}{:02}{:02}", date.year(), date.month().unwrap_or(0), date.day().unwrap_or(0))
}

fn email(a: &EmailForm, b: &EmailForm) -> u8 {
    match () {
        () if a == b => 0,
        () if a.user == b.user => 1,
        () => 2,
    }
}

/// Numbers of different kinds or countries say nothing about each other.
fn document(a: &DocumentForm, b: &DocumentForm) -> Option<u8> {
    let comparable = a.kind == b.kind
        || [&a.kind, &b.kind].into_iter().any(|kind| kind.is_empty() || kind == "other");
    let same_country = equal(a.country.as_ref(), b.country.as_ref()) != Some(false);
    match () {
        () if a.number == b.number && same_country => Some(0),
        () if a.number.len().min(b.number.len()) >= EDIT_LETTERS_MIN
            && one_edit(&a.number, &b.number)
            && same_country =>
        {
            Some(1)
        }
        () => {
            let one_kind = a.kind == b.kind && !a.kind.is_empty() && a.kind != "other";
            let one_register = a.country.is_some() && b.country.is_some() || one_kind;
            (comparable && same_country && one_register).then_some(2)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn level(a: &str, b: &str) -> &'static str {
        let form = |text: &str| BirthForm::new(text.parse().unwrap()).unwrap();
        let forward = birth(form(a), form(b));
        assert_eq!(forward, birth(form(b), form(a)), "symmetric");
        BIRTH[usize::from(forward)]
    }

    #[test]
    fn dates_of_birth_reach_their_levels() {
        for (a, b, expected) in [
            ("1987-04-12", "1987-04-12", "same_day"),
            ("1987-04-12", "1987-12-04", "day_and_month_swapped"),
            ("1987-04-12", "1987-04-13", "one_edit"),
            ("1987-04-12", "1978-04-12", "one_edit"),
            ("1987-04", "1987-04-12", "same_month"),
            ("1987", "1987-04-12", "same_year"),
            ("1987", "1988-04-12", "near_year"),
            ("1987-04-12", "1961-09-30", "different"),
        ] {
            assert_eq!(level(a, b), expected, "{a} / {b}");
        }
    }
}
