//! `GET /metrics`: the server's metrics, for operators.

use crate::api::answer::Answer;
use crate::api::entrance::Entrance;
use crate::api::operation::server_operation;
use crate::api::problem::Problem;
use crate::api::says::Metrics;

server_operation! {
    /// Metrics
    ///
    /// Requests by operation and status and their time, in Prometheus' text format. Needs a token of
    /// the operator role, which in turn sees no content.
    metrics = rendered;
    "service", Administration, Instant;
    403 "Not an operator's token";
}

async fn rendered(entrance: Entrance, (): ()) -> Result<Answer<Metrics>, Problem> {
    Ok(Answer::of_no_object(Metrics(entrance.metrics())))
}
