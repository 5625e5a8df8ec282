//! `GET /v1/jobs`: the agency's jobs.

use serde::Serialize;
use utoipa::ToSchema;

use super::get::JobView;
use crate::api::operation::operation;
use crate::api::problem::Problem;
use crate::api::scope::CallerScope;

/// The agency's jobs.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct JobList {
    /// The jobs, the latest first; of ended jobs the last 100.
    pub jobs: Vec<JobView>,
}

operation! {
    /// List the agency's jobs
    list_jobs = list;
    "jobs", Administration, Light;
}

fn list(scope: &CallerScope, (): ()) -> Result<JobList, Problem> {
    let jobs = scope.jobs();
    Ok(JobList { jobs: jobs.into_iter().map(JobView::of).collect() })
}
