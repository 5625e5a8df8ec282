//! `POST /v1/agencies`: an agency, what it is, and whom to call there.

use actix_web::{HttpRequest, post, web};

use super::list::AgencyView;
use crate::api::policies::Policies;
use crate::api::problem::{Problem, ProblemBody};
use crate::api::state::{Body, Context, Scope};
use crate::govern::{Agency, Function, is_name};

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
pub async fn register_agency(
    context: Context,
    request: HttpRequest,
    bytes: web::Bytes,
) -> Result<web::Json<AgencyView>, Problem> {
    context.answer_to(Function::ManageAgencies, Body::of(&request, bytes), register).await
}

fn register(scope: &Scope, agency: Agency) -> Result<AgencyView, Problem> {
    let names = [
        ("name", &agency.name),
        ("desk.name", &agency.desk.name),
        ("desk.channel", &agency.desk.channel),
    ];
    for (member, name) in names {
        if !is_name(name) {
            return Err(Problem::member(member, "bad_name", "1 to 200 bytes of text"));
        }
    }
    Policies::change(scope.state.store.as_ref(), &scope.due, |policy| {
        policy.agencies.insert(agency.name.clone(), agency.clone());
        Ok(AgencyView::of(policy, &agency.name))
    })
}
