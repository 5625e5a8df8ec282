//! `POST /v1/cases/{id}/…`: who works on a case, what is in it, and its end.

use actix_web::{HttpRequest, post, web};
use serde::Deserialize;
use utoipa::ToSchema;

use super::list::CaseView;
use crate::api::parameters::Parameters;
use crate::api::policies::Policies;
use crate::api::problem::{Code, Problem, ProblemBody};
use crate::api::state::{Body, Context, Scope};
use crate::govern::{Case, Function, Member, is_name};
use crate::model::RecordId;

/// Members and records of a case are at most so many.
const PARTS_MAX: usize = 10_000;

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
    request: HttpRequest,
    id: web::Path<String>,
    bytes: web::Bytes,
) -> Result<web::Json<CaseView>, Problem> {
    context.answer_about(Function::LeadCases, id, Body::of(&request, bytes), join).await
}

fn join(scope: &Scope, id: &str, member: Member) -> Result<CaseView, Problem> {
    if !is_name(&member.agency) || !is_name(&member.user) {
        let detail = "agency and user are 1 to 200 bytes of text";
        return Err(Problem::member("user", "bad_name", detail));
    }
    change(scope, id, true, |case| {
        case.members.insert(member.clone());
    })
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
    request: HttpRequest,
    id: web::Path<String>,
    bytes: web::Bytes,
) -> Result<web::Json<CaseView>, Problem> {
    context.answer_about(Function::LeadCases, id, Body::of(&request, bytes), leave).await
}

fn leave(scope: &Scope, id: &str, member: Member) -> Result<CaseView, Problem> {
    change(scope, id, true, |case| {
        case.members.remove(&member);
    })
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
) -> Result<web::Json<CaseView>, Problem> {
    Parameters::of(&request)?.finish()?;
    context
        .answer(Function::LeadCases, move |scope| {
            change(scope, &id, true, |case| case.ended = Some(scope.at))
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
    request: HttpRequest,
    id: web::Path<String>,
    bytes: web::Bytes,
) -> Result<web::Json<CaseView>, Problem> {
    context.answer_about(Function::NameSubjects, id, Body::of(&request, bytes), subjects).await
}

fn subjects(scope: &Scope, id: &str, asked: SubjectsRequest) -> Result<CaseView, Problem> {
    if asked.records.is_empty() || asked.records.len() > PARTS_MAX {
        let detail = format!("1 to {PARTS_MAX} records");
        return Err(Problem::member("records", "out_of_range", detail));
    }
    let (policy, snapshot) = (scope.policy()?, scope.snapshot()?);
    if !policy.cases.get(id).is_some_and(|case| case.has_member(&scope.principal)) {
        return Err(Problem::new(Code::NotFound));
    }
    for id in &asked.records {
        let record = snapshot.record(*id).map(|index| &snapshot.records[index as usize]);
        // Another agency's record, seen or not, is none of the caller's to bring in.
        let own = record.filter(|record| record.label.agency == scope.caller.agency);
        let record = own.ok_or_else(|| Problem::new(Code::NotFound))?;
        if !record.label.category.is_victim() {
            let detail = "a record that its source says to be about a victim";
            return Err(Problem::member("records", "not_about_a_victim", detail));
        }
    }
    change(scope, id, false, |case| case.subjects.extend(asked.records.iter().copied()))
}

/// Changes an open case that the caller works on, and leads where that is needed.
fn change(
    scope: &Scope,
    id: &str,
    as_lead: bool,
    mut change: impl FnMut(&mut Case),
) -> Result<CaseView, Problem> {
    let snapshot = scope.snapshot()?;
    Policies::change(scope.state.store.as_ref(), &scope.due, |policy| {
        let case = policy.cases.get_mut(id).filter(|case| {
            case.has_member(&scope.principal) && (!as_lead || case.lead == scope.caller.agency)
        });
        let case = case.ok_or_else(|| Problem::new(Code::NotFound))?;
        if !case.is_open(scope.at) {
            return Err(Problem::new(Code::NotNow).detail("the case has ended"));
        }
        change(case);
        if case.members.len() > PARTS_MAX || case.subjects.len() > PARTS_MAX {
            return Err(Problem::new(Code::LimitReached).detail(format!("more than {PARTS_MAX}")));
        }
        Ok(CaseView::of(id, case, scope.at, |id| snapshot.record(id).is_some()))
    })
}
