//! `DELETE /v1/sessions`: logging off.

use actix_web::{HttpMessage, HttpRequest, delete, web};

use crate::api::answer::{Answer, NoContent};
use crate::api::context::Acting;
use crate::api::problem::{Code, Problem, ProblemBody};
use crate::api::state::State;
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
    state: web::Data<State>,
    acting: Acting,
    request: HttpRequest,
) -> Result<Answer<NoContent>, Problem> {
    let session = request.extensions().get::<SessionId>().cloned();
    let session = session.ok_or_else(|| Problem::new(Code::NotFound))?;
    let end = move || state.identity.log_off(state.store.as_ref(), &session, &acting.0);
    match web::block(end).await {
        Ok(Ok(())) => Ok(Answer::of_no_object(NoContent)),
        Ok(Err(error)) => {
            tracing::error!(%error, "a session cannot be ended");
            Err(Problem::new(Code::Unavailable))
        }
        Err(_) => Err(Problem::new(Code::Internal)),
    }
}
