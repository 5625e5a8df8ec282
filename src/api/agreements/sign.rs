//! `POST /v1/agreements/{id}/sign`: an officer's signature.

use actix_web::{HttpRequest, post, web};
use serde::Deserialize;
use utoipa::ToSchema;

use super::get::{AgreementView, view};
use crate::api::policies::Policies;
use crate::api::problem::{Code, Problem, ProblemBody};
use crate::api::state::{Body, Context, Scope};
use crate::govern::{Function, Signature};

/// What is signed.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SignRequest {
    /// The number of the latest version.
    pub version: usize,
    /// Its `terms_hash`: that which was read is that which is signed.
    pub terms_hash: String,
}

/// Sign an agreement
///
/// Signs the latest version for the caller's agency. Two officers of each side make it count; signing
/// twice is signing once.
#[utoipa::path(
    tag = "agreements",
    operation_id = "sign_agreement",
    params(("id" = String, Path, description = "The agreement's id")),
    request_body = SignRequest,
    responses(
        (status = 200, body = AgreementView),
        (status = 404, body = ProblemBody, description = "No such agreement of the caller's agency"),
        (status = 409, body = ProblemBody, description = "It has ended, or there is a later version"),
    ),
)]
#[post("/v1/agreements/{id}/sign")]
pub async fn sign_agreement(
    context: Context,
    request: HttpRequest,
    id: web::Path<String>,
    bytes: web::Bytes,
) -> Result<web::Json<AgreementView>, Problem> {
    context.answer_about(Function::SignAgreements, id, Body::of(&request, bytes), sign).await
}

fn sign(scope: &Scope, id: &str, asked: SignRequest) -> Result<AgreementView, Problem> {
    let caller = &scope.caller;
    let missing = || Problem::new(Code::NotFound);
    let not_now = |detail: &str| Problem::new(Code::NotNow).detail(detail);
    Policies::change(scope.state.store.as_ref(), |policy| {
        let agreement = policy.agreements.get_mut(id).ok_or_else(missing)?;
        if !agreement.has_side(&caller.agency) {
            return Err(missing());
        }
        if agreement.ended.is_some() {
            return Err(not_now("the agreement has ended"));
        }
        let number = agreement.versions.len();
        let latest = agreement.versions.last_mut().filter(|it| it.terms.has_side(&caller.agency));
        let latest =
            latest.ok_or_else(|| not_now("the agency is no side of the latest version"))?;
        if asked.version != number || asked.terms_hash != latest.terms.hash(number) {
            return Err(not_now("this is not the latest version"));
        }
        let signed = |it: &Signature| it.side == caller.agency && it.officer == caller.user;
        if !latest.signatures.iter().any(signed) {
            latest.signatures.push(Signature {
                side: caller.agency.clone(),
                officer: caller.user.clone(),
                at: scope.at,
                terms: asked.terms_hash.clone(),
            });
        }
        view(scope, policy, id)
    })
}
