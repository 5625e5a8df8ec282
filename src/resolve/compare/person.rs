//! People: name, date of birth, phones, e-mail, documents, address, sex, place of birth, occupation.

use super::text::{edit_of, one_edit};
use super::{Agreement, Attribute, address, name, phone};
use crate::model::PartialDate;
use crate::normalize::BirthForm;
use crate::resolve::lexicon::{Lexicon, Mix, Sides, hash};
use crate::resolve::values::{AddressValues, DocumentValues, EmailValues, PersonValues};

const BIRTH: [&str; 8] = [
    "same_day",
    "day_and_month_swapped",
    "one_edit",
    "same_month",
    "same_year",
    "same_year_other_day",
    "near_year",
    "different",
];
const EMAIL: [&str; 4] = ["same", "one_edit", "same_user", "different"];
const DOCUMENT: [&str; 3] = ["same_number", "one_edit", "different"];
const SEX: [&str; 2] = ["same", "different"];
const BIRTH_PLACE: [&str; 2] = ["same", "different"];
const OCCUPATION: [&str; 2] = ["same", "different"];

pub(super) const ATTRIBUTES: [Attribute; 9] = [
    ("name", &name::LEVELS),
    ("birth_date", &BIRTH),
    ("phone", &phone::LEVELS),
    ("email", &EMAIL),
    ("document", &DOCUMENT),
    ("address", &address::BUILDING),
    ("sex", &SEX),
    ("birth_place", &BIRTH_PLACE),
    ("occupation", &OCCUPATION),
];

/// Phone and address: what people who live together share.
pub(super) const OF_HOUSEHOLD: [usize; 2] = [2, 5];

/// Document numbers and users of e-mail addresses shorter than this must be equal.
const EDIT_LETTERS_MIN: usize = 6;

pub(super) fn compare(sides: Sides<'_>, a: &PersonValues, b: &PersonValues) -> Agreement {
    let mut agreement = Agreement::default();
    if let Some((level, rarity)) = name::compare(sides, &a.names, &b.names) {
        agreement.levels[0] = Some(level);
        agreement.rarity = rarity;
    }
    let differ = |same: bool| u8::from(!same);
    agreement.levels[1] = a.birth.zip(b.birth).map(|(a, b)| birth(a, b));
    agreement.levels[2] = phone::best(sides, &a.phones, &b.phones);
    agreement.levels[3] = best(&a.emails, &b.emails, |a, b| Some(email(sides, a, b)));
    agreement.levels[4] = best(&a.documents, &b.documents, |a, b| document(sides, a, b));
    agreement.levels[5] = a
        .address
        .as_ref()
        .zip(b.address.as_ref())
        .and_then(|(a, b)| address::building(sides, a, b));
    agreement.levels[6] = a.sex.zip(b.sex).map(|(a, b)| differ(a == b));
    agreement.levels[7] = sides.equal(a.birth_place, b.birth_place).map(differ);
    agreement.levels[8] = sides.equal(a.occupation, b.occupation).map(differ);
    agreement
}

/// Hashes of the values of an attribute on which two people agree wholly.
pub(super) fn agreements(person: &PersonValues, attribute: usize, lexicon: &Lexicon) -> Vec<u64> {
    let text = |text| hash(lexicon.text(text));
    match attribute {
        0 => person
            .names
            .iter()
            .filter(|words| words.len() > 1)
            .map(|it| name_key(it, lexicon))
            .collect(),
        1 => person.birth.iter().filter(|it| it.date.day().is_some()).map(birth_key).collect(),
        2 => person.phones.iter().map(|phone| text(phone.national)).collect(),
        3 => person.emails.iter().map(|email| text(email.address)).collect(),
        4 => person.documents.iter().map(|document| text(document.number)).collect(),
        5 => person.address.iter().filter_map(|it| address_key(it, lexicon)).collect(),
        _ => Vec::new(),
    }
}

pub(super) fn name_key(words: &[u32], lexicon: &Lexicon) -> u64 {
    let mut keys: Vec<u64> = words.iter().map(|word| hash(&lexicon.word(*word).text)).collect();
    keys.sort_unstable();
    keys.into_iter().fold(Mix::new("name"), Mix::with).end()
}

fn birth_key(birth: &BirthForm) -> u64 {
    Mix::new("birth").with(day_number(birth.date)).end()
}

/// A date as one number, 0 for what is missing.
fn day_number(date: PartialDate) -> u64 {
    let (month, day) = (date.month().unwrap_or(0), date.day().unwrap_or(0));
    date.year() as u64 * 10_000 + u64::from(month) * 100 + u64::from(day)
}

pub(super) fn address_key(address: &AddressValues, lexicon: &Lexicon) -> Option<u64> {
    let house = hash(lexicon.text(address.house?));
    if address.street.is_empty() {
        return None;
    }
    let words = address.street.iter().map(|word| hash(&lexicon.word(*word).text));
    Some(words.fold(Mix::new("address").with(house), Mix::with).end())
}

fn best<T>(a: &[T], b: &[T], level: impl Fn(&T, &T) -> Option<u8>) -> Option<u8> {
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
        () if !partial && edit_of(&digits(x), &digits(y)) => 2,
        () if partial && months_known && same_year && x.month() == y.month() => 3,
        () if partial && !months_known && same_year => 4,
        () if same_year => 5,
        () if x.year().abs_diff(y.year()) <= 1 => 6,
        () => 7,
    }
}

/// Year, month and day as eight digits.
fn digits(date: PartialDate) -> [u8; 8] {
    let mut number = day_number(date);
    let mut digits = [b'0'; 8];
    for digit in digits.iter_mut().rev() {
        *digit += (number % 10) as u8;
        number /= 10;
    }
    digits
}

fn email(sides: Sides<'_>, a: &EmailValues, b: &EmailValues) -> u8 {
    if sides.same_text(a.address, b.address) {
        return 0;
    }
    let (x, y) = (sides.a.text(a.address), sides.b.text(b.address));
    let long = sides.a.text(a.user).len().min(sides.b.text(b.user).len()) >= EDIT_LETTERS_MIN;
    match () {
        () if long && one_edit(x, y) => 1,
        () if sides.same_text(a.user, b.user) => 2,
        () => 3,
    }
}

/// Numbers of different kinds or countries say nothing about each other.
fn document(sides: Sides<'_>, a: &DocumentValues, b: &DocumentValues) -> Option<u8> {
    let kind = sides.equal(a.kind, b.kind);
    let same_country = sides.equal(a.country, b.country) != Some(false);
    if sides.same_text(a.number, b.number) && same_country {
        return Some(0);
    }
    let (x, y) = (sides.a.text(a.number), sides.b.text(b.number));
    if x.len().min(y.len()) >= EDIT_LETTERS_MIN && one_edit(x, y) && same_country {
        return Some(1);
    }
    let one_register = a.country.is_some() && b.country.is_some() || kind == Some(true);
    (kind != Some(false) && same_country && one_register).then_some(2)
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
            ("1987-04", "1987-09-12", "same_year_other_day"),
            ("1987-04-12", "1987-09-30", "same_year_other_day"),
            ("1987-04-12", "1988-09-30", "near_year"),
            ("1987-04-12", "1961-09-30", "different"),
        ] {
            assert_eq!(level(a, b), expected, "{a} / {b}");
        }
    }
}
