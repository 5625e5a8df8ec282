//! Dates of birth: the stated date, its day-month exchange, and placeholders cut back.

use crate::model::PartialDate;

/// The comparable form of a date of birth.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct BirthForm {
    /// The date as far as it carries information.
    pub date: PartialDate,
    /// The date with day and month exchanged, when that is another date that exists.
    pub swapped: Option<PartialDate>,
}

/// Years that registers write for "unknown".
const PLACEHOLDER_YEARS: [i16; 4] = [1, 1111, 1900, 9999];

impl BirthForm {
    /// The form of a date; `None` when the date is a placeholder. 1 January is cut back to its year:
    /// it is what registers write when only the year (or an age) is known.
    pub fn new(date: PartialDate) -> Option<Self> {
        if PLACEHOLDER_YEARS.contains(&date.year()) && is_new_year(date) {
            return None;
        }
        let date = match is_new_year(date) {
            true => PartialDate::new(date.year(), None, None).unwrap_or(date),
            false => date,
        };
        let swapped = PartialDate::new(date.year(), date.day(), date.month()).ok();
        Some(Self {
            date,
            swapped: swapped.filter(|&swapped| swapped != date && date.day().is_some()),
        })
    }
}

fn is_new_year(date: PartialDate) -> bool {
    (date.month().unwrap_or(1), date.day().unwrap_or(1)) == (1, 1)
        && date.month().is_some() == date.day().is_some()
}
