//! `GET /v1/referrals`: the referrals that the caller decides about.

use serde::Serialize;
use utoipa::ToSchema;

use crate::api::operation::operation;
use crate::api::problem::Problem;
use crate::api::scope::CallerScope;
use crate::api::seen::Seen;
use crate::casework::referrals;
use crate::govern::{Purpose, Referral, ReferralDecision, ReferralId, ReferralState};
use crate::model::{RecordId, Timestamp};

/// A referral, as it is shown to a user who decides about it.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct ReferralView {
    /// The id of the referral.
    pub id: ReferralId,
    /// The agency whose question led to the referral.
    pub agency: String,
    /// The purpose of the question.
    pub purpose: Purpose,
    /// The time of the question.
    pub asked: Timestamp,
    /// The agency that owns the masked records.
    pub owner: String,
    /// The masked records that are evidence, as far as the caller sees them in this case. The records of the agency
    /// that asked are not told.
    pub records: Vec<RecordId>,
    /// The state of the referral.
    pub state: ReferralState,
    /// The decision; absent while there is none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub decision: Option<ReferralDecision>,
}

impl ReferralView {
    /// Returns a referral with the records that the caller sees.
    pub fn of(id: ReferralId, referral: &Referral, seen: &Seen<'_>) -> Self {
        Self {
            id,
            agency: referral.by.agency.clone(),
            purpose: referral.purpose,
            asked: referral.by.at,
            owner: referral.owner.clone(),
            records: seen.shown_records(referral.masked.iter().copied()),
            state: referral.state(),
            decision: referral.decision.clone(),
        }
    }
}

/// Referrals.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct ReferralList {
    /// The referrals, by id.
    pub referrals: Vec<ReferralView>,
}

operation! {
    /// List referrals
    ///
    /// If a shared phone, address or vehicle would be found only by joining records of the agency that asked with
    /// masked records of another agency, the finding is shown to nobody, and the agency that asked is not told.
    /// Approvers and privacy officers of the owner, and victim specialists who work on a case that one of the masked
    /// records is in, see it here as a referral and decide.
    list_referrals = list;
    "deconfliction", Consultation, Light;
}

fn list(scope: &CallerScope, (): ()) -> Result<ReferralList, Problem> {
    let found = referrals::list(scope.casework(), &scope.question())?;
    let seen = scope.seen()?;
    let view = |(id, it): &referrals::Named| ReferralView::of(*id, it, &seen);
    Ok(ReferralList { referrals: found.iter().map(view).collect() })
}
