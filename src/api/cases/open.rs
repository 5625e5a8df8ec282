//! `POST /v1/cases`: open a case.

use serde::Deserialize;
use utoipa::ToSchema;

use super::list::CaseView;
use crate::api::input::Json;
use crate::api::operation::operation;
use crate::api::problem::Problem;
use crate::api::scope::CallerScope;
use crate::casework::cases;
use crate::govern::Reference;
use crate::model::Timestamp;

/// A case to open.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CaseRequest {
    /// The agency's own reference.
    pub reference: Reference,
    /// The time at which the case ends by itself.
    pub expires: Timestamp,
}

operation! {
    /// Open a case
    ///
    /// The caller's agency leads it and the caller is its first member. The case grants nothing by itself; but agencies
    /// see each other's victims, as far as agreements allow it, only within a case that both work on.
    open_case = open;
    "cases", Alteration, Write;
    examples {
        "body": { "reference": "TF-2026-1", "expires": "2099-01-01T00:00:00Z" },
    };
    409 "The agency has a case of this reference";
    422 "It ends before it begins";
}

fn open(scope: &CallerScope, Json(asked): Json<CaseRequest>) -> Result<CaseView, Problem> {
    let (work, question) = (scope.casework(), scope.question());
    let seen = scope.seen()?;
    let (id, case) = cases::open(work, &question, asked.reference, asked.expires)?;
    Ok(CaseView::of(id, &case, scope.at, &seen))
}
