//! Points and spans of time, and dates of which only a part may be known.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use thiserror::Error;
#[cfg(feature = "openapi")]
use utoipa::openapi::schema::{ObjectBuilder, Type};
#[cfg(feature = "openapi")]
use utoipa::openapi::{RefOr, Schema};
#[cfg(feature = "openapi")]
use utoipa::{PartialSchema, ToSchema};

/// A text that is not a date or time that exists.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum DateError {
    /// Not of the form YYYY, YYYY-MM or YYYY-MM-DD.
    #[error("expected a date as YYYY, YYYY-MM or YYYY-MM-DD")]
    Form,
    /// The month or the day does not exist.
    #[error("no such date in the calendar")]
    NoSuchDay,
    /// Not an RFC 3339 date-time with an offset.
    #[error("expected a date and time with offset, as in 2026-03-01T14:05:00Z")]
    Timestamp,
}

/// A date of which the day, or the day and the month, may be unknown. Serialized as ISO 8601 text
/// of reduced precision (`1987`, `1987-04`, `1987-04-12`). Orders by year, month, day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PartialDate {
    year: i16,
    month: Option<u8>,
    day: Option<u8>,
}

impl PartialDate {
    /// A date that exists in the proleptic Gregorian calendar, years 1 to 9999. A day without a
    /// month is refused.
    ///
    /// # Errors
    /// [`DateError::NoSuchDay`] when there is no such date.
    pub fn new(year: i16, month: Option<u8>, day: Option<u8>) -> Result<Self, DateError> {
        let exists = match (month, day) {
            (None, Some(_)) => false,
            (month, day) => jiff::civil::Date::new(
                year,
                month.unwrap_or(1).try_into().map_err(|_| DateError::NoSuchDay)?,
                day.unwrap_or(1).try_into().map_err(|_| DateError::NoSuchDay)?,
            )
            .is_ok(),
        };
        if exists && (1..=9999).contains(&year) {
            Ok(Self { year, month, day })
        } else {
            Err(DateError::NoSuchDay)
        }
    }

    /// The year, 1 to 9999.
    pub fn year(self) -> i16 {
        self.year
    }

    /// The month, 1 to 12, when known.
    pub fn month(self) -> Option<u8> {
        self.month
    }

    /// The day of the month, when known.
    pub fn day(self) -> Option<u8> {
        self.day
    }
}

#[cfg(feature = "openapi")]
impl PartialSchema for PartialDate {
    fn schema() -> RefOr<Schema> {
        ObjectBuilder::new()
            .schema_type(Type::String)
            .pattern(Some(r"^\d{4}(-\d{2}(-\d{2})?)?$"))
            .examples(["1987-04-12"])
            .into()
    }
}

#[cfg(feature = "openapi")]
impl ToSchema for PartialDate {}

impl fmt::Display for PartialDate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}", self.year)?;
        if let Some(month) = self.month {
            write!(f, "-{month:02}")?;
        }
        if let Some(day) = self.day {
            write!(f, "-{day:02}")?;
        }
        Ok(())
    }
}

impl FromStr for PartialDate {
    type Err = DateError;

    fn from_str(text: &str) -> Result<Self, DateError> {
        let mut parts = text.split('-');
        let mut number = |width: usize| match parts.next() {
            None => Ok(None),
            Some(part) if part.len() == width && part.bytes().all(|b| b.is_ascii_digit()) => {
                part.parse::<i16>().map(Some).map_err(|_| DateError::Form)
            }
            Some(_) => Err(DateError::Form),
        };
        let year = number(4)?.ok_or(DateError::Form)?;
        let (month, day) = (number(2)?, number(2)?);
        if parts.next().is_some() {
            return Err(DateError::Form);
        }
        Self::new(year, month.map(|m| m as u8), day.map(|d| d as u8))
    }
}

impl Serialize for PartialDate {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for PartialDate {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

/// A point in time: UTC, microseconds since 1970-01-01. Serialized as RFC 3339 text ending in `Z`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "openapi", derive(ToSchema))]
#[cfg_attr(feature = "openapi", schema(value_type = String, example = "2026-03-01T14:05:00Z"))]
pub struct Timestamp(jiff::Timestamp);

impl Timestamp {
    /// 1970-01-01T00:00:00Z.
    pub const UNIX_EPOCH: Self = Self(jiff::Timestamp::UNIX_EPOCH);

    /// Makes a timestamp from microseconds since 1970-01-01T00:00:00Z.
    ///
    /// # Errors
    /// [`DateError::Timestamp`] outside the years -9999 to 9999.
    pub fn from_micros(micros: i64) -> Result<Self, DateError> {
        jiff::Timestamp::from_microsecond(micros).map(Self).map_err(|_| DateError::Timestamp)
    }

    /// Microseconds since 1970-01-01T00:00:00Z.
    pub fn as_micros(self) -> i64 {
        self.0.as_microsecond()
    }
}

impl From<jiff::Timestamp> for Timestamp {
    /// Cuts to whole microseconds, so that every timestamp reads back from storage as itself.
    fn from(at: jiff::Timestamp) -> Self {
        Self(jiff::Timestamp::from_microsecond(at.as_microsecond()).unwrap_or(at))
    }
}

impl From<Timestamp> for jiff::Timestamp {
    fn from(at: Timestamp) -> Self {
        at.0
    }
}

impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}

impl FromStr for Timestamp {
    type Err = DateError;

    fn from_str(text: &str) -> Result<Self, DateError> {
        text.parse::<jiff::Timestamp>().map(Self::from).map_err(|_| DateError::Timestamp)
    }
}

impl Serialize for Timestamp {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Timestamp {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

/// A half-open span of time `[from, to)`; an absent end is open.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, Default,
)]
#[cfg_attr(feature = "openapi", derive(ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Span {
    /// First instant of the span.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<Timestamp>,
    /// First instant after the span.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<Timestamp>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_that_do_not_exist_are_refused() {
        for text in ["1987-02-30", "1987-13-01", "1900-02-29", "0000", "0000-01-01"] {
            assert_eq!(text.parse::<PartialDate>(), Err(DateError::NoSuchDay), "{text}");
        }
        for text in ["", "87", "1987-4-12", "1987-04-12-01", "1987-04-12T00:00", "١٩٨٧", "+987"]
        {
            assert_eq!(text.parse::<PartialDate>(), Err(DateError::Form), "{text}");
        }
        assert_eq!(PartialDate::new(1987, None, Some(3)), Err(DateError::NoSuchDay));
    }

    #[test]
    fn dates_and_times_read_back_from_their_own_text() {
        for text in ["1987", "1987-04", "1987-04-12", "2000-02-29"] {
            assert_eq!(text.parse::<PartialDate>().unwrap().to_string(), text);
        }
        let at: Timestamp = "2026-03-01T14:05:00.123456789+02:00".parse().unwrap();
        assert_eq!(at.to_string(), "2026-03-01T12:05:00.123456Z");
        assert_eq!(Timestamp::from_micros(at.as_micros()), Ok(at));
    }
}
