//! `POST /v1/cases`: open a case.

use actix_web::post;
use serde::Deserialize;
use utoipa::ToSchema;

use super::list::CaseView;
use crate::api::answer::Answer;
use crate::api::context::Context;
use crate::api::problem::{Problem, ProblemBody};
use crate::api::receive::Body;
use crate::api::scope::CallerScope;
use crate::casework::cases;
use crate::govern::{Function, Reference};
use crate::model::Timestamp;

/// A case to open.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CaseRequest {
    /// The agency's own reference.
    pub reference: Reference,
    /// When it ends by itself.
    pub expires: Timestamp,
}

/// Open a case
///
/// The caller's agency leads it and the caller is its first member. It grants nothing by itself; but
/// what agreements let agencies see of each other's victims they see within a case that both work on.
#[utoipa::path(
    tag = "cases",
    operation_id = "open_case",
    request_body = CaseRequest,
    responses(
        (status = 200, body = CaseView),
        (status = 409, body = ProblemBody, description = "The agency has a case of this reference"),
        (status = 422, body = ProblemBody, description = "It ends before it begins"),
    ),
)]
#[post("/v1/cases")]
pub async fn open_case(context: Context, body: Body) -> Result<Answer<CaseView>, Problem> {
    context.answer_to(Function::LeadCases, body, open).await
}

fn open(scope: &CallerScope, asked: CaseRequest) -> Result<CaseView, Problem> {
    let (work, question) = (scope.casework(), scope.question());
    let seen = scope.seen()?;
    let (id, case) = cases::open(work, &question, asked.reference, asked.expires)?;
    Ok(CaseView::of(id, &case, scope.at, &seen))
}
