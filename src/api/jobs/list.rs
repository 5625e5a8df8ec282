//! `GET /v1/jobs`: the agency's jobs.

use actix_web::{HttpRequest, get};
use serde::Serialize;
use utoipa::ToSchema;

use super::get::JobView;
use crate::api::answer::Answer;
use crate::api::context::Context;
use crate::api::parameters::Parameters;
use crate::api::problem::Problem;
use crate::govern::Function;

/// The agency's jobs.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct JobList {
    /// The latest first; of ended ones the last 100.
    pub jobs: Vec<JobView>,
}

/// List the agency's jobs
#[utoipa::path(
    tag = "jobs",
    operation_id = "list_jobs",
    responses((status = 200, body = JobList)),
)]
#[get("/v1/jobs")]
pub async fn list_jobs(context: Context, request: HttpRequest) -> Result<Answer<JobList>, Problem> {
    Parameters::of(&request)?.finish()?;
    context
        .answer(Function::Ask, |scope| {
            let jobs = scope.jobs();
            Ok(JobList { jobs: jobs.into_iter().map(JobView::of).collect() })
        })
        .await
}
