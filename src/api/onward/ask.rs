//! `POST /v1/onward-requests`: may this record go on to that agency?

use actix_web::{HttpMessage, HttpRequest, post, web};
use serde::Deserialize;
use utoipa::ToSchema;

use super::list::OnwardView;
use super::text;
use crate::api::desks::tell;
use crate::api::logged::LoggedObject;
use crate::api::problem::{Code, Problem, ProblemBody};
use crate::api::reason::reason;
use crate::api::state::{Body, Context, Scope};
use crate::govern::{Function, Leave, MessageKind, OnwardDecision, OnwardRequest, is_name};
use crate::model::{Condition, RecordId};

/// What is to go to whom, and why.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct OnwardAsked {
    /// A record of another agency that the caller sees.
    pub record: RecordId,
    /// The agency that it is to go to.
    pub recipient: String,
    /// Why, in 10 to 1,000 characters. The owner reads it.
    pub reason: String,
}

/// Ask for leave to hand a record on
///
/// The agreement by which the caller sees the record says whether that can be asked (`onward`): `never`
/// refuses it, `ask` asks the owner, `allowed` grants it at once. Whatever comes of it is written down
/// with recipient and reason, for both agencies to read. The record's label goes with it.
#[utoipa::path(
    tag = "agreements",
    operation_id = "ask_onward",
    request_body = OnwardAsked,
    responses(
        (status = 200, body = OnwardView),
        (status = 404, body = ProblemBody, description = "No such record of another agency in the caller's view"),
        (status = 409, body = ProblemBody, description = "The agreement never allows it"),
        (status = 422, body = ProblemBody, description = "No recipient or no reason"),
    ),
)]
#[post("/v1/onward-requests")]
pub async fn ask_onward(
    context: Context,
    request: HttpRequest,
    bytes: web::Bytes,
) -> Result<web::Json<OnwardView>, Problem> {
    let answer = context.answer_to(Function::AskOnward, Body::of(&request, bytes), ask).await?;
    request.extensions_mut().insert(LoggedObject(answer.id.clone()));
    Ok(answer)
}

fn ask(scope: &Scope, asked: OnwardAsked) -> Result<OnwardView, Problem> {
    let reason = reason(&asked.reason, "reason")?;
    let caller = &scope.caller;
    let snapshot = scope.snapshot()?;
    let record = snapshot.record(asked.record).map(|index| &snapshot.records[index as usize]);
    let record = record.filter(|record| record.label.agency != caller.agency);
    let label = record.map(|it| &it.label).ok_or(Problem::new(Code::NotFound))?;
    let (owner, conditions) = (label.agency.clone(), label.conditions);
    // The stricter of what the agreement and what the row says.
    let needs_leave = conditions.contains(Condition::OnwardWithLeave);
    if !is_name(&asked.recipient) || [&owner, &caller.agency].contains(&&asked.recipient) {
        let detail = "a third agency, neither the owner nor the caller's";
        return Err(Problem::member("recipient", "not_a_third_agency", detail));
    }
    let policy = scope.policy()?;
    let decision = match policy.onward(&scope.question(), &owner) {
        None | Some(Leave::Never) => {
            let detail = "the agreement never allows onward use";
            return Err(Problem::new(Code::NotNow).detail(detail));
        }
        Some(Leave::Ask) => None,
        Some(Leave::Allowed) if needs_leave => None,
        Some(Leave::Allowed) => Some(OnwardDecision {
            by: None,
            granted: true,
            note: "the agreement allows onward use".to_owned(),
        }),
    };
    let request = OnwardRequest {
        by: scope.act(),
        purpose: scope.asked.purpose,
        record: asked.record,
        owner,
        recipient: asked.recipient,
        reason,
        decision,
    };
    let id = request.id(&scope.state.id_key);
    let name = OnwardRequest::document(&id);
    scope.due.amend(|entry| entry.object = Some(id.clone()));
    // The same at the same instant is the same request.
    if scope.state.store.swap_document(&name, None, Some(&text(&request)?), &scope.due)? {
        let desks = (request.owner.as_str(), caller.agency.as_str());
        tell(scope, &policy, desks, MessageKind::OnwardAsked, &id)?;
    }
    Ok(OnwardView::of(&id, &request, &caller.agency))
}
