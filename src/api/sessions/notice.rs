//! `GET /v1/sessions/notice`: what a user accepts by logging on (CJIS AC-8).

use actix_web::{HttpRequest, get};

use crate::api::answer::Answer;
use crate::api::entrance::Entrance;
use crate::api::notice::Notice;
use crate::api::parameters::Parameters;
use crate::api::problem::Problem;

/// Read the notice
///
/// What a user must be shown, and accept, before logging on: `POST /v1/sessions` names its id, which the
/// audit log keeps.
#[utoipa::path(
    tag = "sessions",
    operation_id = "read_notice",
    security(()),
    responses((status = 200, body = Notice)),
)]
#[get("/v1/sessions/notice")]
pub async fn read_notice(
    entrance: Entrance,
    request: HttpRequest,
) -> Result<Answer<Notice>, Problem> {
    Parameters::of(&request)?.finish()?;
    Ok(Answer::of_no_object(entrance.notice().clone()))
}
