//! `GET /v1/sessions/notice`: the notice that a user accepts by logging on (CJIS AC-8).

use crate::api::answer::Answer;
use crate::api::entrance::Entrance;
use crate::api::notice::Notice;
use crate::api::operation::server_operation;
use crate::api::problem::Problem;

server_operation! {
    /// Read the notice
    ///
    /// The text that a user must be shown, and accept, before logging on: `POST /v1/sessions` names its id, which the
    /// audit log keeps.
    read_notice = read;
    "sessions", Administration, Instant;
}

async fn read(entrance: Entrance, (): ()) -> Result<Answer<Notice>, Problem> {
    Ok(Answer::of_no_object(entrance.notice().clone()))
}
