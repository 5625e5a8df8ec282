//! `POST /v1/agreements` and `POST /v1/agreements/{id}/versions`: drafts of the discloser.

use super::get::AgreementView;
use crate::api::examples;
use crate::api::input::{Id, Json};
use crate::api::operation::operation;
use crate::api::problem::Problem;
use crate::api::scope::CallerScope;
use crate::casework::agreements;
use crate::govern::{AgreementId, Terms};

operation! {
    /// Draft an agreement
    ///
    /// The caller's agency offers to disclose objects. The agreement counts for nobody until two officers of the
    /// caller's agency and two of a recipient have signed it. The answer is the same whether the recipients exist or
    /// not. A recipient that is listed, or that knows the caller's agency, finds the draft in its list; any other
    /// recipient reads it by its id, which the caller hands over.
    draft_agreement = draft;
    "agreements", Administration, Write;
    examples {
        "body": examples::terms(),
    };
    409 "The agency has an agreement of this reference";
    422 "Terms that are refused, each with its reason";
}

fn draft(scope: &CallerScope, Json(terms): Json<Terms>) -> Result<AgreementView, Problem> {
    Ok(agreements::draft(scope.casework(), &scope.question(), &terms)?.into())
}

operation! {
    /// Draft a new version
    ///
    /// The version in force stays in force until the discloser's officers have signed the new version; from then on
    /// only the new version holds, for the recipients that have signed it too. So to widen an agreement needs both
    /// sides, and to narrow it needs the discloser alone.
    draft_version = add;
    "agreements", Administration, Write;
    examples {
        "id": examples::AGREEMENT,
        "body": examples::terms(),
    };
    404 "No such agreement of the caller's agency";
    409 "It has ended";
    422 "Terms that are refused, each with its reason";
}

fn add(
    scope: &CallerScope,
    (Id(id), Json(terms)): (Id<AgreementId>, Json<Terms>),
) -> Result<AgreementView, Problem> {
    Ok(agreements::add_version(scope.casework(), &scope.question(), id, &terms)?.into())
}
