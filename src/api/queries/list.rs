//! `GET /v1/queries`: the library of stored queries.

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
    /// The name of the query.
    pub name: String,
    /// The purpose of the query, in words.
    pub about: String,
    /// The stores that can run the query: `all`, or `neo4j` if only a Neo4j store can.
    #[schema(value_type = String)]
    pub engines: Engines,
    /// True if this server's store can run the query.
    pub supported: bool,
    /// True if the query is from this server's own folder, not from the program's library.
    pub own: bool,
    /// The version: a hash of the query's whole text.
    pub version: String,
    /// Its parameters.
    pub parameters: Vec<ParameterView>,
    /// The columns of its rows.
    pub columns: Vec<ColumnView>,
}

/// A parameter of a stored query.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct ParameterView {
    /// The name of the parameter.
    pub name: String,
    /// The type: `string`, `integer`, `float`, `boolean`, `timestamp`, `entity_id`, `list of string` or
    /// `list of entity_id`.
    #[serde(rename = "type")]
    #[schema(value_type = String)]
    pub value_type: &'static str,
    /// The value when absent; a parameter without a default is required.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub default: Option<serde_json::Value>,
    /// The smallest allowed number; absent when there is no limit.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub min: Option<i64>,
    /// The greatest allowed number; absent when there is no limit.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max: Option<i64>,
    /// The meaning of the parameter, with its unit.
    pub about: String,
    /// An example of a value.
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
    /// The name of the column.
    pub name: String,
    /// The type, with the same names as for parameters.
    #[serde(rename = "type")]
    #[schema(value_type = String)]
    pub value_type: &'static str,
    /// True if values may be null.
    pub nullable: bool,
    /// The meaning of the column, with its unit.
    pub about: String,
}

impl ColumnView {
    /// Returns a column as the API shows it.
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
    /// Returns a query of this server's library as the API shows it.
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

/// The library of stored queries.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct QueryList {
    /// The queries, by name.
    pub queries: Vec<QuerySummary>,
    /// The files of the server's own folder that are refused; shown to graph specialists only.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub refused: Option<Vec<RefusedQuery>>,
}

/// A refused file of the server's own folder of queries.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct RefusedQuery {
    /// The file's name; `.` for the folder itself.
    pub file: String,
    /// The line of the fault, from 1.
    pub line: usize,
    /// The character of the fault in the line, from 1.
    pub column: usize,
    /// The fault in words.
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
    /// (`accord serve --queries`), which is read again every second. A graph specialist also sees the refused files of
    /// the folder with the reasons.
    list_queries = list;
    "queries", Administration, Light;
}

fn list(scope: &CallerScope, (): ()) -> Result<QueryList, Problem> {
    let library = scope.library();
    let queries = library.iter().map(|query| QuerySummary::of(scope, &library, query));
    let is_specialist = scope.principal.roles.contains(&Role::GraphSpecialist);
    let refused = is_specialist.then(|| library.refused().iter().map(RefusedQuery::of));
    Ok(QueryList { queries: queries.collect(), refused: refused.map(Iterator::collect) })
}
