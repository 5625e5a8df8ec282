//! One line of a postal address to its parts: house number before or after the street, unit before or after
//! both, box, and the place at the end. Knows nothing of how streets are spelled.

use super::regions::{is_region_code, region_code};
use super::street::is_street_type;
use super::text::{cut, fold, is_blank, words};

/// The parts of an address line, folded.
#[derive(Debug, Default, PartialEq)]
pub struct Line {
    /// House number, upper case.
    pub house: Option<String>,
    /// Unit, upper case.
    pub unit: Option<String>,
    /// The words of the street as written.
    pub street: Vec<String>,
    /// Number of a post-office box.
    pub po_box: Option<String>,
    /// The place named behind the street.
    pub place: Place,
}

/// City, region and post code at the end of a line.
#[derive(Debug, Default, PartialEq)]
pub struct Place {
    /// City, folded.
    pub city: Option<String>,
    /// Postal code of the region.
    pub region: Option<String>,
    /// Post code, upper case.
    pub postcode: Option<String>,
}

/// Words that a unit follows.
const UNIT_MARKS: [&str; 40] = [
    "ap",
    "apart",
    "apartado",
    "apartament",
    "apartment",
    "apartamento",
    "app",
    "appt",
    "apt",
    "bl",
    "bloc",
    "cam",
    "camera",
    "depto",
    "et",
    "etaj",
    "flat",
    "floor",
    "kv",
    "kvartira",
    "kvartyra",
    "lok",
    "lokal",
    "lot",
    "m",
    "mieszkanie",
    "piso",
    "room",
    "rm",
    "sc",
    "ste",
    "stiege",
    "suite",
    "top",
    "tur",
    "unit",
    "wg",
    "whg",
    "wohnung",
    "zi",
];

/// Words that a house number follows.
const HOUSE_MARKS: [&str; 12] =
    ["bud", "budynok", "d", "dom", "hnr", "house", "n", "nr", "no", "num", "numar", "numero"];

/// Words that make a house number another one: 12 bis.
const HOUSE_SUFFIXES: [&str; 3] = ["bis", "ter", "quater"];

/// The parts of one line.
pub fn parse_line(text: &str) -> Line {
    let mut line = Line::default();
    // "C/" is short for calle, "#" for apartment.
    let text = cut(text).replace("C/", "calle ").replace('#', " apt ");
    for segment in text.split([',', ';', '\n']) {
        parse_segment(segment, &mut line);
    }
    line
}

fn parse_segment(segment: &str, line: &mut Line) {
    let folded = fold(&segment.replace('/', " slash "));
    if is_blank(&folded) {
        return;
    }
    let mut tokens: Vec<&str> = words(&folded).collect();
    take_box(&mut tokens, line);
    take_unit(&mut tokens, line);
    if tokens.is_empty() {
        return;
    }
    if line.street.is_empty() {
        take_house(&mut tokens, line);
        line.street =
            tokens.iter().filter(|word| **word != "slash").map(|word| (*word).to_owned()).collect();
    } else if line.house.is_none() && is_house_segment(&tokens) {
        take_house(&mut tokens, line);
    } else {
        take_place(&tokens, line);
    }
}

/// Returns true if a segment behind the street holds only the house number, or begins with a mark for one.
fn is_house_segment(tokens: &[&str]) -> bool {
    let is_part = |word: &&str| is_number(word) || *word == "slash" || HOUSE_MARKS.contains(word);
    HOUSE_MARKS.contains(&tokens[0]) || tokens.iter().all(is_part)
}

fn take_box(tokens: &mut Vec<&str>, line: &mut Line) {
    const BOXES: [&[&str]; 6] = [
        &["po", "box"],
        &["p", "o", "box"],
        &["post", "office", "box"],
        &["postfach"],
        &["apartado", "postal"],
        &["apdo"],
    ];
    for mark in BOXES {
        let Some(at) = tokens.windows(mark.len()).position(|window| window == mark) else {
            continue;
        };
        if let Some(number) = tokens.get(at + mark.len()).filter(|word| is_number(word)) {
            line.po_box = Some(number.to_ascii_uppercase());
            tokens.drain(at..=at + mark.len());
            return;
        }
    }
}

