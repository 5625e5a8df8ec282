//! Identity documents and official numbers, with the check digits of ICAO 9303 and of national numbers.

use super::regions::country_code;
use super::text::{alphanumeric_upper, cut, fold, lookup};
use crate::model::Document;

/// The comparable form of a document.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct DocumentForm {
    /// Kind: `passport`, `driving_licence`, `national_id`, `residence_permit`, `social_security`, else the
    /// source's word, folded.
    pub kind: String,
    /// The number: upper-case letters and digits.
    pub number: String,
    /// Issuing country, ISO 3166-1 alpha-2.
    pub country: Option<String>,
    /// True if the number's check digit is right; `None` where its kind has no check digit or none that is known.
    pub check_digit_valid: Option<bool>,
}

impl DocumentForm {
    /// The form of a document; `None` when its number is too short to tell people apart, one character
    /// repeated, or counts up from 1.
    pub fn new(document: &Document) -> Option<Self> {
        const LETTERS_MIN: usize = 4;
        let number = alphanumeric_upper(&document.number);
        let first = number.bytes().next()?;
        let says_nothing =
            number.bytes().all(|byte| byte == first) || "1234567890".starts_with(&number);
        if number.len() < LETTERS_MIN || says_nothing {
            return None;
        }
        let folded = fold(&document.kind);
        let kind = lookup(KINDS, &folded).map_or_else(|| folded.replace(' ', "_"), str::to_owned);
        let country = document.country.as_deref().and_then(country_code);
        Some(Self {
            check_digit_valid: check(&document.number, &number, &kind, country.as_deref()),
            kind,
            number,
            country,
        })
    }
}

/// Checks the numbers whose check digit is known: fields of machine-readable zones (with filler), and the
/// national numbers of Spain, Romania and Poland.
fn check(raw: &str, number: &str, kind: &str, country: Option<&str>) -> Option<bool> {
    if raw.contains('<') {
        return Some(mrz_field_valid(&cut(raw.trim()).to_ascii_uppercase()));
    }
    match (kind, country) {
        ("national_id", Some("ES")) => spanish_valid(number),
        ("national_id", Some("RO")) => {
            const WEIGHTS: [u32; 12] = [2, 7, 9, 1, 4, 6, 3, 5, 8, 2, 7, 9];
            weighted(number, &WEIGHTS)
                .map(|(sum, check)| (if sum % 11 == 10 { 1 } else { sum % 11 }) == check)
        }
        ("national_id", Some("PL")) => {
            const WEIGHTS: [u32; 10] = [1, 3, 7, 9, 1, 3, 7, 9, 1, 3];
            weighted(number, &WEIGHTS).map(|(sum, check)| (10 - sum % 10) % 10 == check)
        }
        _ => None,
    }
}

/// Spanish DNI and NIE: the number modulo 23 gives the letter.
fn spanish_valid(number: &str) -> Option<bool> {
    const LETTERS: &[u8; 23] = b"TRWAGMYFPDXBNJZSQVHLCKE";
    let letter = *number.as_bytes().last()?;
    let digits = match number.as_bytes().first()? {
        b'X' => format!("0{}", &number[1..number.len() - 1]),
        b'Y' => format!("1{}", &number[1..number.len() - 1]),
        b'Z' => format!("2{}", &number[1..number.len() - 1]),
        _ => number[..number.len() - 1].to_owned(),
    };
    let value: usize = digits.parse().ok().filter(|_| digits.len() == 8)?;
    Some(LETTERS[value % LETTERS.len()] == letter)
}

/// The weighted sum of all digits but the last, and the last; `None` for another length or other characters.
fn weighted(number: &str, weights: &[u32]) -> Option<(u32, u32)> {
    let digits: Vec<u32> =
        number.chars().map(|character| character.to_digit(10)).collect::<Option<_>>()?;
    let (check, rest) = digits.split_last()?;
    (rest.len() == weights.len())
        .then(|| (rest.iter().zip(weights).map(|(digit, weight)| digit * weight).sum(), *check))
}

