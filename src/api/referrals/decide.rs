//! `POST /v1/referrals/{id}/decision`: decides if the agency that asked is told the owner's desk.

use serde::Deserialize;
use utoipa::ToSchema;

use super::list::ReferralView;
use crate::api::examples;
use crate::api::input::{Id, Json};
use crate::api::operation::operation;
use crate::api::problem::Problem;
use crate::api::scope::CallerScope;
use crate::casework::referrals;
use crate::govern::ReferralId;

/// The verdict on a referral.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ReferralVerdict {
    /// The desk of the agency that asked is told the owner's desk.
    Release,
    /// The agency that asked is told nothing.
    Refuse,
}

/// The decision on a referral.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ReferralDecided {
    /// The verdict.
    pub decision: ReferralVerdict,
    /// The reasons for the verdict, in 10 to 1,000 characters. The agency that asked does not read them.
    pub note: String,
}

operation! {
    /// Release or refuse a referral
    ///
    /// For an approver or privacy officer of the owner, or a victim specialist who works on a case that one of the
    /// masked records is in. If released, the desk of the agency that asked is told the owner's desk and which of its
    /// own records the referral is about, and nothing else. If refused, it is told nothing. A decision cannot be taken
    /// back.
    decide_referral = decide;
    "deconfliction", Disclosure, Write;
    examples {
        "id": examples::REFERRAL,
        "body": {
            "decision": "release", "note": "Both desks work on the same ring; she is safe",
        },
    };
    404 "No such referral that the caller decides about";
    409 "It is decided already";
}

fn decide(
    scope: &CallerScope,
    (Id(id), Json(decided)): (Id<ReferralId>, Json<ReferralDecided>),
) -> Result<ReferralView, Problem> {
    let (work, question, seen) = (scope.casework(), scope.question(), scope.seen()?);
    let released = decided.decision == ReferralVerdict::Release;
    let (id, referral) = referrals::decide(work, &question, id, (released, &decided.note))?;
    Ok(ReferralView::of(id, &referral, &seen))
}
