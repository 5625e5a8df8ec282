//! `POST /v1/agreements` and `POST /v1/agreements/{id}/versions`: what the discloser offers.

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
    /// The caller's agency offers to disclose something. It counts for nobody until two officers of the
    /// caller's agency and two of a recipient have signed it. The answer is the same whether there are such recipients
    /// or not. One that is listed, or that knows the caller's agency, finds the draft in its list; any other reads it by
    /// its id, which the caller hands over to it.
    draft_agreement = draft;
    "agreements", Administration;
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
    /// What holds stays as it is until the discloser's officers have signed the new version; from then on
    /// only the new version holds, for those recipients that have signed it too. So widening needs both
    /// sides and narrowing the discloser alone.
    draft_version = add;
    "agreements", Administration;
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
