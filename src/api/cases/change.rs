//! `POST /v1/cases/{id}/…`: changes of the members and the subjects of a case, and its end.

use serde::Deserialize;
use utoipa::ToSchema;

use super::list::CaseView;
use crate::api::examples;
use crate::api::input::{Id, Json};
use crate::api::operation::operation;
use crate::api::problem::Problem;
use crate::api::scope::CallerScope;
use crate::casework::cases::{self, Named};
use crate::casework::{Casework, CaseworkError};
use crate::govern::{CaseId, Member, Question};
use crate::graph::Snapshot;
use crate::model::RecordId;

/// Records to bring into a case.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SubjectsRequest {
    /// Records about victims, of the caller's agency.
    pub records: Vec<RecordId>,
}

operation! {
    /// Add a member
    ///
    /// The member may be of any agency. For a task-force lead of the lead agency who works on the case.
    add_member = join;
    "cases", Alteration, Write;
    examples {
        "id": examples::CASE,
        "body": { "agency": "harbour-shelter", "user": "analyst" },
    };
    404 "No such case that the caller leads";
    409 "The case has ended";
}

fn join(
    scope: &CallerScope,
    (Id(id), Json(member)): (Id<CaseId>, Json<Member>),
) -> Result<CaseView, Problem> {
    changed(scope, |work, question, _| cases::add_member(work, question, id, &member))
}

operation! {
    /// Remove a member
    ///
    /// From the next request on the member sees nothing by way of the case. For a task-force lead of the lead
    /// agency who works on the case.
    remove_member = leave;
    "cases", Alteration, Write;
    examples {
        "id": examples::CASE,
        "body": { "agency": "harbour-shelter", "user": "analyst" },
    };
    404 "No such case that the caller leads";
    409 "The case has ended";
}

fn leave(
    scope: &CallerScope,
    (Id(id), Json(member)): (Id<CaseId>, Json<Member>),
) -> Result<CaseView, Problem> {
    changed(scope, |work, question, _| cases::remove_member(work, question, id, &member))
}

operation! {
    /// End a case
    ///
    /// From the next request on nobody sees anything by way of the case. For a task-force lead of the lead agency who
    /// works on the case.
    end_case = end;
    "cases", Alteration, Write;
    examples {
        "id": examples::CASE,
    };
    404 "No such case that the caller leads";
    409 "The case has ended";
}

fn end(scope: &CallerScope, Id(id): Id<CaseId>) -> Result<CaseView, Problem> {
    changed(scope, |work, question, _| cases::end(work, question, id))
}

operation! {
    /// Bring victims into a case
    ///
    /// Records about victims that the caller's agency owns: a victim specialist who works on the case may
    /// then see them unmasked. For anybody who works on the case.
    add_subjects = subjects;
    "cases", Alteration, Write;
    examples {
        "id": examples::CASE,
        "body": { "records": [examples::RECORD] },
    };
    404 "No such case, or no such record of the agency";
    409 "The case has ended";
    422 "A record that is not about a victim";
}

fn subjects(
    scope: &CallerScope,
    (Id(id), Json(asked)): (Id<CaseId>, Json<SubjectsRequest>),
) -> Result<CaseView, Problem> {
    changed(scope, |work, question, snapshot| {
        cases::add_subjects(work, question, snapshot, id, &asked.records)
    })
}

/// Does an act on a case, and returns the changed case as the caller sees it.
fn changed(
    scope: &CallerScope,
    act: impl FnOnce(Casework<'_>, &Question<'_>, &Snapshot) -> Result<Named, CaseworkError>,
) -> Result<CaseView, Problem> {
    let seen = scope.seen()?;
    let (id, case) = act(scope.casework(), &scope.question(), seen.snapshot())?;
    Ok(CaseView::of(id, &case, scope.at, &seen))
}
