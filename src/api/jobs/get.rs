//! `GET /v1/jobs/{id}`: how a job stands.

use actix_web::{HttpRequest, get, web};
use serde::Serialize;
use utoipa::ToSchema;

use crate::api::answer::Answer;
use crate::api::context::Context;
use crate::api::parameters::{Parameters, named};
use crate::api::problem::{Problem, ProblemBody};
use crate::govern::Function;
use crate::jobs::{JobError, JobId, JobState, JobStatus};
use crate::model::Timestamp;

/// A job.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct JobView {
    /// Its id.
    pub id: JobId,
    /// What it does, e.g. `import`.
    #[schema(value_type = String)]
    pub kind: &'static str,
    /// `queued`, `running`, `succeeded`, `failed` or `cancelled`.
    #[schema(value_type = String)]
    pub state: JobState,
    /// Who started it.
    pub user: String,
    /// Units done.
    pub done: u64,
    /// Units in all, when known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub total: Option<u64>,
    /// What is counted, e.g. `bytes`.
    #[schema(value_type = String)]
    pub unit: &'static str,
    /// When it was asked for.
    pub created: Timestamp,
    /// When it began.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub started: Option<Timestamp>,
    /// When it ended.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ended: Option<Timestamp>,
    /// What it found, once succeeded; of an import the counts and the refused rows.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    pub result: Option<serde_json::Value>,
    /// Why it did not succeed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error: Option<JobErrorView>,
}

/// Why a job did not succeed.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct JobErrorView {
    /// A stable code.
    #[schema(value_type = String)]
    pub code: &'static str,
    /// What happened.
    pub detail: String,
}

impl JobView {
    /// A job's status.
    pub fn of(status: JobStatus) -> Self {
        let detail = status.error.as_ref().map(ToString::to_string).unwrap_or_default();
        let code = status.error.map(|error| match error {
            JobError::Cancelled => "cancelled",
            JobError::Failed { code, .. } => code,
        });
        Self {
            id: status.id,
            kind: status.kind,
            state: status.state,
            user: status.owner.user,
            done: status.progress.done,
            total: status.progress.total,
            unit: status.progress.unit,
            created: status.created,
            started: status.started,
            ended: status.ended,
            result: status.result,
            error: code.map(|code| JobErrorView { code, detail }),
        }
    }
}

/// Get a job
///
/// How far it is, and its result once it has ended.
#[utoipa::path(
    tag = "jobs",
    operation_id = "get_job",
    params(("id" = String, Path, description = "The job's id")),
    responses((status = 200, body = JobView), (status = 404, body = ProblemBody)),
)]
#[get("/v1/jobs/{id}")]
pub async fn get_job(
    context: Context,
    request: HttpRequest,
    id: web::Path<String>,
) -> Result<Answer<JobView>, Problem> {
    Parameters::of(&request)?.finish()?;
    context.answer(Function::Ask, move |scope| scope.job(named(&id)?).map(JobView::of)).await
}
