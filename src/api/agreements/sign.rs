//! `POST /v1/agreements/{id}/sign`: an officer's signature.

use serde::Deserialize;
use utoipa::ToSchema;

use super::get::AgreementView;
use crate::api::examples;
use crate::api::input::{Id, Json};
use crate::api::operation::operation;
use crate::api::problem::Problem;
use crate::api::scope::CallerScope;
use crate::casework::agreements::{self, Signing};
use crate::govern::AgreementId;

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

operation! {
    /// Sign an agreement
    ///
    /// Signs the latest version for the caller's agency. Two officers of each side make it count; signing
    /// twice is signing once. Once an agency has registered keys of its officers (`accord key officer`), they
    /// sign with them, and `openssl` does it: `openssl pkeyutl -sign -rawin -inkey officer.key -in hash`.
    sign_agreement = sign;
    "agreements", Alteration;
    examples {
        "id": examples::AGREEMENT,
        "body": { "version": 1, "terms_hash": "0" },
    };
    404 "No such agreement of the caller's agency";
    409 "It has ended, or there is a later version";
    422 "No signature where one is needed, or one that does not hold; terms that the law of the caller's agency does not allow";
}

fn sign(
    scope: &CallerScope,
    (Id(id), Json(asked)): (Id<AgreementId>, Json<SignRequest>),
) -> Result<AgreementView, Problem> {
    let SignRequest { version, terms_hash, key, signature } = asked;
    let signing = Signing { version, terms_hash, key, signature };
    Ok(agreements::sign(scope.casework(), &scope.question(), id, &signing)?.into())
}
