//! `POST /v1/planned-operations`: does another agency plan to be there then?

use actix_web::post;
use serde::Deserialize;
use utoipa::ToSchema;

use super::Pointers;
use crate::api::answer::Answer;
use crate::api::context::Context;
use crate::api::problem::{Problem, ProblemBody};
use crate::api::receive::Body;
use crate::api::scope::CallerScope;
use crate::casework::deconfliction;
use crate::govern::{Function, PlannedOperation, Reference};
use crate::model::Timestamp;

/// Announce an operation
///
/// Keeps the operation until it is over, in place of one of the same reference. Agencies whose own
/// operations touch it in place and time, and whose agreements point the caller to operations, are named
/// by their desks; each of them is told of the caller's. Nobody is told where or when. A watch desk enters
/// the operations of an agency that has no client, as that agency (`on_behalf_of`).
#[utoipa::path(
    tag = "deconfliction",
    operation_id = "announce_operation",
    request_body = OperationRequest,
    responses(
        (status = 200, body = Pointers),
        (status = 422, body = ProblemBody, description = "Not a place and a time to come, or not an agency that the watch desk enters for"),
        (status = 429, body = ProblemBody, description = "The user's share of the day is used up"),
    ),
)]
#[post("/v1/planned-operations")]
pub async fn announce_operation(context: Context, body: Body) -> Result<Answer<Pointers>, Problem> {
    context.answer_to(Function::Deconflict, body, announce).await
}

/// What is planned, and for whom.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct OperationRequest {
    /// The agency without a client of its own that a watch desk enters it for; the caller's when absent.
    #[serde(default)]
    pub on_behalf_of: Option<String>,
    /// The agency's own reference.
    pub reference: Reference,
    /// WGS 84 latitude in degrees, -90 to 90.
    pub latitude: f64,
    /// WGS 84 longitude in degrees, -180 to 180.
    pub longitude: f64,
    /// How far around it reaches, 1 to 50,000.
    pub radius_metres: f64,
    /// When it begins.
    pub from: Timestamp,
    /// When it ends.
    pub until: Timestamp,
}

fn announce(scope: &CallerScope, asked: OperationRequest) -> Result<Pointers, Problem> {
    let OperationRequest { on_behalf_of, reference, latitude, longitude, .. } = asked;
    let (radius_metres, from, until) = (asked.radius_metres, asked.from, asked.until);
    let planned = PlannedOperation { reference, latitude, longitude, radius_metres, from, until };
    let (work, question, random) = (scope.casework(), scope.question(), scope.random());
    let for_whom = on_behalf_of.as_deref();
    Ok(deconfliction::announce(work, &question, for_whom, &planned, random)?.into())
}
