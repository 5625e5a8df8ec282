//! `POST /v1/agreements/{id}/suspend` and `/end`: acts for which one side suffices.

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
    /// Nothing of the agreement holds from the next request on. For the discloser, which needs no other side; of a
    /// reciprocal agreement, each side is a discloser. The agreement holds again when both sides have signed a later
    /// version.
    suspend_agreement = suspend;
    "agreements", Alteration, Write;
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
    /// The agreement cannot be resumed. For the discloser; of a reciprocal agreement between two agencies, for each of
    /// them.
    end_agreement = end;
    "agreements", Alteration, Write;
    examples {
        "id": examples::AGREEMENT,
    };
    404 "No such agreement of the caller's agency";
    409 "It has ended, or the caller cannot end it alone";
}

fn end(scope: &CallerScope, Id(id): Id<AgreementId>) -> Result<AgreementView, Problem> {
    Ok(agreements::end(scope.casework(), &scope.question(), id)?.into())
}
