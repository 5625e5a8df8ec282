//! `POST /v1/queries/{name}`: run a stored query over the caller's view.

use actix_web::{HttpRequest, post, web};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::list::ColumnView;
use crate::api::answer::Answer;
use crate::api::context::Context;
use crate::api::problem::{Problem, ProblemBody};
use crate::api::receive::Body;
use crate::api::seen::Unmask;
use crate::govern::Function;
use crate::query::Value;

/// What to run a stored query with.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RunRequest {
    /// Values by parameter name; those left out take their default.
    #[serde(default)]
    #[schema(value_type = Object)]
    pub parameters: serde_json::Map<String, serde_json::Value>,
}

/// The rows of a stored query.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct RunAnswer {
    /// The columns.
    pub columns: Vec<ColumnView>,
    /// The rows, each with one value a column.
    #[schema(value_type = Vec<Vec<serde_json::Value>>)]
    pub rows: Vec<Vec<Value>>,
    /// The version of the query, as `GET /v1/queries` has it: an own query may have changed.
    pub version: String,
    /// The state of the view that this was computed on.
    pub snapshot: String,
}

/// Run a stored query
///
/// Over the entity graph of the caller's view. The same rows on the embedded store and on Neo4j; a
/// query that only Neo4j can run answers 501 on the embedded store. A result that would go beyond a
/// limit is refused, never cut.
#[utoipa::path(
    tag = "queries",
    operation_id = "run_query",
    params(
        ("name" = String, Path, description = "The query's name"),
        ("unmask" = Option<bool>, Query, description = "Join and show what is masked: to a victim specialist in whose case the victim is; logged"),
    ),
    request_body = RunRequest,
    responses(
        (status = 200, body = RunAnswer),
        (status = 404, body = ProblemBody, description = "No such query"),
        (status = 422, body = ProblemBody, description = "A parameter, or a limit"),
        (status = 501, body = ProblemBody, description = "Needs a Neo4j store"),
    ),
)]
#[post("/v1/queries/{name}")]
pub async fn run_query(
    context: Context,
    request: HttpRequest,
    name: web::Path<String>,
    body: Body,
) -> Result<Answer<RunAnswer>, Problem> {
    let unmask = Unmask::of(&request)?;
    context
        .answer_to(Function::Ask, body, move |scope, asked: RunRequest| {
            let (rows, seen) = scope.run_query(&name, &asked.parameters, unmask)?;
            Ok(RunAnswer {
                columns: rows.columns.iter().map(ColumnView::of).collect(),
                rows: rows.rows,
                version: rows.version,
                snapshot: seen.name(),
            })
        })
        .await
}
