//! `GET /v1/jobs/{id}`: the status of a job.

use serde::Serialize;
use utoipa::ToSchema;

use crate::api::examples;
use crate::api::input::Id;
use crate::api::operation::operation;
use crate::api::problem::Problem;
use crate::api::scope::CallerScope;
use crate::jobs::{JobError, JobId, JobState, JobStatus};
use crate::model::Timestamp;

/// A job.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct JobView {
    /// The id of the job.
    pub id: JobId,
    /// The kind of work, e.g. `import`.
    #[schema(value_type = String)]
    pub kind: &'static str,
    /// The state: `queued`, `running`, `succeeded`, `failed` or `cancelled`.
    #[schema(value_type = String)]
    pub state: JobState,
    /// The user who started the job.
    pub user: String,
    /// Number of units done.
    pub done: u64,
    /// Number of units in all; absent when unknown.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub total: Option<u64>,
    /// The unit of `done` and `total`, e.g. `bytes`.
    #[schema(value_type = String)]
    pub unit: &'static str,
    /// The time at which the job was requested.
    pub created: Timestamp,
    /// The time at which the job began to run; absent before.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub started: Option<Timestamp>,
    /// The time at which the job ended; absent before.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ended: Option<Timestamp>,
    /// The result, once the job has succeeded; of an import, the counts and the refused rows.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    pub result: Option<serde_json::Value>,
    /// The reason for which the job failed or was cancelled; absent otherwise.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error: Option<JobErrorView>,
}

/// The reason for which a job failed or was cancelled.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct JobErrorView {
    /// The reason as a stable code.
    #[schema(value_type = String)]
    pub code: &'static str,
    /// The reason in words.
    pub detail: String,
}

impl JobView {
    /// Returns the status of a job as the API shows it.
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

operation! {
    /// Get a job
    ///
    /// The job's progress, and its result once it has ended.
    get_job = get;
    "jobs", Administration, Light;
    examples {
        "id": examples::JOB,
    };
    404 "There is no such thing";
}

fn get(scope: &CallerScope, Id(id): Id<JobId>) -> Result<JobView, Problem> {
    scope.job(id).map(JobView::of)
}
