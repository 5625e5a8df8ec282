//! `POST /v1/agreements/{id}/purge-receipts`: a recipient confirms that it has removed its copies.

use serde::Deserialize;
use utoipa::ToSchema;

use super::get::AgreementView;
use crate::api::examples;
use crate::api::input::{Id, Json};
use crate::api::operation::operation;
use crate::api::problem::Problem;
use crate::api::scope::CallerScope;
use crate::casework::agreements;
use crate::govern::AgreementId;

/// A recipient's confirmation that it has removed its copies.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PurgeConfirmed {
    /// The removed copies and the way of removal, in 10 to 1,000 characters. The discloser reads it.
    pub note: String,
}

operation! {
    /// Confirm a purge
    ///
    /// For an approver or privacy officer of a recipient for which the agreement no longer holds: its time is over, or
    /// it was suspended, ended or replaced. The discloser reads the receipt in the agreement.
    confirm_purge = confirm;
    "agreements", Erasure, Write;
    examples {
        "id": examples::AGREEMENT,
        "body": { "note": "Exports of May and June deleted, paper shredded" },
    };
    404 "No such agreement of the caller's agency";
    409 "There is nothing to confirm";
}

fn confirm(
    scope: &CallerScope,
    (Id(id), Json(confirmed)): (Id<AgreementId>, Json<PurgeConfirmed>),
) -> Result<AgreementView, Problem> {
    let (work, question) = (scope.casework(), scope.question());
    Ok(agreements::confirm_purge(work, &question, id, &confirmed.note)?.into())
}
