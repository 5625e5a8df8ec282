//! `POST /v1/agreements/{id}/sign`: an officer's signature.

use actix_web::{HttpRequest, post, web};
use serde::Deserialize;
use utoipa::ToSchema;

use super::draft::{by_law, none_of};
use super::get::{AgreementView, view};
use crate::api::policies::Policies;
use crate::api::problem::{Code, Problem, ProblemBody};
use crate::api::state::{Body, Context, Scope};
use crate::govern::{Function, Signature, SignatureError, SignedWith};

/// What is signed.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SignRequest {
    /// The number of the latest version.
    pub version: usize,
    /// Its `terms_hash`: that which was read is that which is signed.
    pub terms_hash: String,
    /// The officer's own public key, as the agency has registered it (`accord key officer`): base64, as between
    /// the lines of `openssl pkey -pubout`.
    #[serde(default)]
    pub key: Option<String>,
    /// The signature by that key (Ed25519) over the 64 digits of `terms_hash`, base64.
    #[serde(default)]
    pub signature: Option<String>,
}

/// Sign an agreement
///
/// Signs the latest version for the caller's agency. Two officers of each side make it count; signing
/// twice is signing once. Once an agency has registered keys of its officers (`accord key officer`), they
/// sign with them, and `openssl` does it: `openssl pkeyutl -sign -rawin -inkey officer.key -in hash`.
#[utoipa::path(
    tag = "agreements",
    operation_id = "sign_agreement",
    params(("id" = String, Path, description = "The agreement's id")),
    request_body = SignRequest,
    responses(
        (status = 200, body = AgreementView),
        (status = 404, body = ProblemBody, description = "No such agreement of the caller's agency"),
        (status = 409, body = ProblemBody, description = "It has ended, or there is a later version"),
        (status = 422, body = ProblemBody, description = "No signature where one is needed, or one that does not hold; terms that the law of the caller's agency does not allow"),
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
    let given = given(&asked)?;
    Policies::change(scope.state.store.as_ref(), &scope.due, |policy| {
        let officer = (caller.agency.as_str(), caller.user.as_str());
        let checked = policy.check_signature(officer, &asked.terms_hash, given);
        let own = policy.agencies.get(&caller.agency).cloned();
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
        none_of(by_law(own.as_ref(), &latest.terms))?;
        if let Err(error) = checked {
            return Err(refused(error));
        }
        let signed = |it: &Signature| it.side == caller.agency && it.officer == caller.user;
        if !latest.signatures.iter().any(signed) {
            latest.signatures.push(Signature {
                side: caller.agency.clone(),
                officer: caller.user.clone(),
                at: scope.at,
                terms: asked.terms_hash.clone(),
                key: asked.key.clone(),
                signature: asked.signature.clone(),
            });
        }
        view(scope, policy, id)
    })
}

/// Key and signature, both or neither.
fn given(asked: &SignRequest) -> Result<Option<SignedWith<'_>>, Problem> {
    match (&asked.key, &asked.signature) {
        (None, None) => Ok(None),
        (Some(key), Some(signature)) => Ok(Some(SignedWith { key, signature })),
        (Some(_), None) => Err(refused(SignatureError::Missing)),
        (None, Some(_)) => Err(refused(SignatureError::OtherKey)),
    }
}

fn refused(error: SignatureError) -> Problem {
    let (member, reason) = match error {
        SignatureError::Missing => ("signature", "signature_missing"),
        SignatureError::OtherKey => ("key", "key_not_registered"),
        SignatureError::Wrong => ("signature", "signature_wrong"),
    };
    Problem::member(member, reason, error.to_string())
}
