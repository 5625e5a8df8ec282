//! Retention of submitted rows: each is kept until its review, unless a reviewer extends it.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{Act, Agency};
use crate::model::{Label, RecordId, Timestamp};

/// The longest time until a review, in days: five years (28 CFR 23.20(h)).
pub const REVIEW_DAYS_MAX: i64 = 5 * 365 + 1;

/// Days of grace, after a review was due, until a row that no reviewer kept is removed.
pub const PURGE_GRACE_DAYS: i64 = 30;

const DAY_MICROS: i64 = 86_400_000_000;

fn days_after(at: Timestamp, days: i64) -> Timestamp {
    let micros = at.as_micros().saturating_add(days * DAY_MICROS);
    Timestamp::from_micros(micros).unwrap_or(at)
}

/// Tells if a review may be set to the time `by` now: it is in the future, at most [`REVIEW_DAYS_MAX`] days ahead.
pub fn is_review_date(by: Timestamp, now: Timestamp) -> bool {
    now < by && by <= days_after(now, REVIEW_DAYS_MAX)
}

/// Tells if a row with this label is to be removed: its review is overdue by more than the days of grace, or it is
/// about a victim of a provider of services (`owner`) and the release has ended (34 USC 12291(b)(2)). Other agencies'
/// own files do not end with the release by which they were shared.
pub fn is_to_be_purged(label: &Label, owner: Option<&Agency>, now: Timestamp) -> bool {
    let overdue = label.review_by.is_some_and(|by| days_after(by, PURGE_GRACE_DAYS) < now);
    let ended = label.released_until.is_some_and(|until| until <= now);
    overdue || ended && label.category.is_victim() && owner.is_some_and(Agency::releases_victims)
}

/// A reviewer's decision to keep a row.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RecordReview {
    /// The reviewer, and the time of the review.
    pub by: Act,
    /// The time of the next review.
    pub review_by: Timestamp,
    /// The reason for keeping the row.
    pub explanation: String,
}

/// The account of the reviews of one row.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RecordReviews {
    /// The reviews, the oldest first.
    pub reviews: Vec<RecordReview>,
}

impl RecordReviews {
    /// The prefix of these documents' names.
    pub const DOCUMENTS: &'static str = "review/";

    /// The name of the document of a row, by the id that its first record has or would have.
    pub fn document(row: RecordId) -> String {
        format!("{}{row}", Self::DOCUMENTS)
    }

    /// Tells if the reviews are removed together with their row: the latest review is overdue by more than the days of
    /// grace, or there is none.
    pub fn is_to_be_purged(&self, now: Timestamp) -> bool {
        let latest = self.reviews.last().map(|review| review.review_by);
        latest.is_none_or(|by| days_after(by, PURGE_GRACE_DAYS) < now)
    }
}

#[cfg(test)]
mod tests {
    use super::super::{AgencyKind, Desk, LawProfile};
    use super::*;
    use crate::model::SubjectCategory;

    fn time(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    #[test]
    fn a_review_lies_ahead_and_at_most_five_years() {
        let now = time("2026-09-21T14:00:00Z");
        let good = ["2026-09-21T14:00:01Z", "2027-01-01T00:00:00Z", "2031-09-21T14:00:00Z"];
        assert!(good.iter().all(|by| is_review_date(time(by), now)));
        let bad = ["2026-09-21T14:00:00Z", "2020-01-01T00:00:00Z", "2031-09-22T00:00:00Z"];
        assert!(!bad.iter().any(|by| is_review_date(time(by), now)));
    }

    #[test]
    fn what_is_overdue_is_kept_for_the_days_of_grace_and_a_providers_victim_to_the_end_of_the_release()
     {
        let label = |category, review_by: Option<&str>, until: Option<&str>| Label {
            category,
            review_by: review_by.map(time),
            released_until: until.map(time),
            ..Label::default()
        };
        let (victim, suspect) = (SubjectCategory::Victim, SubjectCategory::Suspect);
        let [provider, police, by_law] = [
            (AgencyKind::ServiceProvider, None),
            (AgencyKind::Police, None),
            (AgencyKind::Police, Some(LawProfile::UsServiceProvider)),
        ]
        .map(|(kind, law)| Agency {
            name: "a".to_owned(),
            kind,
            desk: Desk { name: "d".to_owned(), channel: "1".to_owned() },
            law,
            watched_by: None,
            listed: false,
            case_form: None,
        });
        let provider = Some(&provider);
        let reviewed = label(suspect, Some("2026-01-01T00:00:00Z"), None);
        assert!(!is_to_be_purged(&reviewed, None, time("2026-01-31T00:00:00Z")));
        assert!(is_to_be_purged(&reviewed, None, time("2026-01-31T00:00:01Z")));
        let now = time("2026-06-01T00:00:00Z");
        let released = label(victim, None, Some("2026-06-01T00:00:00Z"));
        assert!(is_to_be_purged(&released, provider, now));
        assert!(!is_to_be_purged(&released, provider, time("2026-05-31T23:59:59Z")));
        assert!(!is_to_be_purged(&released, Some(&police), now));
        assert!(is_to_be_purged(&released, Some(&by_law), now));
        assert!(!is_to_be_purged(
            &label(suspect, None, Some("2026-01-01T00:00:00Z")),
            provider,
            now
        ));
        assert!(!is_to_be_purged(&label(victim, None, None), provider, now));
    }
}
