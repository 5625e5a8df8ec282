//! `POST /v1/agreements/{id}/sign`: an officer's signature.

use actix_web::{post, web};
use serde::Deserialize;
use utoipa::ToSchema;

use super::get::AgreementView;
use crate::api::answer::Answer;
use crate::api::context::Context;
use crate::api::problem::{Problem, ProblemBody};
use crate::api::receive::Body;
use crate::api::scope::CallerScope;
use crate::casework::agreements::{self, Signing};
use crate::govern::{AgreementId, Function};

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
    id: web::Path<String>,
    body: Body,
) -> Result<Answer<AgreementView>, Problem> {
    context.answer_about(Function::SignAgreements, id, body, sign).await
}

fn sign(
    scope: &CallerScope,
    id: AgreementId,
    asked: SignRequest,
) -> Result<AgreementView, Problem> {
    let SignRequest { version, terms_hash, key, signature } = asked;
    let signing = Signing { version, terms_hash, key, signature };
    Ok(agreements::sign(scope.casework(), &scope.question(), id, &signing)?.into())
}
