//! `POST /v1/agreements` and `POST /v1/agreements/{id}/versions`: what the discloser offers.

use actix_web::{HttpRequest, post, web};

use super::get::{AgreementView, view};
use crate::api::policies::Policies;
use crate::api::problem::{Code, Fault, Problem, ProblemBody};
use crate::api::state::{Body, Context, Scope};
use crate::govern::{Agency, Agreement, Function, Policy, Terms, TermsError, Version};

/// The most versions of an agreement.
const VERSIONS_MAX: usize = 200;

/// Draft an agreement
///
/// The caller's agency offers to disclose something. It counts for nobody until two officers of the
/// caller's agency and two of a recipient have signed it.
#[utoipa::path(
    tag = "agreements",
    operation_id = "draft_agreement",
    request_body = Terms,
    responses(
        (status = 200, body = AgreementView),
        (status = 409, body = ProblemBody, description = "The agency has an agreement of this reference"),
        (status = 422, body = ProblemBody, description = "Terms that are refused, each with its reason"),
    ),
)]
#[post("/v1/agreements")]
pub async fn draft_agreement(
    context: Context,
    request: HttpRequest,
    bytes: web::Bytes,
) -> Result<web::Json<AgreementView>, Problem> {
    context.answer_to(Function::DraftAgreements, Body::of(&request, bytes), draft).await
}

fn draft(scope: &Scope, terms: Terms) -> Result<AgreementView, Problem> {
    check(scope, &terms)?;
    let id = terms.agreement_id(&scope.state.id_key);
    Policies::change(scope.state.store.as_ref(), &scope.due, |policy| {
        // The reference is the agency's own, so this tells of no other agency's agreement.
        if policy.agreements.contains_key(&id) {
            return Err(Problem::new(Code::AlreadyThere));
        }
        let versions = vec![version(scope, &terms)];
        let agreement = Agreement { versions, suspended: None, ended: None, receipts: vec![] };
        policy.agreements.insert(id.clone(), agreement);
        view(scope, policy, &id)
    })
}

/// Draft a new version
///
/// What holds stays as it is until the discloser's officers have signed the new version; from then on
/// only the new version holds, for those recipients that have signed it too. So widening needs both
/// sides and narrowing the discloser alone.
#[utoipa::path(
    tag = "agreements",
    operation_id = "draft_version",
    params(("id" = String, Path, description = "The agreement's id")),
    request_body = Terms,
    responses(
        (status = 200, body = AgreementView),
        (status = 404, body = ProblemBody, description = "No such agreement of the caller's agency"),
        (status = 409, body = ProblemBody, description = "It has ended"),
        (status = 422, body = ProblemBody, description = "Terms that are refused, each with its reason"),
    ),
)]
#[post("/v1/agreements/{id}/versions")]
pub async fn draft_version(
    context: Context,
    request: HttpRequest,
    id: web::Path<String>,
    bytes: web::Bytes,
) -> Result<web::Json<AgreementView>, Problem> {
    context.answer_about(Function::DraftAgreements, id, Body::of(&request, bytes), add).await
}

fn add(scope: &Scope, id: &str, terms: Terms) -> Result<AgreementView, Problem> {
    check(scope, &terms)?;
    if terms.agreement_id(&scope.state.id_key) != id {
        let detail = "the versions of one agreement have one reference";
        return Err(Problem::member("id", "another_agreement", detail));
    }
    Policies::change(scope.state.store.as_ref(), &scope.due, |policy| {
        let agreement = own(policy, id)?;
        if agreement.ended.is_some() {
            return Err(Problem::new(Code::NotNow).detail("the agreement has ended"));
        }
        if agreement.versions.len() >= VERSIONS_MAX {
            return Err(Problem::new(Code::LimitReached).detail("versions of an agreement"));
        }
        agreement.versions.push(version(scope, &terms));
        view(scope, policy, id)
    })
}

fn own<'p>(policy: &'p mut Policy, id: &str) -> Result<&'p mut Agreement, Problem> {
    policy.agreements.get_mut(id).ok_or_else(|| Problem::new(Code::NotFound))
}

fn version(scope: &Scope, terms: &Terms) -> Version {
    Version { terms: terms.clone(), drafted: scope.act(), signatures: Vec::new() }
}

/// Refuses what is wrong with the terms, each with its reason.
fn check(scope: &Scope, terms: &Terms) -> Result<(), Problem> {
    if terms.discloser != scope.caller.agency {
        let detail = "who discloses drafts: the caller's agency";
        return Err(Problem::member("discloser", "not_the_caller", detail));
    }
    let wrong = terms.check().err().unwrap_or_default();
    let by_law = by_law(scope.policy()?.agencies.get(&scope.caller.agency), terms);
    none_of([wrong, by_law].concat())
}

/// What the law that an agency works under does not allow.
pub(super) fn by_law(agency: Option<&Agency>, terms: &Terms) -> Vec<(String, TermsError)> {
    let law = agency.and_then(|agency| agency.law);
    law.map(|law| law.refuses(terms)).unwrap_or_default()
}

/// Refuses terms with which something is wrong.
pub(super) fn none_of(wrong: Vec<(String, TermsError)>) -> Result<(), Problem> {
    if wrong.is_empty() {
        return Ok(());
    }
    let fault = |(place, error): (String, TermsError)| Fault {
        row: None,
        column: Some(place),
        reason: error.code().into(),
        detail: error.to_string(),
    };
    let faults = wrong.into_iter().map(fault);
    Err(faults.fold(Problem::new(Code::InvalidInput), Problem::fault))
}
