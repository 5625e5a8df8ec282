//! `GET /v1/agreements`: the agency's agreements.

use actix_web::{HttpRequest, get};
use serde::Serialize;
use utoipa::ToSchema;

use super::get::AgreementView;
use crate::api::answer::Answer;
use crate::api::context::Context;
use crate::api::parameters::Parameters;
use crate::api::problem::Problem;
use crate::casework::agreements;
use crate::govern::Function;

/// Agreements.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct AgreementList {
    /// The agreements, by id.
    pub agreements: Vec<AgreementView>,
}

/// List the agency's agreements
///
/// Those that the caller's agency is a side of, drafts and ended ones included. A draft by an agency that the
/// caller's does not know is not among them unless the caller's is listed or has signed it: it is read by the id
/// that its drafter hands over.
#[utoipa::path(
    tag = "agreements",
    operation_id = "list_agreements",
    responses((status = 200, body = AgreementList)),
)]
#[get("/v1/agreements")]
pub async fn list_agreements(
    context: Context,
    request: HttpRequest,
) -> Result<Answer<AgreementList>, Problem> {
    Parameters::of(&request)?.finish()?;
    context
        .answer(Function::ReadAgreements, |scope| {
            let found = agreements::list(scope.casework(), &scope.question())?;
            Ok(AgreementList { agreements: found.into_iter().map(AgreementView::from).collect() })
        })
        .await
}