/// The check digit of a machine-readable field (ICAO 9303 part 3, 4.9): weights 7, 3, 1 modulo 10.
/// `None` when the text holds a character that such a field cannot.
pub fn icao_check_digit(field: &str) -> Option<u8> {
    let mut sum = 0u32;
    for (position, byte) in field.bytes().enumerate() {
        let value = match byte {
            b'0'..=b'9' => byte - b'0',
            b'A'..=b'Z' => byte - b'A' + 10,
            b'<' => 0,
            _ => return None,
        };
        sum = (sum + u32::from(value) * [7, 3, 1][position % 3]) % 10;
    }
    u8::try_from(sum).ok()
}

/// Returns true if a machine-readable field (ICAO 9303) ends in its own check digit.
pub fn mrz_field_valid(field_and_digit: &str) -> bool {
    let Some((position, digit)) = field_and_digit.char_indices().next_back() else { return false };
    digit.to_digit(10).is_some_and(|digit| {
        icao_check_digit(&field_and_digit[..position]).map(u32::from) == Some(digit)
    })
}

/// Kinds of documents in several languages. Sorted.
static KINDS: &[(&str, &str)] = &[
    ("ausweis", "national_id"),
    ("carte identite", "national_id"),
    ("cnp", "national_id"),
    ("dl", "driving_licence"),
    ("dni", "national_id"),
    ("driver licence", "driving_licence"),
    ("driver license", "driving_licence"),
    ("drivers licence", "driving_licence"),
    ("drivers license", "driving_licence"),
    ("driving licence", "driving_licence"),
    ("driving license", "driving_licence"),
    ("fuhrerschein", "driving_licence"),
    ("id", "national_id"),
    ("id card", "national_id"),
    ("identity card", "national_id"),
    ("national id", "national_id"),
    ("nie", "national_id"),
    ("pasaporte", "passport"),
    ("pasport", "passport"),
    ("passeport", "passport"),
    ("passport", "passport"),
    ("paszport", "passport"),
    ("personalausweis", "national_id"),
    ("pesel", "national_id"),
    ("reisepass", "passport"),
    ("residence permit", "residence_permit"),
    ("social security", "social_security"),
    ("ssn", "social_security"),
];

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::normalize::text::tests::assert_sorted;

    fn form(kind: &str, number: &str, country: &str) -> Option<DocumentForm> {
        DocumentForm::new(&Document {
            kind: kind.into(),
            number: number.into(),
            country: Some(country.into()),
        })
    }

    #[test]
    fn tables_are_sorted() {
        assert_sorted(KINDS);
    }

    #[test]
    fn the_check_digits_of_icao_9303_examples_are_right() {
        assert_eq!(icao_check_digit("520727"), Some(3));
        assert_eq!(icao_check_digit("AB2134<<<"), Some(5));
        assert!(mrz_field_valid("L898902C36") && !mrz_field_valid("L898902C37"));
        assert_eq!(icao_check_digit("a"), None);
        assert!(!mrz_field_valid(""));
    }

    #[test]
    fn kinds_and_numbers_have_one_spelling() {
        let document = form("Reisepass", "c01-x00t 47", "DEU").unwrap();
        assert_eq!((document.kind.as_str(), document.number.as_str()), ("passport", "C01X00T47"));
        assert_eq!((document.country.as_deref(), document.check_digit_valid), (Some("DE"), None));
        for number in ["", "000000000", "123456789", "X1"] {
            assert_eq!(form("passport", number, "DE"), None, "{number}");
        }
    }

    #[test]
    fn national_numbers_are_checked() {
        let cases = [
            ("12345678Z", "ES", true),
            ("12345678A", "ES", false),
            ("X1234567L", "ES", true),
            ("44051401359", "PL", true),
            ("44051401358", "PL", false),
            ("1800101221144", "RO", true),
            ("1800101221145", "RO", false),
        ];
        for (number, country, valid) in cases {
            assert_eq!(
                form("national_id", number, country).unwrap().check_digit_valid,
                Some(valid),
                "{number}"
            );
        }
    }

    proptest! {
        #[test]
        fn any_text_is_checked_without_panic(number in any::<String>(), kind in any::<String>()) {
            for country in ["ES", "RO", "PL"] {
                form("national_id", &number, country);
            }
            form(&kind, &number, &kind);
            mrz_field_valid(&number);
        }
    }
}
