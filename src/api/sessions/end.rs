//! `DELETE /v1/sessions`: logs the caller off.

use crate::api::answer::Answer;
use crate::api::entrance::Entrance;
use crate::api::operation::server_operation;
use crate::api::problem::{Code, Problem};
use crate::api::says::NoContent;

server_operation! {
    /// Log off
    ///
    /// Ends the session whose token the request shows; the token is refused from then on.
    end_session = end;
    "sessions", Administration, Write;
    status NO_CONTENT "The session has ended";
    404 "The caller has no session: it shows a key or an access token";
}

async fn end(entrance: Entrance, (): ()) -> Result<Answer<NoContent>, Problem> {
    let session = entrance.session().ok_or_else(|| Problem::new(Code::NotFound))?;
    match entrance.log_off(session).await? {
        Ok(()) => Ok(Answer::of_no_object(NoContent)),
        Err(error) => {
            tracing::error!(%error, "a session cannot be ended");
            Err(Problem::new(Code::Unavailable))
        }
    }
}
