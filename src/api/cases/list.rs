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
    /// Its id, for the header `x-case`.
    pub id: CaseId,
    /// The lead agency.
    pub lead: String,
    /// The lead agency's own reference.
    pub reference: Reference,
    /// Whether it is worked on now.
    pub open: bool,
    /// When it was opened.
    pub opened: Timestamp,
    /// When it ends by itself.
    pub expires: Timestamp,
    /// When it was ended.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ended: Option<Timestamp>,
    /// Who works on it.
    pub members: Vec<Member>,
    /// Records about victims that are in it, as far as the caller sees them.
    pub subjects: Vec<RecordId>,
}

impl CaseView {
    /// A case at a time, with those of its subjects that the caller sees.
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
    /// Those that the caller works on or worked on, open and ended.
    list_cases = list;
    "cases", Consultation;
}

fn list(scope: &CallerScope, (): ()) -> Result<CaseList, Problem> {
    let (found, seen) = (cases::list(scope.casework(), &scope.question())?, scope.seen()?);
    let view = |(id, case): &cases::Named| CaseView::of(*id, case, scope.at, &seen);
    Ok(CaseList { cases: found.iter().map(view).collect() })
}
