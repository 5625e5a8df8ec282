//! Values as the text that a CSV of the same table would hold.

use std::fmt::Write;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use parquet::basic::{ConvertedType, LogicalType, TimeUnit, Type};
use parquet::schema::types::ColumnDescriptor;

use crate::ingest::reason::Reason;

const SECOND: i128 = 1_000_000_000;
const DAY: i128 = 86_400 * SECOND;
/// The day that Int96 times count from, as days before 1970.
const JULIAN_EPOCH: i128 = 2_440_588;

/// The meaning of a column's values, which decides how they are written as text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Meaning {
    Truth,
    Signed,
    /// An unsigned integer, with its width in bits.
    Unsigned(u8),
    /// A decimal number, with its number of digits behind the point.
    Decimal(u8),
    Date,
    /// A time of day, with the length of its unit in nanoseconds.
    Time(i64),
    /// A date and time, with the length of its unit in nanoseconds; true for an instant, false for a local time.
    Timestamp(i64, bool),
    Float,
    Text,
    Uuid,
}

impl Meaning {
    /// Returns the meaning of a column's values; where they have no text form, the name of their type as the error.
    pub fn of(column: &ColumnDescriptor) -> Result<Self, &'static str> {
        let logical = column.logical_type_ref();
        let converted = column.converted_type();
        match column.physical_type() {
            Type::BOOLEAN => Ok(Self::Truth),
            Type::INT32 | Type::INT64 => whole(column, logical, converted),
            Type::INT96 => Ok(Self::Timestamp(1, false)),
            Type::FLOAT | Type::DOUBLE => Ok(Self::Float),
            Type::BYTE_ARRAY => match (logical, converted) {
                (Some(LogicalType::Decimal(_)), _) | (None, ConvertedType::DECIMAL) => {
                    decimal(column)
                }
                (Some(LogicalType::String | LogicalType::Enum | LogicalType::Json), _) => {
                    Ok(Self::Text)
                }
                (Some(LogicalType::Unknown), _) => Ok(Self::Text),
                (Some(_), _) | (None, ConvertedType::BSON) => Err("binary data"),
                (None, _) => Ok(Self::Text),
            },
            Type::FIXED_LEN_BYTE_ARRAY => match (logical, converted) {
                (Some(LogicalType::Decimal(_)), _) | (None, ConvertedType::DECIMAL) => {
                    decimal(column)
                }
                (Some(LogicalType::Uuid), _) if column.type_length() == 16 => Ok(Self::Uuid),
                (Some(LogicalType::Float16), _) => Err("half floats"),
                (Some(_), _) | (None, ConvertedType::INTERVAL) => Err("binary data"),
                (None, _) => Ok(Self::Text),
            },
        }
    }
}

fn whole(
    column: &ColumnDescriptor,
    logical: Option<&LogicalType>,
    converted: ConvertedType,
) -> Result<Meaning, &'static str> {
    Ok(match (logical, converted) {
        (Some(LogicalType::Integer(it)), _) if !it.is_signed => {
            Meaning::Unsigned(it.bit_width as u8)
        }
        (Some(LogicalType::Integer(_) | LogicalType::Unknown), _) => Meaning::Signed,
        (Some(LogicalType::Decimal(_)), _) => decimal(column)?,
        (Some(LogicalType::Date), _) => Meaning::Date,
        (Some(LogicalType::Time(it)), _) => Meaning::Time(nanos(it.unit)),
        (Some(LogicalType::Timestamp(it)), _) => {
            Meaning::Timestamp(nanos(it.unit), it.is_adjusted_to_u_t_c)
        }
        (Some(_), _) => return Err("an unknown kind of number"),
        (None, ConvertedType::UINT_8) => Meaning::Unsigned(8),
        (None, ConvertedType::UINT_16) => Meaning::Unsigned(16),
        (None, ConvertedType::UINT_32) => Meaning::Unsigned(32),
        (None, ConvertedType::UINT_64) => Meaning::Unsigned(64),
        (None, ConvertedType::DECIMAL) => decimal(column)?,
        (None, ConvertedType::DATE) => Meaning::Date,
        (None, ConvertedType::TIME_MILLIS) => Meaning::Time(1_000_000),
        (None, ConvertedType::TIME_MICROS) => Meaning::Time(1_000),
        (None, ConvertedType::TIMESTAMP_MILLIS) => Meaning::Timestamp(1_000_000, true),
        (None, ConvertedType::TIMESTAMP_MICROS) => Meaning::Timestamp(1_000, true),
        (None, _) => Meaning::Signed,
    })
}

fn decimal(column: &ColumnDescriptor) -> Result<Meaning, &'static str> {
    let digits = u8::try_from(column.type_scale()).ok().filter(|digits| *digits <= 38);
    digits.map(Meaning::Decimal).ok_or("decimals of more than 38 digits")
}

