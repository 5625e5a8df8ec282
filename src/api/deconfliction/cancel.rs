//! `POST /v1/planned-operations/cancel`: an operation that will not be.

use serde::Deserialize;
use utoipa::ToSchema;

use crate::api::input::Json;
use crate::api::operation::operation;
use crate::api::problem::Problem;
use crate::api::says::NoContent;
use crate::api::scope::CallerScope;
use crate::casework::deconfliction;
use crate::govern::Reference;

/// Which operation.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CancelRequest {
    /// The reference that it was announced by.
    pub reference: Reference,
    /// The agency that it was announced for by a watch desk, when not the caller's.
    #[serde(default)]
    pub on_behalf_of: Option<String>,
}

operation! {
    /// Cancel an operation
    ///
    /// From then on it clashes with nobody's. Those who were told of a clash are told nothing more: they have
    /// the desk's number.
    cancel_operation = cancel;
    "deconfliction", Administration;
    status NO_CONTENT "It is no longer planned";
    examples {
        "body": { "reference": "OP-2026-9" },
    };
    404 "No such operation of the agency";
    422 "Not an agency that the caller's watch desk enters for";
}

fn cancel(scope: &CallerScope, Json(asked): Json<CancelRequest>) -> Result<NoContent, Problem> {
    let (work, question) = (scope.casework(), scope.question());
    let for_whom = asked.on_behalf_of.as_deref();
    deconfliction::cancel(work, &question, for_whom, &asked.reference)?;
    Ok(NoContent)
}
