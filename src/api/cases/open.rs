//! `POST /v1/cases`: open a case.

use actix_web::{HttpRequest, post, web};
use serde::Deserialize;
use utoipa::ToSchema;

use super::list::CaseView;
use crate::api::policies::Policies;
use crate::api::problem::{Code, Problem, ProblemBody};
use crate::api::state::{Body, Context, Scope};
use crate::govern::{Case, Function, Member, Reference};
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
pub async fn open_case(
    context: Context,
    request: HttpRequest,
    bytes: web::Bytes,
) -> Result<web::Json<CaseView>, Problem> {
    context.answer_to(Function::LeadCases, Body::of(&request, bytes), open).await
}

fn open(scope: &Scope, asked: CaseRequest) -> Result<CaseView, Problem> {
    if asked.expires <= scope.at {
        let detail = "a case ends after it begins";
        return Err(Problem::member("expires", "ends_before_it_begins", detail));
    }
    let agency = scope.caller.agency.clone();
    let id = Case::id(&scope.state.id_key, &agency, &asked.reference);
    let case = Case {
        lead: agency.clone(),
        reference: asked.reference,
        opened: scope.at,
        expires: asked.expires,
        ended: None,
        members: [Member { agency, user: scope.caller.user.clone() }].into(),
        subjects: [].into(),
    };
    Policies::change(scope.state.store.as_ref(), &scope.due, |policy| {
        // The reference is the agency's own, so this tells of no other agency's case.
        if policy.cases.contains_key(&id) {
            return Err(Problem::new(Code::AlreadyThere));
        }
        policy.cases.insert(id.clone(), case.clone());
        Ok(CaseView::of(&id, &case, scope.at, |_| false))
    })
}
