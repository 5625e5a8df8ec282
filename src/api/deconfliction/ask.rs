//! `POST /v1/deconflict`: finds the other agencies that hold an identifier.

use serde::Deserialize;
use utoipa::ToSchema;

use super::Pointers;
use crate::api::input::Json;
use crate::api::later::Later;
use crate::api::operation::operation;
use crate::api::problem::Problem;
use crate::api::scope::CallerScope;
use crate::casework::deconfliction::{self, Enquiry, Identifier, silent};

/// The identifiers to look for at other agencies.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DeconflictRequest {
    /// 1 to 20 identifiers; a user has 50 a day.
    pub identifiers: Vec<Identifier>,
    /// True if the caller's agency wants to stay unknown: no other agency is told of the question, and the answer is
    /// empty. The identifiers still count for the user's day.
    #[serde(default)]
    pub covert: bool,
}

operation! {
    /// Ask for deconfliction
    ///
    /// Finds the agencies that hold one of these exact identifiers: the answer names at most one desk for each agency,
    /// and that agency's desk is told of the caller's desk. Nothing else is told to anyone. Objects that an agency
    /// keeps black are never pointed to. Other operations never show or count pointers.
    deconflict = ask_and_alert;
    "deconfliction", Combination, Write;
    examples {
        "body": {
            "identifiers": [
                { "kind": "phone", "number": "+44 20 2555 0143" },
                { "kind": "person", "name": "Katarina Horvat", "birth_date": "1991-07-03" },
            ],
        },
    };
    422 "Not an exact strong identifier";
    429 "The user's share of the day is used up";
}

fn ask_and_alert(
    scope: &CallerScope,
    Json(DeconflictRequest { identifiers, covert }): Json<DeconflictRequest>,
) -> Result<Pointers, Problem> {
    let asked = Enquiry { identifiers, covert };
    let pointers = ask(scope, &asked)?;
    // A covert question alerts nobody.
    if !covert {
        let (work, question) = (scope.casework(), scope.question());
        let kept = silent::keep(work, &question, scope.sealing(), &asked.identifiers)?;
        scope.later(Later::Alert(kept));
    }
    Ok(pointers)
}

fn ask(scope: &CallerScope, asked: &Enquiry) -> Result<Pointers, Problem> {
    let (work, question, seeing) =
        (scope.casework(), scope.question(), (&scope.view, scope.engine()));
    Ok(deconfliction::ask(work, &question, seeing, asked, scope.random())?.into())
}
