//! `POST /v1/agreements/{id}/purge-receipts`: a recipient confirms that it has removed what it held.

use actix_web::{post, web};
use serde::Deserialize;
use utoipa::ToSchema;

use super::get::AgreementView;
use crate::api::answer::Answer;
use crate::api::context::Context;
use crate::api::problem::{Problem, ProblemBody};
use crate::api::receive::Body;
use crate::api::scope::CallerScope;
use crate::casework::agreements;
use crate::govern::{AgreementId, Function};

/// What was removed.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PurgeConfirmed {
    /// What was removed and how, in 10 to 1,000 characters. The discloser reads it.
    pub note: String,
}

/// Confirm a purge
///
/// For an approver or privacy officer of a recipient for which the agreement holds no more: its time is
/// over, or it was suspended, ended or replaced. The discloser reads the receipt in the agreement.
#[utoipa::path(
    tag = "agreements",
    operation_id = "confirm_purge",
    params(("id" = String, Path, description = "The agreement's id")),
    request_body = PurgeConfirmed,
    responses(
        (status = 200, body = AgreementView),
        (status = 404, body = ProblemBody, description = "No such agreement of the caller's agency"),
        (status = 409, body = ProblemBody, description = "There is nothing to confirm"),
    ),
)]
#[post("/v1/agreements/{id}/purge-receipts")]
pub async fn confirm_purge(
    context: Context,
    id: web::Path<String>,
    body: Body,
) -> Result<Answer<AgreementView>, Problem> {
    context.answer_about(Function::ConfirmPurge, id, body, confirm).await
}

fn confirm(
    scope: &CallerScope,
    id: AgreementId,
    confirmed: PurgeConfirmed,
) -> Result<AgreementView, Problem> {
    let (work, question) = (scope.casework(), scope.question());
    Ok(agreements::confirm_purge(work, &question, id, &confirmed.note)?.into())
}
