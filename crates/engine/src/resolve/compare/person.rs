//! People: name, date of birth, phones, e-mail, documents, address, sex, place of birth, occupation.

use super::text::{edit_of, one_edit};
use super::{Agreement, Attribute, address, name, phone};
use crate::model::PartialDate;
use crate::normalize::BirthForm;
use crate::resolve::lexicon::{Lexicon, Mix, Sides, hash, may_be_one_edit};
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

/// The attributes that people who live together share: phone and address.
pub(super) const OF_HOUSEHOLD: [usize; 2] = [2, 5];

/// Document numbers and users of e-mail addresses shorter than this must be equal.
const EDIT_LETTERS_MIN: usize = 6;

/// The attributes that both sides state and that have not been compared yet: a bit for each attribute.
pub(in crate::resolve) type Pending = u16;

/// Compares two people, what is cheap and tells most first. After each stage `go_on` is asked, with what
/// was found and which attributes are still to come; once it says no the rest is left out and nothing
/// returned.
pub(super) fn compare(
    sides: Sides<'_>,
    a: &PersonValues,
    b: &PersonValues,
    go_on: impl Fn(&Agreement, Pending) -> bool,
) -> Option<Agreement> {
    let mut agreement = Agreement::default();
    let differ = |same: bool| u8::from(!same);
    agreement.levels[1] = a.birth.zip(b.birth).map(|(a, b)| birth(a, b));
    agreement.levels[6] = a.sex.zip(b.sex).map(|(a, b)| differ(a == b));
    agreement.levels[7] = sides.equal(a.birth_place, b.birth_place).map(differ);
    agreement.levels[8] = sides.equal(a.occupation, b.occupation).map(differ);
    let both = |attribute: usize, a: bool, b: bool| Pending::from(a && b) << attribute;
    let contacts = both(2, !a.phones.is_empty(), !b.phones.is_empty())
        | both(3, !a.emails.is_empty(), !b.emails.is_empty())
        | both(4, !a.documents.is_empty(), !b.documents.is_empty());
    let address = both(5, a.address.is_some(), b.address.is_some());
    if !go_on(&agreement, 1 | contacts | address) {
        return None;
    }
    if let Some((level, term_frequency_bits)) = name::compare(sides, &a.names, &b.names) {
        agreement.levels[0] = Some(level);
        agreement.term_frequency_bits = term_frequency_bits;
    }
    if !go_on(&agreement, contacts | address) {
        return None;
    }
    agreement.levels[2] = phone::best(sides, &a.phones, &b.phones);
    agreement.levels[3] = best(&a.emails, &b.emails, |a, b| Some(email(sides, a, b)));
    agreement.levels[4] = best(&a.documents, &b.documents, |a, b| document(sides, a, b));
    if !go_on(&agreement, address) {
        return None;
    }
    agreement.levels[5] = a
        .address
        .as_ref()
        .zip(b.address.as_ref())
        .and_then(|(a, b)| address::building(sides, a, b));
    Some(agreement)
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
    let near = || {
        let users = [sides.a.text(a.user), sides.b.text(b.user)];
        users.iter().all(|user| user.len() >= EDIT_LETTERS_MIN)
            && one_edit(sides.a.text(a.address), sides.b.text(b.address))
    };
    match () {
        () if may_be_one_edit(a.tally, b.tally) && near() => 1,
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
    if same_country && may_be_one_edit(a.tally, b.tally) {
        let (x, y) = (sides.a.text(a.number), sides.b.text(b.number));
        if x.len().min(y.len()) >= EDIT_LETTERS_MIN && one_edit(x, y) {
            return Some(1);
        }
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