fn nanos(unit: TimeUnit) -> i64 {
    match unit {
        TimeUnit::MILLIS => 1_000_000,
        TimeUnit::MICROS => 1_000,
        TimeUnit::NANOS => 1,
    }
}

/// A value as text, added to `out`.
pub(super) trait Render {
    fn render(&self, meaning: Meaning, out: &mut String) -> Result<(), Reason>;
}

impl Render for bool {
    fn render(&self, _: Meaning, out: &mut String) -> Result<(), Reason> {
        out.push_str(if *self { "true" } else { "false" });
        Ok(())
    }
}

impl Render for i32 {
    fn render(&self, meaning: Meaning, out: &mut String) -> Result<(), Reason> {
        match meaning {
            Meaning::Unsigned(_) => integer(i128::from(*self as u32), meaning, out),
            _ => integer(i128::from(*self), meaning, out),
        }
    }
}

impl Render for i64 {
    fn render(&self, meaning: Meaning, out: &mut String) -> Result<(), Reason> {
        match meaning {
            Meaning::Unsigned(_) => integer(i128::from(*self as u64), meaning, out),
            _ => integer(i128::from(*self), meaning, out),
        }
    }
}

fn integer(number: i128, meaning: Meaning, out: &mut String) -> Result<(), Reason> {
    match meaning {
        Meaning::Date => date_and_time(number * DAY, out).map(drop),
        Meaning::Time(unit) => {
            let nanos = number * i128::from(unit);
            if !(0..DAY).contains(&nanos) {
                return Err(Reason::BadTime);
            }
            time_of_day(nanos, out);
            Ok(())
        }
        Meaning::Timestamp(unit, instant) => timestamp(number * i128::from(unit), instant, out),
        Meaning::Decimal(digits) => {
            point(number, digits, out);
            Ok(())
        }
        _ => {
            let _ = write!(out, "{number}");
            Ok(())
        }
    }
}

/// Writes a decimal number, given without its point, with `digits` digits behind the point.
fn point(number: i128, digits: u8, out: &mut String) {
    let text = format!("{:0>width$}", number.unsigned_abs(), width = usize::from(digits) + 1);
    let (whole, part) = text.split_at(text.len() - usize::from(digits));
    if number < 0 {
        out.push('-');
    }
    out.push_str(whole);
    if digits > 0 {
        out.push('.');
        out.push_str(part);
    }
}

/// `2026-03-01 14:05:09.25`; an instant with the offset `+00:00`; a local midnight as the date alone,
/// as a column of dates is often stored.
fn timestamp(nanos: i128, instant: bool, out: &mut String) -> Result<(), Reason> {
    let of_day = date_and_time(nanos, out)?;
    if of_day != 0 || instant {
        out.push(' ');
        time_of_day(of_day, out);
    }
    if instant {
        out.push_str("+00:00");
    }
    Ok(())
}

/// Writes the date; gives the nanoseconds of the day.
fn date_and_time(nanos: i128, out: &mut String) -> Result<i128, Reason> {
    let seconds = i64::try_from(nanos.div_euclid(SECOND)).map_err(|_| Reason::BadDate)?;
    let day = Timestamp::from_second(seconds).map_err(|_| Reason::BadDate)?;
    let day = day.to_zoned_datetime(TimeZone::UTC);
    let _ = write!(out, "{:04}-{:02}-{:02}", day.year(), day.month(), day.day());
    Ok(nanos.rem_euclid(DAY))
}

fn time_of_day(nanos: i128, out: &mut String) {
    let seconds = nanos / SECOND;
    let (hours, minutes) = (seconds / 3600, seconds / 60 % 60);
    let _ = write!(out, "{hours:02}:{minutes:02}:{:02}", seconds % 60);
    let part = nanos % SECOND;
    if part != 0 {
        let digits = format!("{part:09}");
        out.push('.');
        out.push_str(digits.trim_end_matches('0'));
    }
}

impl Render for f32 {
    fn render(&self, _: Meaning, out: &mut String) -> Result<(), Reason> {
        // What is no number is how some tables say "missing".
        if !self.is_nan() {
            let _ = write!(out, "{self:?}");
        }
        Ok(())
    }
}

impl Render for f64 {
    fn render(&self, _: Meaning, out: &mut String) -> Result<(), Reason> {
        if !self.is_nan() {
            let _ = write!(out, "{self:?}");
        }
        Ok(())
    }
}

impl Render for parquet::data_type::Int96 {
    fn render(&self, _: Meaning, out: &mut String) -> Result<(), Reason> {
        let [low, high, day] = *self.data() else { return Err(Reason::BadTime) };
        let of_day = i128::from(u64::from(low) | u64::from(high) << 32);
        timestamp((i128::from(day) - JULIAN_EPOCH) * DAY + of_day, false, out)
    }
}

