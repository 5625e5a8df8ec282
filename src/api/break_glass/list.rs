//! `GET /v1/break-glass`: uses of break-glass, and where their reviews stand.

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
    /// Its id.
    pub id: BreakGlassId,
    /// The agency that asked.
    pub agency: String,
    /// Whose objects it opened.
    pub owner: String,
    /// Who asked; for that agency only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub user: Option<String>,
    /// In which case; for that agency only.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Reference>)]
    pub case: Option<CaseRef>,
    /// How many operations were done under it so far, each with its mark in the audit log of this server; for
    /// that agency only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub operations: Option<u64>,
    /// What for.
    pub purpose: Purpose,
    /// The danger.
    pub reason: String,
    /// When it was opened.
    pub opened: Timestamp,
    /// When it ends by itself.
    pub until: Timestamp,
    /// Whether it holds now.
    pub open: bool,
    /// When it must have been reviewed.
    pub review_by: Timestamp,
    /// Where the review stands.
    pub state: ReviewState,
    /// The review.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub review: Option<Review>,
}

impl BreakGlassView {
    /// One as the caller's agency sees it now.
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
    /// By id.
    pub uses: Vec<BreakGlassView>,
}

operation! {
    /// List uses of break-glass
    ///
    /// To approvers, privacy officers and auditors: those of the caller's agency and those that opened its
    /// objects. To others: their own. One that nobody has reviewed in time is `overdue`.
    list_break_glass = list;
    "break-glass", Administration;
}

fn list(scope: &CallerScope, (): ()) -> Result<BreakGlassList, Problem> {
    let found = break_glass::list(scope.casework(), &scope.question())?;
    let view = |(id, it): &break_glass::Named| BreakGlassView::of(*id, it, scope);
    Ok(BreakGlassList { uses: found.iter().map(view).collect() })
}
