//! Dates and times in the formats of a mapping.

use jiff::civil::DateTime;
use jiff::fmt::strtime::{self, BrokenDownTime};
use jiff::tz::TimeZone;

use super::reason::Reason;
use crate::model::{PartialDate, Timestamp};

/// Earliest year that a format may give. `%Y` also reads `87`; that is not the year 87.
const YEAR_MIN: i16 = 1000;

/// An instant and its offset to try formats on.
const SAMPLE: &str = "2024-02-03T04:05:06+00:00[UTC]";

/// The least that a format must be able to give.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wanted {
    /// A date, or its year, or its year and month.
    Date,
    /// A whole date at least; without a time of day the day's first instant is meant.
    Time,
}

/// Returns true if a format is one of strptime's and gives what is wanted, by trying it on a sample.
pub fn format_fits(format: &str, wanted: Wanted) -> bool {
    let Ok(sample) = SAMPLE.parse::<jiff::ZonedDateTime>() else { return false };
    let Ok(text) = strtime::format(format, &sample) else { return false };
    let Ok(parsed) = strtime::parse(format, &text) else { return false };
    match wanted {
        Wanted::Date => partial(&parsed).is_ok(),
        Wanted::Time => parsed.to_timestamp().is_ok() || parsed.to_datetime().is_ok(),
    }
}

/// Reads a date by the first format that fits the whole text; ISO 8601 when there is none.
pub fn date(text: &str, formats: &[String]) -> Result<PartialDate, Reason> {
    if formats.is_empty() {
        return text.parse().map_err(|_| Reason::BadDate);
    }
    let parsed = formats.iter().find_map(|format| strtime::parse(format, text).ok());
    partial(&parsed.ok_or(Reason::BadDate)?)
}

/// The date, or the part of it, that a text gave.
fn partial(parsed: &BrokenDownTime) -> Result<PartialDate, Reason> {
    let whole = parsed.to_date().ok();
    let (year, month, day) = match (whole, parsed.year(), parsed.month(), parsed.day()) {
        (Some(date), ..) => (date.year(), Some(date.month()), Some(date.day())),
        (None, Some(year), month, None) => (year, month, None),
        _ => return Err(Reason::BadDate),
    };
    if year < YEAR_MIN {
        return Err(Reason::BadDate);
    }
    PartialDate::new(year, month.map(|m| m as u8), day.map(|d| d as u8))
        .map_err(|_| Reason::BadDate)
}

/// Reads a time by the first format that fits the whole text. A local time that the clocks passed
/// twice is the first of the two, one that they skipped is moved on by the gap (RFC 5545).
pub fn time(text: &str, formats: &[String], zone: &TimeZone) -> Result<Timestamp, Reason> {
    if formats.is_empty() {
        return standard_time(text, zone);
    }
    let parsed = formats
        .iter()
        .find_map(|format| strtime::parse(format, text).ok())
        .ok_or(Reason::BadTime)?;
    if let Ok(instant) = parsed.to_timestamp() {
        return in_range(instant);
    }
    local(parsed.to_datetime().map_err(|_| Reason::BadTime)?, zone)
}

/// RFC 3339, or `YYYY-MM-DD HH:MM[:SS[.f]]` (also with a `T`), or `YYYY-MM-DD`, local.
fn standard_time(text: &str, zone: &TimeZone) -> Result<Timestamp, Reason> {
    let digits_first = text.as_bytes().first().is_some_and(u8::is_ascii_digit);
    if !digits_first || !(10..=40).contains(&text.len()) {
        return Err(Reason::BadTime);
    }
    if let Ok(instant) = text.parse::<jiff::Timestamp>() {
        return in_range(instant);
    }
    // Parts of a second: databases and data frames write them.
    let whole = text.split_once('.').filter(|(whole, part)| {
        whole.len() == 19
            && (1..=9).contains(&part.len())
            && part.bytes().all(|b| b.is_ascii_digit())
    });
    let form: Vec<u8> = whole
        .map_or(text, |(whole, _)| whole)
        .bytes()
        .map(|b| if b.is_ascii_digit() { b'0' } else { b })
        .collect();
    let format = match form.as_slice() {
        b"0000-00-00" => "%Y-%m-%d",
        b"0000-00-00 00:00" => "%Y-%m-%d %H:%M",
        b"0000-00-00T00:00" => "%Y-%m-%dT%H:%M",
        b"0000-00-00 00:00:00" => "%Y-%m-%d %H:%M:%S%.f",
        b"0000-00-00T00:00:00" => "%Y-%m-%dT%H:%M:%S%.f",
        _ => return Err(Reason::BadTime),
    };
    time(text, &[format.to_owned()], zone)
}

