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

/// Dates that registers write for "unknown", as year, month and day; the year alone counts too.
const PLACEHOLDERS: [(i16, u8, u8); 4] = [(1, 1, 1), (1111, 11, 11), (1900, 1, 1), (9999, 12, 31)];

impl BirthForm {
    /// The form of a date; `None` when the date is a placeholder. 1 January is cut back to its year:
    /// it is what registers write when only the year (or an age) is known.
    pub fn new(date: PartialDate) -> Option<Self> {
        let is_placeholder = PLACEHOLDERS.iter().any(|&(year, month, day)| {
            date.year() == year
                && date.month().is_none_or(|stated| stated == month)
                && date.day().is_none_or(|stated| stated == day)
        });
        if is_placeholder {
            return None;
        }
        let date = match (date.month(), date.day()) {
            (Some(1), Some(1)) => PartialDate::new(date.year(), None, None).ok()?,
            _ => date,
        };
        let swapped =
            date.day().and_then(|day| PartialDate::new(date.year(), Some(day), date.month()).ok());
        Some(Self { date, swapped: swapped.filter(|swapped| *swapped != date) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn form(date: &str) -> Option<(String, Option<String>)> {
        BirthForm::new(date.parse().unwrap())
            .map(|form| (form.date.to_string(), form.swapped.map(|date| date.to_string())))
    }

    #[test]
    fn day_and_month_are_exchanged_where_both_dates_exist() {
        assert_eq!(form("1987-04-12"), Some(("1987-04-12".into(), Some("1987-12-04".into()))));
        assert_eq!(form("1987-04-13"), Some(("1987-04-13".into(), None)));
        assert_eq!(form("1987-04-04"), Some(("1987-04-04".into(), None)));
        assert_eq!(form("1987-04"), Some(("1987-04".into(), None)));
    }

    #[test]
    fn placeholders_carry_no_more_than_they_say() {
        assert_eq!(form("1900-01-01"), None);
        assert_eq!(form("1111-11-11"), None);
        assert_eq!(form("1900"), None);
        assert_eq!(form("1987-01-01"), Some(("1987".into(), None)));
        assert_eq!(form("1987"), Some(("1987".into(), None)));
    }

    #[test]
    fn the_form_of_a_form_is_itself() {
        for date in ["1987-04-12", "1987-01-01", "1987"] {
            let once = BirthForm::new(date.parse().unwrap()).unwrap();
            assert_eq!(BirthForm::new(once.date).unwrap(), once);
        }
    }
}
