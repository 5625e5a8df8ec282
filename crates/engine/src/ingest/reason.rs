//! Reasons for which rows are refused: a closed list with stable codes. Neither a reason nor an error
//! ever holds what was in the row.

use std::fmt;

use serde::{Serialize, Serializer};
use thiserror::Error;

macro_rules! reasons {
    ($($(#[$doc:meta])* $name:ident = $code:literal, $text:literal;)*) => {
        /// The reason for which a row is refused.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Reason {
            $($(#[$doc])* $name,)*
        }

        impl Reason {
            /// All reasons, in their canonical order.
            pub const ALL: &'static [Self] = &[$(Self::$name,)*];

            /// The stable code used in reports and in the API.
            pub fn code(self) -> &'static str {
                match self { $(Self::$name => $code,)* }
            }
        }

        impl fmt::Display for Reason {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(match self { $(Self::$name => $text,)* })
            }
        }
    };
}

reasons! {
    /// The row has no id.
    IdMissing = "id_missing", "the row has no id";
    /// The row's id is longer than [`super::check::ID_BYTES_MAX`].
    IdTooLong = "id_too_long", "the row's id is too long";
    /// A value is longer than [`super::check::TEXT_BYTES_MAX`].
    CellTooLong = "cell_too_long", "the value is too long";
    /// A row is longer than [`super::check::ROW_BYTES_MAX`].
    RowTooLong = "row_too_long", "the row is too long";
    /// A value holds a NUL character.
    Nul = "nul", "the value holds a NUL character";
    /// The bytes are not UTF-8.
    InvalidUtf8 = "invalid_utf8", "the bytes are not UTF-8";
    /// The row has fewer columns than the header.
    TooFewColumns = "too_few_columns", "the row has fewer columns than the header";
    /// The row has more columns than the header.
    TooManyColumns = "too_many_columns", "the row has more columns than the header";
    /// A quoted value does not end.
    UnclosedQuote = "unclosed_quote", "a quoted value does not end";
    /// The line is not JSON.
    MalformedJson = "malformed_json", "the line is not well-formed JSON";
    /// A JSON value is of the wrong type (an object where a text or number belongs, ...).
    WrongType = "wrong_type", "the JSON value is of the wrong type";
    /// A JSON object has a key twice.
    DuplicateKey = "duplicate_key", "the JSON object has a key twice";
    /// A JSON object has a key that is neither mapped nor ignored.
    UnknownColumn = "unknown_column", "the column is neither mapped nor listed as ignored";
    /// Not a date that exists, or not in the expected form.
    BadDate = "bad_date", "not a date that exists, in the expected form";
    /// Not a time that exists, or not in the expected form.
    BadTime = "bad_time", "not a date and time that exist, in the expected form";
    /// Not a number.
    BadNumber = "bad_number", "not a number";
    /// A number outside its range.
    OutOfRange = "out_of_range", "the number is out of range";
    /// Not a latitude from -90 to 90.
    BadLatitude = "bad_latitude", "not a latitude from -90 to 90 degrees";
    /// Not a longitude from -180 to 180.
    BadLongitude = "bad_longitude", "not a longitude from -180 to 180 degrees";
    /// A latitude without a longitude, or the other way round.
    HalfCoordinates = "half_coordinates", "latitude and longitude belong together";
    /// Not a decimal number with at most two decimals.
    BadAmount = "bad_amount", "not an amount with a point and at most two decimals";
    /// Not an ISO 4217 code.
    BadCurrency = "bad_currency", "not an ISO 4217 currency code";
    /// A code that the mapping does not list.
    UnknownCode = "unknown_code", "the code is not one the mapping lists";
    /// A marking of no standard that is known.
    UnknownMarking = "unknown_marking", "no marking of LEXS, 3x5x2, 5x5x5, Europol, TLP, MISP or STIX that is known";
    /// A grade of no scheme that is known.
    UnknownGrade = "unknown_grade", "no grade of 3x5x2, 5x5x5 or 4x4 that is known, such as `3x5x2:2B`, `5x5x5:B2` or `4x4:A1`";
    /// Something ends before it begins.
    EndBeforeBegin = "end_before_begin", "the end is before the begin";
    /// A confidence outside 0 to 1.
    BadConfidence = "bad_confidence", "a confidence is a number from 0 to 1";
    /// A sensitivity tier above [`crate::model::Label::TIER_MAX`].
    BadTier = "bad_tier", "a tier is a number from 0 to 4";
    /// A record of a person without a subject category.
    NoCategory = "no_category", "a record of a person names its subject category, `unknown` where the source does not say";
    /// A record of a person that is marked as public.
    PublicPerson = "public_person", "a person is never public";
    /// Criminal intelligence without a reasonable suspicion (28 CFR 23.20).
    NoSuspicion = "no_suspicion", "criminal intelligence states a reasonable suspicion, in 10 to 1,000 characters";
    /// Criminal intelligence that is not graded.
    NoGrade = "no_grade", "criminal intelligence states the grade of its source and information";
    /// A review later than five years from now.
    BadReview = "bad_review", "a review lies ahead, at most five years, and criminal intelligence has one";
    /// A victim's identifiers without a written, time-limited release.
    NoRelease = "no_release", "a victim's identifiers take a written release with an end that lies ahead, which the row cites";
    /// A slot, tie or event kind is given twice in one row.
    Repeated = "repeated", "the row states the same thing twice";
    /// A tie or event names a slot that the row does not have.
    UnknownSlot = "unknown_slot", "no record of the row has this slot";
    /// A record says nothing.
    EmptyRecord = "empty_record", "the record says nothing";
    /// The row makes no record and no event.
    EmptyRow = "empty_row", "the row makes no record and no event";
    /// A row states too many records, ties or events.
    TooMany = "too_many", "the row states too many records, ties or events";
    /// A record, tie or event of this id exists with other content.
    RecordChanged = "record_changed", "what the row says exists already with other content";
}

impl Serialize for Reason {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.code())
    }
}

/// A refused row: where in it, and why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Error)]
#[error("{}{reason}", column.as_ref().map(|column| format!("{column}: ")).unwrap_or_default())]
pub struct RowError {
    /// The column, the path in a JSON object, or nothing where the whole row is meant. Only names
    /// that stand in the mapping or the header, or positions, never what a row made up.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub column: Option<String>,
    /// The reason for the refusal.
    pub reason: Reason,
}

impl RowError {
    /// An error of the whole row.
    pub fn row(reason: Reason) -> Self {
        Self { column: None, reason }
    }

    /// An error in one column.
    pub fn column(column: impl Into<String>, reason: Reason) -> Self {
        Self { column: Some(column.into()), reason }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn every_reason_has_its_own_snake_case_code() {
        let codes: BTreeSet<_> = Reason::ALL.iter().map(|reason| reason.code()).collect();
        assert_eq!(codes.len(), Reason::ALL.len());
        assert!(
            codes.iter().all(|c| c
                .bytes()
                .all(|b| b == b'_' || b.is_ascii_lowercase() || b.is_ascii_digit()))
        );
    }
}