impl Render for parquet::data_type::ByteArray {
    fn render(&self, meaning: Meaning, out: &mut String) -> Result<(), Reason> {
        bytes(self.data(), meaning, out)
    }
}

impl Render for parquet::data_type::FixedLenByteArray {
    fn render(&self, meaning: Meaning, out: &mut String) -> Result<(), Reason> {
        bytes(self.data(), meaning, out)
    }
}

fn bytes(bytes: &[u8], meaning: Meaning, out: &mut String) -> Result<(), Reason> {
    match meaning {
        Meaning::Decimal(digits) => {
            // Big-endian, of either sign; 16 bytes hold the 38 digits that there may be.
            if bytes.len() > 16 {
                return Err(Reason::BadNumber);
            }
            let sign = if bytes.first().is_some_and(|byte| byte & 0x80 != 0) { -1 } else { 0 };
            let number = bytes.iter().fold(sign, |sum: i128, byte| sum << 8 | i128::from(*byte));
            point(number, digits, out);
            Ok(())
        }
        Meaning::Uuid => {
            for (at, byte) in bytes.iter().enumerate() {
                let hyphen = if [4, 6, 8, 10].contains(&at) { "-" } else { "" };
                let _ = write!(out, "{hyphen}{byte:02x}");
            }
            Ok(())
        }
        _ => {
            if bytes.len() > crate::ingest::check::TEXT_BYTES_MAX {
                return Err(Reason::CellTooLong);
            }
            out.push_str(std::str::from_utf8(bytes).map_err(|_| Reason::InvalidUtf8)?);
            Ok(())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(value: &impl Render, meaning: Meaning) -> String {
        let mut out = String::new();
        value.render(meaning, &mut out).unwrap();
        out
    }

    #[test]
    fn values_are_written_as_a_csv_would_hold_them() {
        for (number, meaning, expected) in [
            (7_i32, Meaning::Signed, "7"),
            (-1, Meaning::Signed, "-1"),
            (-1, Meaning::Unsigned(32), "4294967295"),
            (5, Meaning::Decimal(2), "0.05"),
            (-1234, Meaning::Decimal(2), "-12.34"),
            (12, Meaning::Decimal(0), "12"),
            (0, Meaning::Date, "1970-01-01"),
            (-719_163, Meaning::Date, "0000-12-31"),
            (7_305, Meaning::Date, "1990-01-01"),
            (3_723_004, Meaning::Time(1_000_000), "01:02:03.004"),
        ] {
            assert_eq!(text(&number, meaning), expected);
        }
        let moment = 1_772_374_509_250_i64;
        for (number, instant, expected) in [
            (moment, false, "2026-03-01 14:15:09.25"),
            (moment, true, "2026-03-01 14:15:09.25+00:00"),
            (-1, false, "1969-12-31 23:59:59.999"),
            (0, false, "1970-01-01"),
            (0, true, "1970-01-01 00:00:00+00:00"),
        ] {
            assert_eq!(text(&number, Meaning::Timestamp(1_000_000, instant)), expected);
        }
        let floats = [(3.0, "3.0"), (0.1, "0.1"), (-2.5, "-2.5"), (f64::NAN, "")];
        floats.iter().for_each(|(it, expected)| assert_eq!(text(it, Meaning::Float), *expected));
        assert_eq!(text(&0.1_f32, Meaning::Float), "0.1");
        assert_eq!(text(&true, Meaning::Truth), "true");
        let mut julian = parquet::data_type::Int96::new();
        julian.set_data(1_000_000_000, 0, 2_440_589);
        assert_eq!(text(&julian, Meaning::Timestamp(1, false)), "1970-01-02 00:00:01");
        let wide = parquet::data_type::ByteArray::from(vec![0xff, 0x38]);
        assert_eq!(text(&wide, Meaning::Decimal(2)), "-2.00");
        let uuid = parquet::data_type::ByteArray::from((0..16).collect::<Vec<u8>>());
        assert_eq!(text(&uuid, Meaning::Uuid), "00010203-0405-0607-0809-0a0b0c0d0e0f");
    }

    #[test]
    fn what_is_no_date_time_or_text_is_refused() {
        let mut out = String::new();
        assert_eq!(i32::MAX.render(Meaning::Date, &mut out), Err(Reason::BadDate));
        assert_eq!(
            i64::MIN.render(Meaning::Timestamp(1_000_000, true), &mut out),
            Err(Reason::BadDate)
        );
        assert_eq!((-1).render(Meaning::Time(1), &mut out), Err(Reason::BadTime));
        let latin = parquet::data_type::ByteArray::from(vec![b'a', 0xe9]);
        assert_eq!(latin.render(Meaning::Text, &mut out), Err(Reason::InvalidUtf8));
        let long = parquet::data_type::ByteArray::from(vec![b'a'; 40_000]);
        assert_eq!(long.render(Meaning::Text, &mut out), Err(Reason::CellTooLong));
    }
}
