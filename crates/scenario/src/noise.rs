//! How clerks and machines get things wrong: typing errors, other transliterations, nicknames,
//! swapped and lost parts, partial and swapped dates, abbreviated addresses, misread plates.

use deunicode::deunicode;

use super::dice::Dice;
use super::name::Spelling;
use super::names::{CULTURES, Pattern};
use super::places::Address;
use super::world::Person;

/// A name as one source writes it.
#[derive(Debug, Clone, Default)]
pub(super) struct WrittenName {
    pub given: String,
    pub middle: String,
    pub family: String,
    /// Native script, or empty.
    pub native: String,
    /// A nickname the person goes by, or empty.
    pub nickname: String,
    family_first: bool,
}

impl WrittenName {
    /// The whole name on one line, family name first where the culture or the clerk has it so.
    pub fn full(&self) -> String {
        let parts = if self.family_first {
            [&self.family, &self.given, &self.middle]
        } else {
            [&self.given, &self.middle, &self.family]
        };
        parts.into_iter().filter(|part| !part.is_empty()).cloned().collect::<Vec<_>>().join(" ")
    }
}

/// How careful a source is with names.
#[derive(Debug, Clone, Copy)]
pub(super) enum Care {
    /// Read by machine from papers: no typing errors, Latin capitals.
    Papers,
    /// Asked and typed by a clerk.
    Clerk,
    /// Whatever the person said.
    Casual,
}

/// Writes a person's name as a source of this care would.
pub(super) fn name(person: &Person, care: Care, dice: &mut Dice) -> WrittenName {
    let culture = &CULTURES[person.culture];
    let given = culture.given_name(person.sex, person.given);
    let family = culture.family_name(person.family);
    let papers = matches!(care, Care::Papers);
    let choose = |spellings: &[Spelling], own: usize, dice: &mut Dice| {
        // Passports differ too: each issue may follow another transliteration standard.
        let other = dice.chance(if papers { 0.15 } else { 0.33 });
        let index = if other { dice.below(spellings.len()) } else { own.min(spellings.len() - 1) };
        spellings[index].replace('_', " ")
    };
    let mut written = WrittenName {
        given: choose(given.spellings(person.sex), person.papers[0], dice),
        family: choose(family.spellings(person.sex), person.papers[1], dice),
        nickname: given.nicknames.first().map(|name| name.replace('_', " ")).unwrap_or_default(),
        family_first: dice.chance(if culture.pattern == Pattern::FamilyFirst { 0.6 } else { 0.25 }),
        ..WrittenName::default()
    };
    if let (Some(a), Some(b)) = (given.native(person.sex), family.native(person.sex)) {
        let order = if culture.pattern == Pattern::FamilyFirst { [b, a] } else { [a, b] };
        let joint = if person.nationality == "CN" || person.nationality == "KR" { "" } else { " " };
        written.native = order.join(joint).replace('_', " ");
    }
    if let Some(second) = person.second_given.filter(|_| papers || dice.chance(0.5)) {
        let middle = culture.given_name(person.sex, second).spellings(person.sex)[0].clone();
        written.middle = match dice.below(3) {
            0 if !papers => middle.chars().take(1).collect(),
            _ => middle.replace('_', " "),
        };
    }
    second_family_name(person, papers, &mut written, dice);
    if let Some(suffix) = person.suffix.filter(|_| dice.chance(0.5)) {
        written.family = format!("{} {suffix}", written.family);
    }
    distort(culture.pattern, care, &given.nicknames, &mut written, dice);
    written
}

/// Adds, joins, hyphenates or drops the second of two family names.
fn second_family_name(person: &Person, papers: bool, written: &mut WrittenName, dice: &mut Dice) {
    let Some(second) = person.second_family else { return };
    let second = CULTURES[person.culture].family_name(second);
    let second = second.spellings(person.sex)[0].replace('_', " ");
    match dice.below(10) {
        0..=3 if !papers => {}
        4 if !papers => written.family = format!("{}-{second}", written.family),
        5 if !papers && dice.chance(0.3) => written.family = second,
        _ => written.family = format!("{} {second}", written.family),
    }
}

