//! `POST /v1/agreements/{id}/suspend` and `/end`: what one side does alone.

use super::get::AgreementView;
use crate::api::examples;
use crate::api::input::Id;
use crate::api::operation::operation;
use crate::api::problem::Problem;
use crate::api::scope::CallerScope;
use crate::casework::agreements;
use crate::govern::AgreementId;

operation! {
    /// Suspend an agreement
    ///
    /// Nothing of it holds from the next request on. For the discloser alone, at once; of a reciprocal
    /// agreement each side discloses. It holds again when both sides have signed a later version.
    suspend_agreement = suspend;
    "agreements", Alteration;
    examples {
        "id": examples::AGREEMENT,
    };
    404 "No such agreement of the caller's agency";
    409 "It has ended, or the caller does not disclose";
}

fn suspend(scope: &CallerScope, Id(id): Id<AgreementId>) -> Result<AgreementView, Problem> {
    Ok(agreements::suspend(scope.casework(), &scope.question(), id)?.into())
}

operation! {
    /// End an agreement
    ///
    /// For good. For the discloser; of a reciprocal agreement between two, for each of them.
    end_agreement = end;
    "agreements", Alteration;
    examples {
        "id": examples::AGREEMENT,
    };
    404 "No such agreement of the caller's agency";
    409 "It has ended, or the caller cannot end it alone";
}

fn end(scope: &CallerScope, Id(id): Id<AgreementId>) -> Result<AgreementView, Problem> {
    Ok(agreements::end(scope.casework(), &scope.question(), id)?.into())
}
