//! `POST /v1/onward-requests/{id}/decision`: the owner's decision.

use actix_web::{HttpRequest, post, web};
use serde::Deserialize;
use utoipa::ToSchema;

use super::list::OnwardView;
use super::{parse, text};
use crate::api::desks::tell;
use crate::api::problem::{Code, Problem, ProblemBody};
use crate::api::reason::reason;
use crate::api::state::{Body, Context, Scope};
use crate::govern::{Function, MessageKind, OnwardDecision, OnwardRequest};

/// What the owner decides.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct OnwardDecided {
    /// Whether the record may be handed on.
    pub granted: bool,
    /// Why, in 10 to 1,000 characters. The asker reads it.
    pub note: String,
}

/// Grant or refuse an onward request
///
/// For an approver of the agency that owns the record. A decision is not taken back.
#[utoipa::path(
    tag = "agreements",
    operation_id = "decide_onward",
    params(("id" = String, Path, description = "The request's id")),
    request_body = OnwardDecided,
    responses(
        (status = 200, body = OnwardView),
        (status = 404, body = ProblemBody, description = "No such request about a record of the caller's agency"),
        (status = 409, body = ProblemBody, description = "It is decided already"),
    ),
)]
#[post("/v1/onward-requests/{id}/decision")]
pub async fn decide_onward(
    context: Context,
    request: HttpRequest,
    id: web::Path<String>,
    bytes: web::Bytes,
) -> Result<web::Json<OnwardView>, Problem> {
    context.answer_about(Function::DecideOnward, id, Body::of(&request, bytes), decide).await
}

fn decide(scope: &Scope, id: &str, decided: OnwardDecided) -> Result<OnwardView, Problem> {
    let note = reason(&decided.note, "note")?;
    let missing = || Problem::new(Code::NotFound);
    let agency = &scope.caller.agency;
    let (store, name) = (scope.state.store.as_ref(), OnwardRequest::document(id));
    let before = store.document(&name)?.ok_or_else(missing)?;
    let mut request = parse(&before)?;
    if request.owner != *agency {
        return Err(missing());
    }
    let decision = OnwardDecision { by: Some(scope.act()), granted: decided.granted, note };
    let open = request.decision.is_none();
    request.decision = Some(decision);
    if !open || !store.swap_document(&name, Some(&before), Some(&text(&request)?), &scope.due)? {
        return Err(Problem::new(Code::NotNow).detail("it is decided already"));
    }
    let desks = (request.by.agency.as_str(), agency.as_str());
    tell(scope, &*scope.policy()?, desks, MessageKind::OnwardDecided, id)?;
    Ok(OnwardView::of(id, &request, agency))
}