/// Nicknames, swapped parts and typing errors.
fn distort(
    pattern: Pattern,
    care: Care,
    nicknames: &[Spelling],
    written: &mut WrittenName,
    dice: &mut Dice,
) {
    let (nickname, swap, typo, accents) = match care {
        Care::Papers => (0.0, 0.0, 0.0, 0.0),
        Care::Clerk => (0.13, 0.08, 0.1, 0.35),
        Care::Casual => (0.28, 0.1, 0.12, 0.25),
    };
    if !nicknames.is_empty() && dice.chance(nickname) {
        written.given = dice.pick(nicknames).replace('_', " ");
    }
    let swap = if pattern == Pattern::FamilyFirst { swap * 4.0 } else { swap };
    if dice.chance(swap) {
        std::mem::swap(&mut written.given, &mut written.family);
    }
    if !dice.chance(accents) {
        for part in [&mut written.given, &mut written.middle, &mut written.family] {
            if !part.is_ascii() {
                *part = deunicode(part);
            }
        }
    }
    if dice.chance(typo) {
        let part = if dice.chance(0.5) { &mut written.given } else { &mut written.family };
        *part = misspell(part, dice);
    }
    if matches!(care, Care::Papers) {
        for part in [&mut written.given, &mut written.middle, &mut written.family] {
            *part = part.to_uppercase();
        }
    } else if dice.chance(0.15) {
        written.family = written.family.to_uppercase();
    }
}

/// One typing error after the first letter: a letter lost, doubled, replaced or swapped with the
/// next. Short words stay as they are.
pub(super) fn misspell(text: &str, dice: &mut Dice) -> String {
    let mut letters: Vec<char> = text.chars().collect();
    if letters.len() < 5 {
        return text.to_owned();
    }
    let at = 1 + dice.below(letters.len() - 2);
    match dice.below(4) {
        0 => {
            letters.remove(at);
        }
        1 => letters.insert(at, letters[at]),
        2 => letters[at] = (b'a' + dice.below(26) as u8) as char,
        _ => letters.swap(at, at + 1),
    }
    letters.into_iter().collect()
}

/// A date of birth as written: year, and month and day where they are given.
pub(super) type WrittenDate = (i32, Option<u8>, Option<u8>);

/// A date of birth as a clerk takes it down; none when it is left out. `true` beside it when it is
/// complete and right.
pub(super) fn birth(
    (year, month, day): (i32, u8, u8),
    keep: bool,
    dice: &mut Dice,
) -> (Option<WrittenDate>, bool) {
    let exact = Some((year, Some(month), Some(day)));
    if keep {
        return (exact, true);
    }
    match dice.below(100) {
        0..6 if day <= 12 && day != month => (Some((year, Some(day), Some(month))), false),
        6..9 => (Some((year, Some(month), Some(day % 28 + 1))), false),
        9..11 => (Some((year - 1 + 2 * dice.below(2) as i32, Some(month), Some(day))), false),
        11..16 => (Some((year, None, None)), false),
        16..21 => (Some((year, Some(month), None)), false),
        21..26 => (None, false),
        _ => (exact, true),
    }
}

/// Street, house and unit on one line, abbreviated or not, in the order of some clerk.
pub(super) fn address_line(address: &Address, country: &str, dice: &mut Dice) -> String {
    let mut street = address.street(dice.chance(0.55));
    if dice.chance(0.015) {
        street = misspell(&street, dice);
    }
    if dice.chance(0.3) {
        street = deunicode(&street);
    }
    let house = address.house;
    let line = match country {
        "US" | "GB" => format!("{house} {street}"),
        "DE" | "PL" => format!("{street} {house}"),
        "RO" if dice.chance(0.6) => format!("{street} nr. {house}"),
        _ => format!("{street}, {house}"),
    };
    let unit = address.unit;
    match (unit, country) {
        (0, _) => line,
        (_, "US") => match dice.below(5) {
            0 => format!("{line} Apt {unit}"),
            1 => format!("{line} #{unit}"),
            2 => format!("{line}, Apartment {unit}"),
            3 => format!("Apt {unit}, {line}"),
            _ => format!("{line} Unit {unit}"),
        },
        (_, "GB") => format!("Flat {unit}, {line}"),
        (_, "RO") => format!("{line}, ap. {unit}"),
        (_, "PL") => format!("{line}/{unit}"),
        (_, "DE") => format!("{line}, Whg. {unit}"),
        _ => format!("{line}, piso {unit}"),
    }
}

/// A plate as a camera or a clerk reads it.
pub(super) fn plate(plate: &str, misread: f64, dice: &mut Dice) -> String {
    let mut text: String = match dice.below(3) {
        0 => plate.chars().filter(char::is_ascii_alphanumeric).collect(),
        1 => plate.replace('-', " "),
        _ => plate.to_owned(),
    };
    if dice.chance(misread) {
        let swaps = [('0', 'O'), ('8', 'B'), ('1', 'I'), ('B', '8')];
        let &(from, to) = dice.pick(&swaps);
        text = text.replacen(from, &to.to_string(), 1);
    }
    if dice.chance(misread / 25.0) {
        text.remove(0);
    }
    text
}
