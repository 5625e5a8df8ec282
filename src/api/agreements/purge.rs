//! `POST /v1/agreements/{id}/purge-receipts`: a recipient confirms that it has removed what it held.

use actix_web::{HttpRequest, post, web};
use serde::Deserialize;
use utoipa::ToSchema;

use super::get::{AgreementView, view};
use crate::api::desks::tell;
use crate::api::policies::Policies;
use crate::api::problem::{Code, Problem, ProblemBody};
use crate::api::reason::reason;
use crate::api::state::{Body, Context, Scope};
use crate::govern::{Function, MessageKind, PurgeReceipt};

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
    request: HttpRequest,
    id: web::Path<String>,
    bytes: web::Bytes,
) -> Result<web::Json<AgreementView>, Problem> {
    context.answer_about(Function::ConfirmPurge, id, Body::of(&request, bytes), confirm).await
}

fn confirm(scope: &Scope, id: &str, confirmed: PurgeConfirmed) -> Result<AgreementView, Problem> {
    let note = reason(&confirmed.note, "note")?;
    let agency = &scope.caller.agency;
    let (answer, discloser) = Policies::change(scope.state.store.as_ref(), &scope.due, |policy| {
        let agreement = policy.agreements.get_mut(id).filter(|it| it.has_side(agency));
        let agreement = agreement.ok_or_else(|| Problem::new(Code::NotFound))?;
        let mut tasks = agreement.purge_tasks(scope.at).into_iter();
        let task = tasks.find(|task| task.recipient == *agency && task.receipt.is_none());
        let task = task.ok_or_else(|| Problem::new(Code::NotNow).detail("nothing to confirm"))?;
        let by = scope.act();
        agreement.receipts.push(PurgeReceipt { version: task.version, by, note: note.clone() });
        let discloser = agreement.versions[task.version - 1].terms.discloser.clone();
        Ok((view(scope, policy, id)?, discloser))
    })?;
    tell(scope, &*scope.policy()?, (&discloser, agency), MessageKind::PurgeConfirmed, id)?;
    Ok(answer)
}
