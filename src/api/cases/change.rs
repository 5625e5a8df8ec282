//! `POST /v1/cases/{id}/…`: who works on a case, what is in it, and its end.

use actix_web::{HttpRequest, post, web};
use serde::Deserialize;
use utoipa::ToSchema;

use super::list::CaseView;
use crate::api::answer::Answer;
use crate::api::context::Context;
use crate::api::parameters::{Parameters, named};
use crate::api::problem::{Problem, ProblemBody};
use crate::api::receive::Body;
use crate::api::scope::CallerScope;
use crate::casework::cases::{self, Named};
use crate::casework::{Casework, CaseworkError};
use crate::govern::{CaseId, Function, Member, Question};
use crate::graph::Snapshot;
use crate::model::RecordId;

/// Records to bring into a case.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SubjectsRequest {
    /// Records about victims, of the caller's agency.
    pub records: Vec<RecordId>,
}

/// Add a member
///
/// Somebody of any agency. For a task-force lead of the lead agency who works on the case.
#[utoipa::path(
    tag = "cases",
    operation_id = "add_member",
    params(("id" = String, Path, description = "The case's id")),
    request_body = Member,
    responses(
        (status = 200, body = CaseView),
        (status = 404, body = ProblemBody, description = "No such case that the caller leads"),
        (status = 409, body = ProblemBody, description = "The case has ended"),
    ),
)]
#[post("/v1/cases/{id}/members")]
pub async fn add_member(
    context: Context,
    id: web::Path<String>,
    body: Body,
) -> Result<Answer<CaseView>, Problem> {
    context.answer_about(Function::LeadCases, id, body, join).await
}

fn join(scope: &CallerScope, id: CaseId, member: Member) -> Result<CaseView, Problem> {
    changed(scope, |work, question, _| cases::add_member(work, question, id, &member))
}

/// Remove a member
///
/// From the next request on the member sees nothing by way of the case. For a task-force lead of the lead
/// agency who works on the case.
#[utoipa::path(
    tag = "cases",
    operation_id = "remove_member",
    params(("id" = String, Path, description = "The case's id")),
    request_body = Member,
    responses(
        (status = 200, body = CaseView),
        (status = 404, body = ProblemBody, description = "No such case that the caller leads"),
        (status = 409, body = ProblemBody, description = "The case has ended"),
    ),
)]
#[post("/v1/cases/{id}/members/remove")]
pub async fn remove_member(
    context: Context,
    id: web::Path<String>,
    body: Body,
) -> Result<Answer<CaseView>, Problem> {
    context.answer_about(Function::LeadCases, id, body, leave).await
}

fn leave(scope: &CallerScope, id: CaseId, member: Member) -> Result<CaseView, Problem> {
    changed(scope, |work, question, _| cases::remove_member(work, question, id, &member))
}

/// End a case
///
/// From the next request on nobody sees anything by way of it. For a task-force lead of the lead agency
/// who works on the case.
#[utoipa::path(
    tag = "cases",
    operation_id = "end_case",
    params(("id" = String, Path, description = "The case's id")),
    responses(
        (status = 200, body = CaseView),
        (status = 404, body = ProblemBody, description = "No such case that the caller leads"),
        (status = 409, body = ProblemBody, description = "The case has ended"),
    ),
)]
#[post("/v1/cases/{id}/end")]
pub async fn end_case(
    context: Context,
    request: HttpRequest,
    id: web::Path<String>,
) -> Result<Answer<CaseView>, Problem> {
    Parameters::of(&request)?.finish()?;
    context
        .answer(Function::LeadCases, move |scope| {
            let id = named(&id)?;
            changed(scope, |work, question, _| cases::end(work, question, id))
        })
        .await
}

/// Bring victims into a case
///
/// Records about victims that the caller's agency owns: a victim specialist who works on the case may
/// then see them unmasked. For anybody who works on the case.
#[utoipa::path(
    tag = "cases",
    operation_id = "add_subjects",
    params(("id" = String, Path, description = "The case's id")),
    request_body = SubjectsRequest,
    responses(
        (status = 200, body = CaseView),
        (status = 404, body = ProblemBody, description = "No such case, or no such record of the agency"),
        (status = 409, body = ProblemBody, description = "The case has ended"),
        (status = 422, body = ProblemBody, description = "A record that is not about a victim"),
    ),
)]
#[post("/v1/cases/{id}/subjects")]
pub async fn add_subjects(
    context: Context,
    id: web::Path<String>,
    body: Body,
) -> Result<Answer<CaseView>, Problem> {
    context.answer_about(Function::NameSubjects, id, body, subjects).await
}

fn subjects(scope: &CallerScope, id: CaseId, asked: SubjectsRequest) -> Result<CaseView, Problem> {
    changed(scope, |work, question, snapshot| {
        cases::add_subjects(work, question, snapshot, id, &asked.records)
    })
}

/// The case after an act on it, as the caller sees it.
fn changed(
    scope: &CallerScope,
    act: impl FnOnce(Casework<'_>, &Question<'_>, &Snapshot) -> Result<Named, CaseworkError>,
) -> Result<CaseView, Problem> {
    let seen = scope.seen()?;
    let (id, case) = act(scope.casework(), &scope.question(), seen.snapshot())?;
    Ok(CaseView::of(id, &case, scope.at, &seen))
}
