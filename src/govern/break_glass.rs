//! Break-glass: where an agreement foresaw it, imminent danger turns a pointer into the object for an
//! hour (28 CFR 23.20(e)(2)). The owner is told at once, and a second person reviews it.

use serde::{Deserialize, Serialize};
use thiserror::Error;
use utoipa::ToSchema;

use super::{Act, BreakGlassId, CaseRef, Principal, Purpose, Question};
use crate::model::{IdKey, Timestamp};

/// How long it holds, in minutes.
pub const BREAK_GLASS_MINUTES: i64 = 60;
/// How long a second person has to review it, in hours.
pub const REVIEW_HOURS_MAX: i64 = 24;
/// Days that one which was reviewed is kept.
const KEPT_DAYS: i64 = 366;
/// Those of one user that nobody has reviewed yet.
pub(super) const UNREVIEWED_MAX: usize = 10;

const MINUTE_MICROS: i64 = 60_000_000;

/// What a second person found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Review {
    /// Who, and when.
    pub by: Act,
    /// Whether there was danger. When not, it ends at once.
    pub justified: bool,
    /// Why.
    pub note: String,
}

/// Where a review stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ReviewState {
    /// There is time left.
    Pending,
    /// Nobody has reviewed it in time: who asked can ask for no other.
    Overdue,
    /// There was danger.
    Justified,
    /// There was none.
    NotJustified,
}

/// One use of it, by one user for one purpose in one case, of one owner's objects.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BreakGlass {
    /// Who asked, and when.
    pub by: Act,
    /// Whose objects.
    pub owner: String,
    /// What for.
    pub purpose: Purpose,
    /// In which case.
    pub case: CaseRef,
    /// The danger.
    pub reason: String,
    /// What a second person found.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub review: Option<Review>,
}

/// Why one cannot be had.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum BreakGlassError {
    /// The user has one for the same owner, purpose and case.
    #[error("one is open for this agency, purpose and case")]
    Open,
    /// One of the user's was not reviewed in time.
    #[error("one was not reviewed within {} hours: it must be first", REVIEW_HOURS_MAX)]
    Overdue,
    /// Too many of the user's are not reviewed yet.
    #[error("too many of the user's await their review")]
    Unreviewed,
}

impl BreakGlass {
    /// Its id: a keyed hash of what it is.
    pub fn id(&self, id_key: &IdKey) -> BreakGlassId {
        let at = self.by.at.as_micros().to_be_bytes();
        let purpose = serde_json::to_string(&self.purpose).unwrap_or_default();
        let case = self.case.to_string();
        let parts = [
            self.by.agency.as_bytes(),
            self.by.user.as_bytes(),
            self.owner.as_bytes(),
            purpose.as_bytes(),
            case.as_bytes(),
            &at,
        ];
        BreakGlassId(id_key.tag("break-glass", &parts))
    }

    /// When it ends by itself.
    pub fn until(&self) -> Timestamp {
        after(self.by.at, BREAK_GLASS_MINUTES)
    }

    /// When it must have been reviewed.
    pub fn review_by(&self) -> Timestamp {
        after(self.by.at, REVIEW_HOURS_MAX * 60)
    }

    /// Whether it holds.
    pub fn is_open(&self, at: Timestamp) -> bool {
        let stopped = self.review.as_ref().is_some_and(|review| !review.justified);
        !stopped && self.by.at <= at && at < self.until()
    }

    /// Whether it holds for a question.
    pub fn is_open_for(&self, question: &Question<'_>) -> bool {
        self.is_open(question.at)
            && self.is_of(question.principal)
            && self.purpose == question.purpose
            && self.case == *question.case
    }

    /// Where its review stands.
    pub fn state(&self, at: Timestamp) -> ReviewState {
        match &self.review {
            Some(review) if review.justified => ReviewState::Justified,
            Some(_) => ReviewState::NotJustified,
            None if at < self.review_by() => ReviewState::Pending,
            None => ReviewState::Overdue,
        }
    }

    /// Whether the principal asked for it.
    pub fn is_of(&self, principal: &Principal) -> bool {
        self.by.agency == principal.agency && self.by.user == principal.user
    }

    pub(super) fn is_done_with(&self, at: Timestamp) -> bool {
        self.review.is_some() && at >= after(self.by.at, KEPT_DAYS * 24 * 60)
    }
}

fn after(at: Timestamp, minutes: i64) -> Timestamp {
    let micros = at.as_micros().saturating_add(minutes.saturating_mul(MINUTE_MICROS));
    Timestamp::from_micros(micros).unwrap_or(at)
}
