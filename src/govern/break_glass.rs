//! Break-glass: where an agreement foresaw it, imminent danger turns a pointer into the object for an hour (28 CFR
//! 23.20(e)(2)). The owner is told at once, and a second person reviews the use.

use serde::{Deserialize, Serialize};
use thiserror::Error;
use utoipa::ToSchema;

use super::{Act, BreakGlassId, CaseRef, Principal, Purpose, Question};
use crate::model::{IdKey, Timestamp};

/// Duration of a use of break-glass, in minutes.
pub const BREAK_GLASS_MINUTES: i64 = 60;
/// Time limit of the review by a second person, in hours.
pub const REVIEW_HOURS_MAX: i64 = 24;
/// Days for which a reviewed use is kept.
const KEPT_DAYS: i64 = 366;
/// Largest number of one user's uses that await review.
pub(super) const UNREVIEWED_MAX: usize = 10;

const MINUTE_MICROS: i64 = 60_000_000;

/// A second person's review of a use of break-glass.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Review {
    /// The reviewer, and the time.
    pub by: Act,
    /// True if there was danger. If false, the use ends at once.
    pub justified: bool,
    /// The reason.
    pub note: String,
}

/// State of a review.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ReviewState {
    /// There is time left.
    Pending,
    /// Nobody has reviewed the use in time: its user is refused further ones.
    Overdue,
    /// There was danger.
    Justified,
    /// There was none.
    NotJustified,
}

/// One use of break-glass, by one user for one purpose in one case, of one owner's objects.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BreakGlass {
    /// The user who asked, and the time.
    pub by: Act,
    /// The agency that owns the objects.
    pub owner: String,
    /// The purpose of the question.
    pub purpose: Purpose,
    /// The case of the question.
    pub case: CaseRef,
    /// The danger, in the user's words.
    pub reason: String,
    /// The review; `None` while there is none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub review: Option<Review>,
}

/// Reasons for which break-glass is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum BreakGlassError {
    /// The user has an open use for the same owner, purpose and case.
    #[error("one is open for this agency, purpose and case")]
    Open,
    /// One of the user's earlier uses was not reviewed in time.
    #[error("one was not reviewed within {} hours: it must be first", REVIEW_HOURS_MAX)]
    Overdue,
    /// Too many of the user's earlier uses await review.
    #[error("too many of the user's await their review")]
    Unreviewed,
}

impl BreakGlass {
    /// The id of the use: a keyed hash of its agency, user, owner, purpose, case and time.
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

    /// The time from which the use no longer holds, unless a review ends it before.
    pub fn until(&self) -> Timestamp {
        after(self.by.at, BREAK_GLASS_MINUTES)
    }

    /// The time by which the use must have been reviewed.
    pub fn review_by(&self) -> Timestamp {
        after(self.by.at, REVIEW_HOURS_MAX * 60)
    }

    /// Tells if the use holds at a time.
    pub fn is_open(&self, at: Timestamp) -> bool {
        let stopped = self.review.as_ref().is_some_and(|review| !review.justified);
        !stopped && self.by.at <= at && at < self.until()
    }

    /// Tells if the use holds for a question: it is of the same user, purpose and case, and open at its time.
    pub fn is_open_for(&self, question: &Question<'_>) -> bool {
        self.is_open(question.at)
            && self.is_of(question.principal)
            && self.purpose == question.purpose
            && self.case == *question.case
    }

    /// Returns the state of the review at a time.
    pub fn state(&self, at: Timestamp) -> ReviewState {
        match &self.review {
            Some(review) if review.justified => ReviewState::Justified,
            Some(_) => ReviewState::NotJustified,
            None if at < self.review_by() => ReviewState::Pending,
            None => ReviewState::Overdue,
        }
    }

    /// Tells if the use is the principal's.
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
