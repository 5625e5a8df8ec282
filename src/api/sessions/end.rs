//! `DELETE /v1/sessions`: logging off.

use actix_web::{HttpMessage, HttpRequest, delete};

use crate::api::answer::{Answer, NoContent};
use crate::api::context::Acting;
use crate::api::entrance::Entrance;
use crate::api::problem::{Code, Problem, ProblemBody};
use crate::identity::SessionId;

/// Log off
///
/// Ends the session whose token the request shows; the token is refused from then on.
#[utoipa::path(
    tag = "sessions",
    operation_id = "end_session",
    responses(
        (status = 204, description = "The session has ended"),
        (status = 404, body = ProblemBody, description = "The caller has no session: it shows a key or an access token"),
    ),
)]
#[delete("/v1/sessions")]
pub async fn end_session(
    entrance: Entrance,
    acting: Acting,
    request: HttpRequest,
) -> Result<Answer<NoContent>, Problem> {
    let session = request.extensions().get::<SessionId>().cloned();
    let session = session.ok_or_else(|| Problem::new(Code::NotFound))?;
    match entrance.log_off(session, acting.0).await? {
        Ok(()) => Ok(Answer::of_no_object(NoContent)),
        Err(error) => {
            tracing::error!(%error, "a session cannot be ended");
            Err(Problem::new(Code::Unavailable))
        }
    }
}
