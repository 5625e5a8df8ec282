//! One compiled value of a mapping: from a row's cells to a checked text, date, time or number.

use std::cell::Cell as Flag;
use std::collections::BTreeMap;

use jiff::tz::TimeZone;

use super::check::{self, read_grade, suspicion};
use super::dates;
use super::mapping::Invalid;
use super::reason::{Reason, RowError};
use crate::model::{
    Grade, Handling, Marking, Nature, PartialDate, Sex, SubjectCategory, Timestamp,
};

/// The cells of a row as the mapper's columns want them, while one slot is being read.
pub(super) struct Reading<'a> {
    pub cells: &'a [&'a str],
    pub columns: &'a [String],
    /// True once a value was taken from a cell, not only from constants and defaults.
    pub filled: Flag<bool>,
}

/// The kind of value that a field takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Text,
    Date,
    Time,
    Latitude,
    Longitude,
    ModelYear,
    Sex,
    Amount,
    Currency,
    Category,
    Handling,
    Marking,
    Suspicion,
    Grade,
    Nature,
}

/// The origin of the text: a column, by its position, or a constant.
#[derive(Debug, Clone)]
enum Origin {
    Column(usize),
    Constant(String),
}

/// A value of a mapping, ready to be read from rows.
#[derive(Debug, Clone)]
pub(super) struct CellValue {
    origin: Origin,
    formats: Vec<String>,
    values: BTreeMap<String, String>,
    default: Option<String>,
    missing: Vec<String>,
    invalid: Invalid,
}

impl CellValue {
    pub fn constant(text: &str) -> Self {
        Self { origin: Origin::Constant(text.to_owned()), ..Self::column(0) }
    }

    pub fn column(index: usize) -> Self {
        Self {
            origin: Origin::Column(index),
            formats: Vec::new(),
            values: BTreeMap::new(),
            default: None,
            missing: Vec::new(),
            invalid: Invalid::Refused,
        }
    }

    /// A column with formats and a translation.
    pub fn converted(index: usize, from: &super::mapping::Converted) -> Self {
        Self {
            origin: Origin::Column(index),
            formats: from.format.iter().chain(&from.formats).cloned().collect(),
            values: from.values.clone(),
            default: from.default.clone(),
            missing: from.missing.clone(),
            invalid: from.invalid,
        }
    }

    pub fn formats(&self) -> &[String] {
        &self.formats
    }

    /// The column's position, when there is one.
    pub fn index(&self) -> Option<usize> {
        match self.origin {
            Origin::Column(index) => Some(index),
            Origin::Constant(_) => None,
        }
    }

    /// The texts that the mapping itself supplies; empty translations mean "missing".
    pub fn supplied(&self) -> impl Iterator<Item = &str> {
        let constant = match &self.origin {
            Origin::Constant(text) => Some(text),
            Origin::Column(_) => None,
        };
        let texts = self.values.values().chain(&self.default).chain(constant);
        texts.map(String::as_str).filter(|text| !text.is_empty())
    }

