//! `GET /v1/queries/{name}`: one stored query with its text.

use serde::Serialize;
use utoipa::ToSchema;

use super::list::QuerySummary;
use crate::api::input::Name;
use crate::api::operation::operation;
use crate::api::problem::{Code, Problem};
use crate::api::scope::CallerScope;

/// A stored query with its text.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct QueryAnswer {
    /// The query's description, its parameters and columns.
    #[serde(flatten)]
    pub query: QuerySummary,
    /// The text of the whole file: the header and the Cypher statement.
    pub cypher: String,
}

operation! {
    /// Get a stored query
    get_query = get;
    "queries", Administration, Light;
    examples {
        "name": "shared-phones",
    };
    404 "There is no such thing";
}

fn get(scope: &CallerScope, Name(name): Name) -> Result<QueryAnswer, Problem> {
    let library = scope.library();
    let query = library.get(&name).ok_or_else(|| Problem::new(Code::NotFound))?;
    Ok(QueryAnswer {
        query: QuerySummary::of(scope, &library, query),
        cypher: query.cypher().to_owned(),
    })
}
