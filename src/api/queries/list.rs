//! `GET /v1/queries`: the library.

use serde::Serialize;
use utoipa::ToSchema;

use crate::api::operation::operation;
use crate::api::problem::Problem;
use crate::api::scope::CallerScope;
use crate::govern::Role;
use crate::query::{Column, Engines, Library, Parameter, RefusedFile, StoredQuery};

/// A stored query in the list.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct QuerySummary {
    /// Its name.
    pub name: String,
    /// What it is for.
    pub about: String,
    /// `all`, or `neo4j` for one that only a Neo4j store can run.
    #[schema(value_type = String)]
    pub engines: Engines,
    /// Whether this server's store can run it.
    pub supported: bool,
    /// Whether it is one of this server's own, and did not come with the program.
    pub own: bool,
    /// A hash of its whole text: another one for each text.
    pub version: String,
    /// Its parameters.
    pub parameters: Vec<ParameterView>,
    /// The columns of its rows.
    pub columns: Vec<ColumnView>,
}

/// A parameter of a stored query.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct ParameterView {
    /// Its name.
    pub name: String,
    /// `string`, `integer`, `float`, `boolean`, `timestamp`, `entity_id`, `list of string` or
    /// `list of entity_id`.
    #[serde(rename = "type")]
    #[schema(value_type = String)]
    pub value_type: &'static str,
    /// The value when none is given; a parameter without one is required.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub default: Option<serde_json::Value>,
    /// The least allowed number.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub min: Option<i64>,
    /// The greatest allowed number.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max: Option<i64>,
    /// What it means, with its unit.
    pub about: String,
    /// A value to try.
    pub example: serde_json::Value,
}

impl ParameterView {
    fn of(parameter: &Parameter) -> Self {
        Self {
            name: parameter.name.clone(),
            value_type: parameter.value_type.as_str(),
            default: parameter.default.clone(),
            min: parameter.min,
            max: parameter.max,
            about: parameter.about.clone(),
            example: parameter.example.clone(),
        }
    }
}

/// A column of a stored query's rows.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct ColumnView {
    /// Its name.
    pub name: String,
    /// Its type, as for parameters.
    #[serde(rename = "type")]
    #[schema(value_type = String)]
    pub value_type: &'static str,
    /// Whether it may be null.
    pub nullable: bool,
    /// What it means, with its unit.
    pub about: String,
}

impl ColumnView {
    /// A column.
    pub fn of(column: &Column) -> Self {
        Self {
            name: column.name.clone(),
            value_type: column.value_type.as_str(),
            nullable: column.nullable,
            about: column.about.clone(),
        }
    }
}

impl QuerySummary {
    /// A query of this server's library.
    pub fn of(scope: &CallerScope, library: &Library, query: &StoredQuery) -> Self {
        Self {
            name: query.name().to_owned(),
            about: query.about().to_owned(),
            engines: query.engines(),
            supported: scope.can_run(query),
            own: library.is_own(query.name()),
            version: query.version().to_owned(),
            parameters: query.parameters().iter().map(ParameterView::of).collect(),
            columns: query.columns().iter().map(ColumnView::of).collect(),
        }
    }
}

/// The library.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct QueryList {
    /// The queries, by name.
    pub queries: Vec<QuerySummary>,
    /// The files of own queries that are refused; for graph specialists only.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub refused: Option<Vec<RefusedQuery>>,
}

/// A file of an own query that is refused.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct RefusedQuery {
    /// The file's name; `.` for the folder itself.
    pub file: String,
    /// The line, from 1.
    pub line: usize,
    /// The character in the line, from 1.
    pub column: usize,
    /// The fault at that place.
    pub reason: String,
}

impl RefusedQuery {
    fn of(refused: &RefusedFile) -> Self {
        let RefusedFile { file, line, column, reason } = refused.clone();
        Self { file, line, column, reason }
    }
}

operation! {
    /// List the stored queries
    ///
    /// The list holds the queries that come with the program and those of the folder that the server was given
    /// (`accord serve --queries`), which is looked at every second. A graph specialist is told which of its files are refused, and why.
    list_queries = list;
    "queries", Administration;
}

fn list(scope: &CallerScope, (): ()) -> Result<QueryList, Problem> {
    let library = scope.library();
    let queries = library.iter().map(|query| QuerySummary::of(scope, &library, query));
    let is_specialist = scope.principal.roles.contains(&Role::GraphSpecialist);
    let refused = is_specialist.then(|| library.refused().iter().map(RefusedQuery::of));
    Ok(QueryList { queries: queries.collect(), refused: refused.map(Iterator::collect) })
}
