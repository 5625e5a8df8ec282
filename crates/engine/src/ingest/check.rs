//! Checks that hold for every row, whichever road it comes by.

use super::reason::Reason;
use crate::model::{Grade, Timestamp, is_reason};

/// Longest id of a row. Agencies' ids are short; this keeps index entries small.
pub const ID_BYTES_MAX: usize = 200;
/// Longest single value. The longest honest one is the text of an advertisement.
pub const TEXT_BYTES_MAX: usize = 32 * 1024;
/// Longest row. Bounds memory whatever a file holds.
pub const ROW_BYTES_MAX: usize = 256 * 1024;
/// Most records, ties or events in one row.
pub const PARTS_MAX: usize = 64;
/// Model years of motor vehicles.
pub const MODEL_YEARS: std::ops::RangeInclusive<i16> = 1880..=2100;

/// A value's length and characters.
pub fn text(text: &str) -> Result<(), Reason> {
    if text.len() > TEXT_BYTES_MAX {
        Err(Reason::CellTooLong)
    } else if text.as_bytes().contains(&0) {
        Err(Reason::Nul)
    } else {
        Ok(())
    }
}

/// A row's id.
pub fn id(id: &str) -> Result<(), Reason> {
    if id.trim().is_empty() {
        Err(Reason::IdMissing)
    } else if id.len() > ID_BYTES_MAX {
        Err(Reason::IdTooLong)
    } else {
        text(id)
    }
}

/// A latitude and longitude in degrees: both or none, finite, on the globe. The error says which
/// of the two is wrong by its reason.
pub fn coordinates(latitude: Option<f64>, longitude: Option<f64>) -> Result<(), Reason> {
    if latitude.is_some_and(|degrees| !(-90.0..=90.0).contains(&degrees)) {
        Err(Reason::BadLatitude)
    } else if longitude.is_some_and(|degrees| !(-180.0..=180.0).contains(&degrees)) {
        Err(Reason::BadLongitude)
    } else if latitude.is_some() != longitude.is_some() {
        Err(Reason::HalfCoordinates)
    } else {
        Ok(())
    }
}

/// A begin and an end, in this order.
pub fn order(begin: Option<Timestamp>, end: Option<Timestamp>) -> Result<(), Reason> {
    match (begin, end) {
        (Some(begin), Some(end)) if end < begin => Err(Reason::EndBeforeBegin),
        _ => Ok(()),
    }
}

/// An ISO 4217 code by its form: three capital ASCII letters.
pub fn currency(code: &str) -> Result<(), Reason> {
    if code.len() == 3 && code.bytes().all(|b| b.is_ascii_uppercase()) {
        Ok(())
    } else {
        Err(Reason::BadCurrency)
    }
}

/// A decimal number with a point and at most two decimals, in hundredths.
pub fn cents(text: &str) -> Result<i64, Reason> {
    let (negative, digits) = match text.strip_prefix('-') {
        Some(digits) => (true, digits),
        None => (false, text),
    };
    let (whole, decimals) = digits.split_once('.').unwrap_or((digits, ""));
    let all_digits = |part: &str| part.bytes().all(|b| b.is_ascii_digit());
    if whole.is_empty() || !all_digits(whole) || !all_digits(decimals) || decimals.len() > 2 {
        return Err(Reason::BadAmount);
    }
    let cents: i64 = format!("{whole}{decimals:0<2}").parse().map_err(|_| Reason::BadAmount)?;
    Ok(if negative { -cents } else { cents })
}

/// Reads a grade of a scheme that is known.
pub(super) fn read_grade(text: &str) -> Result<Grade, Reason> {
    text.parse().map_err(|_| Reason::UnknownGrade)
}

/// Checks that a text states a suspicion: see [`is_reason`].
pub(super) fn suspicion(text: &str) -> Result<(), Reason> {
    self::text(text)?;
    if is_reason(text) { Ok(()) } else { Err(Reason::NoSuspicion) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_exact_and_nothing_else_is_an_amount() {
        for (text, expected) in [("12", 1200), ("12.5", 1250), ("0.05", 5), ("-3.10", -310)] {
            assert_eq!(cents(text), Ok(expected), "{text}");
        }
        for text in ["", ".", ".5", "1,5", "1.234", "1e3", "--1", "١", "99999999999999999999", "+1"]
        {
            assert_eq!(cents(text), Err(Reason::BadAmount), "{text}");
        }
    }

    #[test]
    fn coordinates_off_the_globe_or_alone_are_refused() {
        assert_eq!(coordinates(Some(90.0), Some(-180.0)), Ok(()));
        assert_eq!(coordinates(Some(90.1), Some(0.0)), Err(Reason::BadLatitude));
        assert_eq!(coordinates(Some(f64::NAN), Some(0.0)), Err(Reason::BadLatitude));
        assert_eq!(coordinates(Some(0.0), Some(f64::INFINITY)), Err(Reason::BadLongitude));
        assert_eq!(coordinates(Some(0.0), None), Err(Reason::HalfCoordinates));
    }
}
