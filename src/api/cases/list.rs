//! `GET /v1/cases`: the cases that the caller works on.

use serde::Serialize;
use utoipa::ToSchema;

use crate::api::operation::operation;
use crate::api::problem::Problem;
use crate::api::scope::CallerScope;
use crate::api::seen::Seen;
use crate::casework::cases;
use crate::govern::{Case, CaseId, Member, Reference};
use crate::model::{RecordId, Timestamp};

/// A case.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct CaseView {
    /// The id of the case, for the header `x-case`.
    pub id: CaseId,
    /// The lead agency.
    pub lead: String,
    /// The lead agency's own reference.
    pub reference: Reference,
    /// True if the case is open now: it has neither ended nor expired.
    pub open: bool,
    /// The time at which the case was opened.
    pub opened: Timestamp,
    /// The time at which the case ends by itself.
    pub expires: Timestamp,
    /// The time at which the case was ended; absent when it was not.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ended: Option<Timestamp>,
    /// The users who work on the case.
    pub members: Vec<Member>,
    /// The records about victims in the case that the caller sees.
    pub subjects: Vec<RecordId>,
}

impl CaseView {
    /// Returns a case at a time, with the subjects that the caller sees.
    pub fn of(id: CaseId, case: &Case, at: Timestamp, seen: &Seen<'_>) -> Self {
        Self {
            id,
            lead: case.lead.clone(),
            reference: case.reference.clone(),
            open: case.is_open(at),
            opened: case.opened,
            expires: case.expires,
            ended: case.ended,
            members: case.members.iter().cloned().collect(),
            subjects: subjects(case, seen),
        }
    }
}

fn subjects(case: &Case, seen: &Seen<'_>) -> Vec<RecordId> {
    seen.shown_records(case.subjects.iter().copied())
}

/// Cases.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct CaseList {
    /// The cases, by id.
    pub cases: Vec<CaseView>,
}

operation! {
    /// List the caller's cases
    ///
    /// The cases that the caller works on or worked on, open and ended.
    list_cases = list;
    "cases", Consultation, Light;
}

fn list(scope: &CallerScope, (): ()) -> Result<CaseList, Problem> {
    let (found, seen) = (cases::list(scope.casework(), &scope.question())?, scope.seen()?);
    let view = |(id, case): &cases::Named| CaseView::of(*id, case, scope.at, &seen);
    Ok(CaseList { cases: found.iter().map(view).collect() })
}
