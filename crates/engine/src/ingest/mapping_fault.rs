//! Faults of a mapping or a manifest.

use thiserror::Error;

/// A fault of a mapping or a manifest.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum MappingFault {
    /// The file cannot be read.
    #[error("cannot be read: {0}")]
    Unreadable(std::io::ErrorKind),
    /// Not TOML, an unknown key, or a value of the wrong type.
    #[error("{0}")]
    Syntax(String),
    /// An empty text where one is needed.
    #[error("must not be empty")]
    Empty,
    /// The time zone is not in the IANA database.
    #[error("no such time zone")]
    TimeZone,
    /// Not a country code.
    #[error("expected an ISO 3166-1 alpha-2 code")]
    Country,
    /// Not a CSV delimiter.
    #[error("a delimiter is one ASCII character, not a quote or line end, and for CSV only")]
    Delimiter,
    /// A sensitivity tier above 4.
    #[error("a tier is a number from 0 to 4")]
    Tier,
    /// A confidence outside 0 to 1.
    #[error("a confidence is a number from 0 to 1")]
    Confidence,
    /// The record type has no such field.
    #[error("no such field here")]
    UnknownField,
    /// A field that is needed is not mapped.
    #[error("this field is needed")]
    FieldNeeded,
    /// Records of persons without a subject category.
    #[error("records of persons need a subject category, `unknown` where the source does not say")]
    CategoryNeeded,
    /// A record of a person that is marked as public.
    #[error("a person is never public")]
    PublicPerson,
    /// No record has this slot.
    #[error("no record has this slot")]
    UnknownSlot,
    /// A slot, or a tie or event of the same kind (and ends), twice.
    #[error("stated twice")]
    Repeated,
    /// A slot name with other characters than `a-z`, `0-9`, `_` and `-`.
    #[error("a slot name is made of a-z, 0-9, _ and -")]
    SlotName,
    /// A format where none is of use.
    #[error("only dates and times have formats")]
    FormatUseless,
    /// A format that strptime does not know or that does not give what is needed.
    #[error("the format does not give a date or time")]
    Format,
    /// A constant, default or translation that the field does not take.
    #[error("a constant, default or translated value is not one this field takes")]
    Supplied,
    /// Latitude without longitude, or the other way round.
    #[error("latitude and longitude are mapped together")]
    Coordinates,
    /// A column that is both used and ignored.
    #[error("the column is used, so it cannot be ignored")]
    UsedAndIgnored,
    /// The mapping makes neither records nor events.
    #[error("the mapping makes neither records nor events")]
    Nothing,
}

/// A fault of a mapping or a manifest, with the file and the key where it lies.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("{file}: {}{fault}", if key.is_empty() { String::new() } else { format!("{key}: ") })]
pub struct MappingError {
    /// The mapping file or manifest.
    pub file: String,
    /// The key, as in `record[1].fields.birth_date` (counted from 0); empty for the whole file.
    pub key: String,
    /// The fault at the key.
    pub fault: MappingFault,
}

/// A problem inside a mapping whose file the caller knows.
#[derive(Debug)]
pub(super) struct MappingProblem {
    pub key: String,
    pub fault: MappingFault,
}

impl MappingProblem {
    pub fn new(key: impl Into<String>, fault: MappingFault) -> Self {
        Self { key: key.into(), fault }
    }

    pub fn in_file(self, file: &str) -> MappingError {
        MappingError { file: file.to_owned(), key: self.key, fault: self.fault }
    }
}
