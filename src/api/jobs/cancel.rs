//! `DELETE /v1/jobs/{id}`: cancels a job.

use super::get::JobView;
use crate::api::examples;
use crate::api::input::Id;
use crate::api::operation::operation;
use crate::api::problem::Problem;
use crate::api::scope::CallerScope;
use crate::jobs::JobId;

operation! {
    /// Cancel a job
    ///
    /// A waiting job ends at once, a running job at its next batch. Batches that were stored before stay; an ended job
    /// stays as it is.
    cancel_job = cancel;
    "jobs", Administration, Write;
    examples {
        "id": examples::JOB,
    };
    404 "There is no such thing";
}

fn cancel(scope: &CallerScope, Id(id): Id<JobId>) -> Result<JobView, Problem> {
    scope.cancel_job(id).map(JobView::of)
}
