//! `POST /v1/deconflict`: does another agency hold this?

use actix_web::post;
use serde::Deserialize;
use utoipa::ToSchema;

use super::Pointers;
use crate::api::answer::Answer;
use crate::api::context::Context;
use crate::api::later::Later;
use crate::api::problem::{Problem, ProblemBody};
use crate::api::receive::Body;
use crate::api::scope::CallerScope;
use crate::casework::deconfliction::{self, Enquiry, Identifier, silent};
use crate::govern::Function;

/// What to ask the other agencies for.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DeconflictRequest {
    /// 1 to 20 identifiers; a user has 50 a day.
    pub identifiers: Vec<Identifier>,
    /// Whether the asker wants to stay unknown: then it learns nothing either.
    #[serde(default)]
    pub covert: bool,
}

/// Ask for deconfliction
///
/// Whether another agency holds one of these exact identifiers: the answer names at most one desk for
/// each agency, and that agency's desk is told of the caller's. Nothing else is told to anyone. What an
/// agency keeps black is never pointed to. Other operations never show or count pointers.
#[utoipa::path(
    tag = "deconfliction",
    operation_id = "deconflict",
    request_body = DeconflictRequest,
    responses(
        (status = 200, body = Pointers),
        (status = 422, body = ProblemBody, description = "Not an exact strong identifier"),
        (status = 429, body = ProblemBody, description = "The user's share of the day is used up"),
    ),
)]
#[post("/v1/deconflict")]
pub async fn deconflict(context: Context, body: Body) -> Result<Answer<Pointers>, Problem> {
    let ask = |scope: &CallerScope, DeconflictRequest { identifiers, covert }| {
        let asked = Enquiry { identifiers, covert };
        let pointers = ask(scope, &asked)?;
        // Whoever wants to stay unknown alerts nobody.
        if !covert {
            let (work, question) = (scope.casework(), scope.question());
            let kept = silent::keep(work, &question, scope.sealing(), &asked.identifiers)?;
            scope.later(Later::Alert(kept));
        }
        Ok(pointers)
    };
    context.answer_to(Function::Deconflict, body, ask).await
}

fn ask(scope: &CallerScope, asked: &Enquiry) -> Result<Pointers, Problem> {
    let (work, question, seeing) =
        (scope.casework(), scope.question(), (&scope.view, scope.engine()));
    Ok(deconfliction::ask(work, &question, seeing, asked, scope.random())?.into())
}