/// Takes every "mark value" out; several units ("bl 4 sc 2 ap 3") are joined by a hyphen.
fn take_unit(tokens: &mut Vec<&str>, line: &mut Line) {
    let mut index = 0;
    while index < tokens.len() {
        let value = tokens.get(index + 1).filter(|word| is_number(word) || word.len() == 1);
        match value {
            // A single letter m, as in "10 m 4", marks a unit only after the house number.
            Some(value)
                if UNIT_MARKS.contains(&tokens[index])
                    && (tokens[index].len() > 1 || index > 0) =>
            {
                let value = value.to_ascii_uppercase();
                line.unit =
                    Some(line.unit.take().map_or(value.clone(), |unit| format!("{unit}-{value}")));
                tokens.drain(index..index + 2);
            }
            _ => index += 1,
        }
    }
}

/// Takes the house number out: the one after a mark, else the first word, else the last number. Of
/// two numbers with a slash the unit comes first where the number stands before the street (4/12 Main
/// Street), and last where it stands after it (Marszałkowska 10/4).
fn take_house(tokens: &mut Vec<&str>, line: &mut Line) {
    let marked = (0..tokens.len().saturating_sub(1))
        .find(|at| HOUSE_MARKS.contains(&tokens[*at]) && is_number(tokens[*at + 1]));
    if let Some(at) = marked {
        tokens.remove(at);
        return take_number(tokens, at, false, line);
    }
    let numbered_street = tokens.len() == 2 && is_street_type(tokens[1]);
    if is_number(tokens[0]) && !numbered_street {
        return take_number(tokens, 0, tokens.len() > 3, line);
    }
    if let Some(at) =
        tokens.iter().rposition(|word| is_number(word)).filter(|at| *at > 0 || tokens.len() == 1)
    {
        let first = if at >= 2 && tokens[at - 1] == "slash" && is_number(tokens[at - 2]) {
            at - 2
        } else {
            at
        };
        take_number(tokens, first, false, line);
    }
}

fn take_number(tokens: &mut Vec<&str>, at: usize, unit_first: bool, line: &mut Line) {
    let upper = |word: &str| word.to_ascii_uppercase();
    let second = match &tokens[at + 1..] {
        ["slash", second, ..] if second.len() == 1 || is_number(second) => Some(*second),
        _ => None,
    };
    let suffix = tokens.get(at + 1).filter(|word| HOUSE_SUFFIXES.contains(word)).copied();
    match (second, suffix) {
        (Some(second), _) => {
            let (house, unit) =
                if unit_first { (second, tokens[at]) } else { (tokens[at], second) };
            line.house = Some(upper(house));
            line.unit = line.unit.take().or(Some(upper(unit)));
            tokens.drain(at..at + 3);
        }
        (None, Some(suffix)) => {
            line.house = Some(upper(tokens[at]) + &upper(suffix));
            tokens.drain(at..at + 2);
        }
        (None, None) => {
            line.house = Some(upper(tokens[at]));
            tokens.remove(at);
        }
    }
}

/// A number with at most two letters after it ("12", "12a"), but no ordinal ("5th").
fn is_number(word: &str) -> bool {
    let letters = word.trim_start_matches(|character: char| character.is_ascii_digit());
    letters.len() < word.len()
        && letters.len() <= 2
        && !matches!(letters, "st" | "nd" | "rd" | "th")
}

/// Post code, region and city of a segment after the street.
fn take_place(tokens: &[&str], line: &mut Line) {
    const POSTCODE_DIGITS: std::ops::RangeInclusive<usize> = 4..=6;
    let is_postcode = |word: &str| {
        POSTCODE_DIGITS.contains(&word.len()) && word.bytes().all(|byte| byte.is_ascii_digit())
    };
    let mut city = Vec::new();
    for (index, word) in tokens.iter().enumerate() {
        let after_zip = index > 0 && is_postcode(tokens[index - 1]) && is_number(word);
        if is_postcode(word) && line.place.postcode.is_none() {
            line.place.postcode = Some(word.to_ascii_uppercase());
        } else if is_region_code(word)
            && line.place.region.is_none()
            && (!city.is_empty() || line.place.city.is_some())
        {
            line.place.region = Some((*word).to_owned());
        } else if !after_zip {
            city.push(*word);
        }
    }
    let rest = city.join(" ");
    if line.place.city.is_none() && !rest.is_empty() {
        line.place.city = Some(rest);
    } else if line.place.region.is_none() && is_region_code(&region_code(rest.clone())) {
        line.place.region = Some(region_code(rest));
    }
}
