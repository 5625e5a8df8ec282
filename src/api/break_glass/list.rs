//! `GET /v1/break-glass`: uses of break-glass, and the states of their reviews.

use serde::Serialize;
use utoipa::ToSchema;

use crate::api::operation::operation;
use crate::api::problem::Problem;
use crate::api::scope::CallerScope;
use crate::casework::break_glass;
use crate::govern::{BreakGlass, BreakGlassId, CaseRef, Purpose, Reference, Review, ReviewState};
use crate::model::Timestamp;

/// One use of break-glass.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct BreakGlassView {
    /// The id of the use.
    pub id: BreakGlassId,
    /// The agency of the user who broke the glass.
    pub agency: String,
    /// The agency whose objects were opened.
    pub owner: String,
    /// The user who broke the glass; shown to that user's agency only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub user: Option<String>,
    /// The case in which the glass was broken; shown to the user's agency only.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Reference>)]
    pub case: Option<CaseRef>,
    /// Number of operations under this use so far, each marked in the audit log of this server; shown to the user's
    /// agency only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub operations: Option<u64>,
    /// The purpose for which the glass was broken.
    pub purpose: Purpose,
    /// The imminent danger, in the user's words.
    pub reason: String,
    /// The time at which the glass was broken.
    pub opened: Timestamp,
    /// The time at which the use ends by itself.
    pub until: Timestamp,
    /// True if the use holds now.
    pub open: bool,
    /// The time by which the use must have been reviewed.
    pub review_by: Timestamp,
    /// The state of the review.
    pub state: ReviewState,
    /// The review; absent while there is none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub review: Option<Review>,
}

impl BreakGlassView {
    /// Returns a use as the caller's agency sees it now.
    pub fn of(id: BreakGlassId, glass: &BreakGlass, scope: &CallerScope) -> Self {
        let (own, at) = (glass.by.agency == scope.caller.agency, scope.at);
        Self {
            id,
            agency: glass.by.agency.clone(),
            owner: glass.owner.clone(),
            user: own.then(|| glass.by.user.clone()),
            case: own.then(|| glass.case.clone()),
            operations: own.then(|| scope.marked(id)),
            purpose: glass.purpose,
            reason: glass.reason.clone(),
            opened: glass.by.at,
            until: glass.until(),
            open: glass.is_open(at),
            review_by: glass.review_by(),
            state: glass.state(at),
            review: glass.review.clone(),
        }
    }
}

/// Uses of break-glass.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct BreakGlassList {
    /// The uses, by id.
    pub uses: Vec<BreakGlassView>,
}

operation! {
    /// List uses of break-glass
    ///
    /// Approvers, privacy officers and auditors see the uses by the caller's agency and the uses that opened its
    /// objects; others see their own uses. A use that nobody has reviewed in time is `overdue`.
    list_break_glass = list;
    "break-glass", Administration, Light;
}

fn list(scope: &CallerScope, (): ()) -> Result<BreakGlassList, Problem> {
    let found = break_glass::list(scope.casework(), &scope.question())?;
    let view = |(id, it): &break_glass::Named| BreakGlassView::of(*id, it, scope);
    Ok(BreakGlassList { uses: found.iter().map(view).collect() })
}
