//! `POST /v1/break-glass`: opens an owner's objects in imminent danger.

use serde::Deserialize;
use utoipa::ToSchema;

use super::list::BreakGlassView;
use crate::api::input::Json;
use crate::api::operation::operation;
use crate::api::problem::Problem;
use crate::api::scope::CallerScope;
use crate::casework::break_glass as casework;

/// A request to break the glass: the owner of the objects and the reason.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct BreakGlassRequest {
    /// The agency that owns the objects.
    pub agency: String,
    /// The imminent danger, in 10 to 1,000 characters. The owner and the reviewer read it.
    pub reason: String,
}

operation! {
    /// Break the glass
    ///
    /// In imminent danger, the caller sees in full, for an hour, for this purpose and in this case, the objects for
    /// which the agency's agreements give a pointer only and allow break-glass. Objects kept black and victims are
    /// never opened. The owner's desk is told at once. An approver or privacy officer of the caller's agency reviews
    /// the use within 24 hours; while a review is overdue, the caller cannot break the glass again.
    break_glass = open;
    "break-glass", Alteration, Write;
    examples {
        "body": {
            "agency": "harbour-shelter",
            "reason": "A child is on its way to the address tonight",
        },
    };
    409 "No agreement foresees it, one is open already, or a review is overdue";
    422 "Not a reason";
}

fn open(
    scope: &CallerScope,
    Json(asked): Json<BreakGlassRequest>,
) -> Result<BreakGlassView, Problem> {
    let (work, question) = (scope.casework(), scope.question());
    let requested = casework::request(work, &question, &asked.agency, &asked.reason)?;
    let (id, glass) = &requested;
    scope.is_about(id);
    casework::open(work, &question, &requested)?;
    Ok(BreakGlassView::of(*id, glass, scope))
}