    /// The text, and the formats it is to be read by: what the mapping supplies is ISO 8601.
    fn read<'r>(&'r self, row: &Reading<'r>) -> Result<Option<(&'r str, &'r [String])>, RowError> {
        let index = match &self.origin {
            Origin::Constant(text) => return Ok(Some((text.as_str(), &[]))),
            Origin::Column(index) => *index,
        };
        let cell = row.cells.get(index).copied().unwrap_or_default();
        check::text(cell).map_err(|reason| self.error(row, reason))?;
        let text = cell.trim();
        let default = self.default.as_deref().filter(|text| !text.is_empty());
        if text.is_empty() || self.missing.iter().any(|missing| missing == text) {
            return Ok(default.map(|text| (text, &[][..])));
        }
        if self.values.is_empty() {
            row.filled.set(true);
            return Ok(Some((text, &self.formats)));
        }
        let translated = match self.values.get(text) {
            Some(translated) => Some(translated.as_str()).filter(|text| !text.is_empty()),
            None if !self.formats.is_empty() => {
                row.filled.set(true);
                return Ok(Some((text, &self.formats)));
            }
            None if self.default.is_some() => default,
            None if self.invalid == Invalid::Missing => None,
            None => return Err(self.error(row, Reason::UnknownCode)),
        };
        row.filled.set(row.filled.get() || translated.is_some());
        Ok(translated.map(|text| (text, &[][..])))
    }

    /// The error of this value's column.
    pub fn error(&self, row: &Reading<'_>, reason: Reason) -> RowError {
        RowError { column: self.index().and_then(|i| row.columns.get(i).cloned()), reason }
    }

    fn parsed<T>(
        &self,
        row: &Reading<'_>,
        parse: impl FnOnce(&str, &[String]) -> Result<T, Reason>,
    ) -> Result<Option<T>, RowError> {
        let Some((text, formats)) = self.read(row)? else { return Ok(None) };
        match parse(text, formats) {
            Ok(value) => Ok(Some(value)),
            Err(_) if self.invalid == Invalid::Missing => Ok(None),
            Err(reason) => Err(self.error(row, reason)),
        }
    }

    pub fn text(&self, row: &Reading<'_>) -> Result<Option<String>, RowError> {
        self.parsed(row, |text, _| Ok(text.to_owned()))
    }

    pub fn date(&self, row: &Reading<'_>) -> Result<Option<PartialDate>, RowError> {
        self.parsed(row, dates::date)
    }

    pub fn time(&self, row: &Reading<'_>, zone: &TimeZone) -> Result<Option<Timestamp>, RowError> {
        self.parsed(row, |text, formats| dates::time(text, formats, zone))
    }

    pub fn latitude(&self, row: &Reading<'_>) -> Result<Option<f64>, RowError> {
        self.parsed(row, |text, _| latitude(text))
    }

    pub fn longitude(&self, row: &Reading<'_>) -> Result<Option<f64>, RowError> {
        self.parsed(row, |text, _| longitude(text))
    }

    pub fn model_year(&self, row: &Reading<'_>) -> Result<Option<i16>, RowError> {
        self.parsed(row, |text, _| model_year(text))
    }

    pub fn sex(&self, row: &Reading<'_>) -> Result<Option<Sex>, RowError> {
        self.parsed(row, |text, _| sex(text))
    }

    pub fn cents(&self, row: &Reading<'_>) -> Result<Option<i64>, RowError> {
        self.parsed(row, |text, _| check::cents(text))
    }

    pub fn currency(&self, row: &Reading<'_>) -> Result<Option<String>, RowError> {
        self.parsed(row, |text, _| check::currency(text).map(|()| text.to_owned()))
    }

    pub fn category(&self, row: &Reading<'_>) -> Result<Option<SubjectCategory>, RowError> {
        self.parsed(row, |text, _| category(text))
    }

    pub fn handling(&self, row: &Reading<'_>) -> Result<Option<Handling>, RowError> {
        self.parsed(row, |text, _| handling(text))
    }

    pub fn grade(&self, row: &Reading<'_>) -> Result<Option<Grade>, RowError> {
        self.parsed(row, |text, _| read_grade(text))
    }

    pub fn nature(&self, row: &Reading<'_>) -> Result<Option<Nature>, RowError> {
        self.parsed(row, |text, _| nature(text))
    }
}

impl Kind {
    /// Returns true if a text that the mapping supplies (constant, default, translation) can be read as this kind.
    pub fn accepts(self, text: &str, zone: &TimeZone) -> bool {
        check::text(text).is_ok()
            && match self {
                Self::Text => true,
                Self::Date => dates::date(text, &[]).is_ok(),
                Self::Time => dates::time(text, &[], zone).is_ok(),
                Self::Latitude => latitude(text).is_ok(),
                Self::Longitude => longitude(text).is_ok(),
                Self::ModelYear => model_year(text).is_ok(),
                Self::Sex => sex(text).is_ok(),
                Self::Amount => check::cents(text).is_ok(),
                Self::Currency => check::currency(text).is_ok(),
                Self::Category => category(text).is_ok(),
                Self::Handling => handling(text).is_ok(),
                Self::Marking => text.parse::<Marking>().is_ok(),
                Self::Suspicion => suspicion(text).is_ok(),
                Self::Grade => read_grade(text).is_ok(),
                Self::Nature => nature(text).is_ok(),
            }
    }
}

fn number(text: &str) -> Result<f64, Reason> {
    let plain = text.bytes().all(|b| b.is_ascii_digit() || matches!(b, b'.' | b'-' | b'+'));
    let number = if plain { text.parse::<f64>().ok() } else { None };
    number.filter(|number| number.is_finite()).ok_or(Reason::BadNumber)
}

fn latitude(text: &str) -> Result<f64, Reason> {
    let degrees = number(text)?;
    check::coordinates(Some(degrees), Some(0.0)).map(|()| degrees)
}

fn longitude(text: &str) -> Result<f64, Reason> {
    let degrees = number(text)?;
    check::coordinates(Some(0.0), Some(degrees)).map(|()| degrees)
}

fn model_year(text: &str) -> Result<i16, Reason> {
    if text.is_empty() || !text.bytes().all(|b| b.is_ascii_digit()) {
        return Err(Reason::BadNumber);
    }
    let year = text.parse::<i16>().map_err(|_| Reason::OutOfRange)?;
    Some(year).filter(|year| check::MODEL_YEARS.contains(year)).ok_or(Reason::OutOfRange)
}

/// The words of the model's closed lists are read by the model's own names.
fn word<T: serde::de::DeserializeOwned>(text: &str) -> Result<T, Reason> {
    use serde::de::IntoDeserializer;
    use serde::de::value::{Error, StrDeserializer};
    let deserializer: StrDeserializer<'_, Error> = text.into_deserializer();
    T::deserialize(deserializer).map_err(|_| Reason::UnknownCode)
}

fn sex(text: &str) -> Result<Sex, Reason> {
    word(&text.to_ascii_lowercase())
}

fn category(text: &str) -> Result<SubjectCategory, Reason> {
    word(text)
}

fn handling(text: &str) -> Result<Handling, Reason> {
    word(text)
}

fn nature(text: &str) -> Result<Nature, Reason> {
    word(text)
}
