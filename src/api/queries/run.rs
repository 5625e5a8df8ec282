//! `POST /v1/queries/{name}`: runs a stored query over the caller's view.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::list::ColumnView;
use crate::api::formats::{Cell, Forms, Place, Table};
use crate::api::input::Json;
use crate::api::input::Name;
use crate::api::operation::operation;
use crate::api::problem::Problem;
use crate::api::scope::CallerScope;
use crate::api::seen::Unmask;
use crate::query::Value;

/// The parameters of a run of a stored query.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RunRequest {
    /// Values by parameter name; absent parameters take their default.
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
    /// The version of the query that was run, as in `GET /v1/queries`: the server's own queries may change.
    pub version: String,
    /// The snapshot of the view from which the answer was computed.
    pub snapshot: String,
}

operation! {
    /// Run a stored query
    ///
    /// Runs over the entity graph of the caller's view. The embedded store and Neo4j give the same rows; a query that
    /// only Neo4j can run is answered 501 on the embedded store. A result that would exceed a limit is refused, never
    /// cut.
    run_query = run;
    "queries", Consultation, Heavy;
    forms Forms::json().with_table(place, table);
    examples {
        "name": "shared-phones",
        "body": { "parameters": {} },
    };
    404 "No such query";
    422 "A parameter, or a limit";
    501 "Needs a Neo4j store";
}

fn run(
    scope: &CallerScope,
    (Name(name), unmask, Json(asked)): (Name, Unmask, Json<RunRequest>),
) -> Result<RunAnswer, Problem> {
    // Of the library's names only: what a caller makes up stays out of the log.
    if scope.library().get(&name).is_some() {
        scope.is_about(&name);
    }
    let (rows, seen) = scope.run_query(&name, &asked.parameters, unmask)?;
    Ok(RunAnswer {
        columns: rows.columns.iter().map(ColumnView::of).collect(),
        rows: rows.rows,
        version: rows.version,
        snapshot: seen.name(),
    })
}

fn place(answer: &RunAnswer) -> Place {
    Place::of_whole(answer.rows.len(), &answer.snapshot)
}

fn table(answer: &RunAnswer) -> Table {
    let columns = answer.columns.iter().map(|column| column.name.clone());
    let cell = |value: &Value| Cell::json(&serde_json::json!(value));
    Table::new(columns, answer.rows.iter().map(|row| row.iter().map(cell).collect()))
}
