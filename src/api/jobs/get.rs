//! `GET /v1/jobs/{id}`: how a job stands.

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

operation! {
    /// Get a job
    ///
    /// How far it is, and its result once it has ended.
    get_job = get;
    "jobs", Administration;
    examples {
        "id": examples::JOB,
    };
    404 "There is no such thing";
}

fn get(scope: &CallerScope, Id(id): Id<JobId>) -> Result<JobView, Problem> {
    scope.job(id).map(JobView::of)
}
