//! `POST /v1/break-glass/{id}/review`: a second person's review.

use serde::Deserialize;
use utoipa::ToSchema;

use super::list::BreakGlassView;
use crate::api::examples;
use crate::api::input::{Id, Json};
use crate::api::operation::operation;
use crate::api::problem::Problem;
use crate::api::scope::CallerScope;
use crate::casework::break_glass;
use crate::govern::BreakGlassId;

/// The result of a review.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ReviewRequest {
    /// True if there was imminent danger. If false, the use of break-glass ends at once.
    pub justified: bool,
    /// The reasons for the finding, in 10 to 1,000 characters. The owner reads them.
    pub note: String,
}

operation! {
    /// Review a use of break-glass
    ///
    /// For an approver or privacy officer of the agency that broke the glass, other than the user who did. A review
    /// cannot be taken back.
    review_break_glass = review;
    "break-glass", Administration, Write;
    examples {
        "id": examples::BREAK_GLASS,
        "body": {
            "justified": true, "note": "The call of 21:40 was checked with the desk",
        },
    };
    404 "No such use by the caller's agency";
    409 "It is reviewed already, or it is the caller's own";
}

fn review(
    scope: &CallerScope,
    (Id(id), Json(asked)): (Id<BreakGlassId>, Json<ReviewRequest>),
) -> Result<BreakGlassView, Problem> {
    let (work, question) = (scope.casework(), scope.question());
    let (id, glass) = break_glass::review(work, &question, id, (asked.justified, &asked.note))?;
    Ok(BreakGlassView::of(id, &glass, scope))
}
