//! `GET /v1/queries/{name}`: one stored query with its text.

use actix_web::{HttpRequest, get, web};
use serde::Serialize;
use utoipa::ToSchema;

use super::list::QuerySummary;
use crate::api::answer::Answer;
use crate::api::context::Context;
use crate::api::parameters::Parameters;
use crate::api::problem::{Code, Problem, ProblemBody};
use crate::govern::Function;

/// A stored query with its text.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct QueryAnswer {
    /// What it is for, its parameters and columns.
    #[serde(flatten)]
    pub query: QuerySummary,
    /// The whole file, header and Cypher.
    pub cypher: String,
}

/// Get a stored query
#[utoipa::path(
    tag = "queries",
    operation_id = "get_query",
    params(("name" = String, Path, description = "The query's name")),
    responses((status = 200, body = QueryAnswer), (status = 404, body = ProblemBody)),
)]
#[get("/v1/queries/{name}")]
pub async fn get_query(
    context: Context,
    request: HttpRequest,
    name: web::Path<String>,
) -> Result<Answer<QueryAnswer>, Problem> {
    Parameters::of(&request)?.finish()?;
    context
        .answer(Function::Ask, move |scope| {
            let library = scope.library();
            let query = library.get(&name).ok_or_else(|| Problem::new(Code::NotFound))?;
            Ok(QueryAnswer {
                query: QuerySummary::of(scope, &library, query),
                cypher: query.cypher().to_owned(),
            })
        })
        .await
}
