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

/// A signature under the latest version of an agreement.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SignRequest {
    /// The number of the latest version.
    pub version: usize,
    /// The `terms_hash` of the version that the officer has read; the signature counts for these terms only.
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
    /// Signs the latest version for the caller's agency. The version counts when two officers of each side have signed
    /// it; a second signature by the same officer changes nothing. Once an agency has registered keys of its officers
    /// (`accord key officer`), the officers must sign with these keys, for example with `openssl`:
    /// `openssl pkeyutl -sign -rawin -inkey officer.key -in hash`.
    sign_agreement = sign;
    "agreements", Alteration, Write;
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
