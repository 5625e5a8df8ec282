//! `DELETE /v1/jobs/{id}`: stop a job.

use actix_web::{HttpRequest, delete, web};

use super::get::JobView;
use crate::api::answer::Answer;
use crate::api::context::Context;
use crate::api::parameters::{Parameters, named};
use crate::api::problem::{Problem, ProblemBody};
use crate::govern::Function;

/// Cancel a job
///
/// A waiting job ends at once, a running one at its next batch. What it stored before stays; an
/// ended job stays as it is.
#[utoipa::path(
    tag = "jobs",
    operation_id = "cancel_job",
    params(("id" = String, Path, description = "The job's id")),
    responses((status = 200, body = JobView), (status = 404, body = ProblemBody)),
)]
#[delete("/v1/jobs/{id}")]
pub async fn cancel_job(
    context: Context,
    request: HttpRequest,
    id: web::Path<String>,
) -> Result<Answer<JobView>, Problem> {
    Parameters::of(&request)?.finish()?;
    context.answer(Function::Ask, move |scope| scope.cancel_job(named(&id)?).map(JobView::of)).await
}
