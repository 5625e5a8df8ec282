//! `POST /v1/agreements/{id}/suspend` and `/end`: what one side does alone.

use actix_web::{HttpRequest, post, web};

use super::get::{AgreementView, view};
use crate::api::parameters::Parameters;
use crate::api::policies::Policies;
use crate::api::problem::{Code, Problem, ProblemBody};
use crate::api::state::{Context, Scope};
use crate::govern::{Act, Agreement, Function};

/// Suspend an agreement
///
/// Nothing of it holds from the next request on. For the discloser alone, at once; of a reciprocal
/// agreement each side discloses. It holds again when both sides have signed a later version.
#[utoipa::path(
    tag = "agreements",
    operation_id = "suspend_agreement",
    params(("id" = String, Path, description = "The agreement's id")),
    responses(
        (status = 200, body = AgreementView),
        (status = 404, body = ProblemBody, description = "No such agreement of the caller's agency"),
        (status = 409, body = ProblemBody, description = "It has ended, or the caller does not disclose"),
    ),
)]
#[post("/v1/agreements/{id}/suspend")]
pub async fn suspend_agreement(
    context: Context,
    request: HttpRequest,
    id: web::Path<String>,
) -> Result<web::Json<AgreementView>, Problem> {
    Parameters::of(&request)?.finish()?;
    let suspend = |agreement: &mut Agreement, act: Act| {
        agreement.suspended = Some((agreement.versions.len(), act));
    };
    context.answer(Function::SuspendAgreements, move |scope| change(scope, &id, suspend)).await
}

/// End an agreement
///
/// For good. For the discloser; of a reciprocal agreement between two, for each of them.
#[utoipa::path(
    tag = "agreements",
    operation_id = "end_agreement",
    params(("id" = String, Path, description = "The agreement's id")),
    responses(
        (status = 200, body = AgreementView),
        (status = 404, body = ProblemBody, description = "No such agreement of the caller's agency"),
        (status = 409, body = ProblemBody, description = "It has ended, or the caller cannot end it alone"),
    ),
)]
#[post("/v1/agreements/{id}/end")]
pub async fn end_agreement(
    context: Context,
    request: HttpRequest,
    id: web::Path<String>,
) -> Result<web::Json<AgreementView>, Problem> {
    Parameters::of(&request)?.finish()?;
    let end = |agreement: &mut Agreement, act: Act| agreement.ended = Some(act);
    context.answer(Function::SuspendAgreements, move |scope| change(scope, &id, end)).await
}

fn change(
    scope: &Scope,
    id: &str,
    change: impl Fn(&mut Agreement, Act),
) -> Result<AgreementView, Problem> {
    let agency = &scope.caller.agency;
    let missing = || Problem::new(Code::NotFound);
    Policies::change(scope.state.store.as_ref(), &scope.due, |policy| {
        let agreement = policy.agreements.get_mut(id).filter(|it| it.has_side(agency));
        let agreement = agreement.ok_or_else(missing)?;
        if agreement.ended.is_some() {
            return Err(Problem::new(Code::NotNow).detail("the agreement has ended"));
        }
        let alone = agreement.versions.iter().all(|version| {
            let terms = &version.terms;
            terms.discloser == *agency || (terms.reciprocal && terms.recipients.len() == 1)
        });
        if !alone {
            let detail = "only who discloses suspends or ends";
            return Err(Problem::new(Code::NotNow).detail(detail));
        }
        change(agreement, scope.act());
        view(scope, policy, id)
    })
}
