//! `GET /v1/agreements`: the agency's agreements.

use serde::Serialize;
use utoipa::ToSchema;

use super::get::AgreementView;
use crate::api::operation::operation;
use crate::api::problem::Problem;
use crate::api::scope::CallerScope;
use crate::casework::agreements;

/// Agreements.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct AgreementList {
    /// The agreements, by id.
    pub agreements: Vec<AgreementView>,
}

operation! {
    /// List the agency's agreements
    ///
    /// The agreements that the caller's agency is a side of, drafts and ended ones included. A draft by an agency that
    /// the caller's agency does not know is left out, unless the caller's agency is listed or has signed it; it can be
    /// read by its id, which the drafting agency hands over.
    list_agreements = list;
    "agreements", Administration, Light;
}

fn list(scope: &CallerScope, (): ()) -> Result<AgreementList, Problem> {
    let found = agreements::list(scope.casework(), &scope.question())?;
    Ok(AgreementList { agreements: found.into_iter().map(AgreementView::from).collect() })
}