fn local(at: DateTime, zone: &TimeZone) -> Result<Timestamp, Reason> {
    zone.to_ambiguous_timestamp(at).compatible().map_err(|_| Reason::BadTime).and_then(in_range)
}

fn in_range(instant: jiff::Timestamp) -> Result<Timestamp, Reason> {
    if instant.to_zoned_datetime(TimeZone::UTC).year() < YEAR_MIN {
        return Err(Reason::BadTime);
    }
    Ok(Timestamp::from(instant))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn formats(list: &[&str]) -> Vec<String> {
        list.iter().map(|format| (*format).to_owned()).collect()
    }

    #[test]
    fn a_date_may_be_partial_but_must_exist() {
        let formats = formats(&["%d/%m/%Y", "%m/%Y", "%Y"]);
        for (text, expected) in
            [("3/4/1987", "1987-04-03"), ("04/1987", "1987-04"), ("1987", "1987")]
        {
            assert_eq!(date(text, &formats).unwrap().to_string(), expected);
        }
        for text in ["30/02/1987", "13/1987", "3/4/87", "3/4/1987x", "", "1987-04-03"] {
            assert_eq!(date(text, &formats), Err(Reason::BadDate), "{text}");
        }
    }

    #[test]
    fn local_times_are_read_in_the_mappings_zone() {
        let zone = TimeZone::get("America/Chicago").unwrap();
        for (text, expected) in [
            ("2026-03-01 14:05", "2026-03-01T20:05:00Z"),
            ("2026-03-01T14:05:09", "2026-03-01T20:05:09Z"),
            ("2026-03-01", "2026-03-01T06:00:00Z"),
            ("2026-03-01T14:05:00+02:00", "2026-03-01T12:05:00Z"),
            ("2026-03-01 14:05:00+00:00", "2026-03-01T14:05:00Z"),
            ("2026-03-01 14:05:09.25", "2026-03-01T20:05:09.25Z"),
            // The clocks went from 02:00 to 03:00 on this day.
            ("2026-03-08 02:30", "2026-03-08T08:30:00Z"),
        ] {
            assert_eq!(time(text, &[], &zone).unwrap().to_string(), expected, "{text}");
        }
        for text in [
            "2026-02-30 14:05",
            "2026-03-01 25:00",
            "2026-03-01 14:05:09.",
            "2026-03-01.25",
            "01.03.2026 14:05",
            "",
            "0001-01-01 00:00",
        ] {
            assert_eq!(time(text, &[], &zone), Err(Reason::BadTime), "{text}");
        }
    }

    #[test]
    fn formats_that_cannot_give_what_is_wanted_are_found_out() {
        assert!(format_fits("%d/%m/%Y", Wanted::Date) && format_fits("%Y", Wanted::Date));
        assert!(format_fits("%d.%m.%Y %H:%M", Wanted::Time) && format_fits("%s", Wanted::Time));
        for format in ["%H:%M", "%Ö", "%", "%d/%m", "today", "%q"] {
            assert!(!format_fits(format, Wanted::Date), "{format}");
        }
        assert!(!format_fits("%m/%Y", Wanted::Time));
    }
}
