//! Identity documents and official numbers, with the check digits of ICAO 9303.

use super::text::{alphanumeric_upper, fold};
use crate::model::Document;

/// The comparable form of a document.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct DocumentForm {
    /// Kind: `passport`, `driving_licence`, `national_id`, ...
    pub kind: String,
    /// The number: upper-case letters and digits.
    pub number: String,
    /// Issuing country, ISO 3166-1 alpha-2.
    pub country: Option<String>,
    /// Whether the number's check digit is right; `None` where its kind has none.
    pub check_digit_valid: Option<bool>,
}

impl DocumentForm {
    /// The form of a document; `None` when its number holds no letter or digit.
    pub fn new(document: &Document) -> Option<Self> {
        let number = alphanumeric_upper(&document.number);
        (!number.is_empty()).then(|| Self {
            kind: fold(&document.kind).replace(' ', "_"),
            number,
            country: document.country.as_deref().map(alphanumeric_upper),
            check_digit_valid: None,
        })
    }
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

/// Whether a machine-readable field that ends in its own check digit is consistent.
pub fn mrz_field_valid(field_and_digit: &str) -> bool {
    let Some((position, digit)) = field_and_digit.char_indices().next_back() else { return false };
    digit.to_digit(10).is_some_and(|digit| {
        icao_check_digit(&field_and_digit[..position]).map(u32::from) == Some(digit)
    })
}
