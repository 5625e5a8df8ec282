//! `POST /v1/planned-operations/cancel`: cancels a planned operation.

use serde::Deserialize;
use utoipa::ToSchema;

use crate::api::input::Json;
use crate::api::operation::operation;
use crate::api::problem::Problem;
use crate::api::says::NoContent;
use crate::api::scope::CallerScope;
use crate::casework::deconfliction;
use crate::govern::Reference;

/// The operation to cancel.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CancelRequest {
    /// The reference by which the operation was announced.
    pub reference: Reference,
    /// The agency for which a watch desk announced the operation; the caller's agency when absent.
    #[serde(default)]
    pub on_behalf_of: Option<String>,
}

operation! {
    /// Cancel an operation
    ///
    /// From then on the operation clashes with no other. Agencies that were told of a clash are not told of the
    /// cancellation: they can call the desk.
    cancel_operation = cancel;
    "deconfliction", Administration, Write;
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
