//! `POST /v1/agencies`: an agency, what it is, and whom to call there.

use actix_web::post;

use super::list::AgencyView;
use crate::api::answer::Answer;
use crate::api::context::Context;
use crate::api::problem::{Problem, ProblemBody};
use crate::api::receive::Body;
use crate::api::scope::CallerScope;
use crate::casework::agencies;
use crate::govern::{Agency, Function};

/// Register an agency
///
/// Says what an agency is and whom to call there; what was said before is replaced. For who runs the
/// server. It gives the agency access to nothing: that is for agreements to do.
#[utoipa::path(
    tag = "agencies",
    operation_id = "register_agency",
    request_body = Agency,
    responses(
        (status = 200, body = AgencyView),
        (status = 422, body = ProblemBody, description = "A name"),
    ),
)]
#[post("/v1/agencies")]
pub async fn register_agency(context: Context, body: Body) -> Result<Answer<AgencyView>, Problem> {
    context.answer_to(Function::ManageAgencies, body, register).await
}

fn register(scope: &CallerScope, agency: Agency) -> Result<AgencyView, Problem> {
    Ok(agencies::register(scope.casework(), &agency)?.into())
}
