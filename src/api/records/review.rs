//! `POST /v1/records/reviews`: a reviewer of the owner keeps rows beyond their review.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::api::input::Json;
use crate::api::operation::operation;
use crate::api::problem::Problem;
use crate::api::scope::CallerScope;
use crate::casework::reviews;
use crate::model::{RecordId, Timestamp};

/// What is kept, until when, and why.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RecordReviewRequest {
    /// Records of the caller's agency; each stands for its row, with all that the row made.
    #[serde(default)]
    pub records: Vec<RecordId>,
    /// The agency's own ids of rows or records, for those that are not named by `records`. At most 100 in all.
    #[serde(default)]
    pub local_ids: Vec<String>,
    /// When they must be reviewed next: at most five years ahead. From the beginning of that day (UTC) on nobody
    /// but the owner sees them, and 30 days later they are removed.
    pub review_by: Timestamp,
    /// Why they are kept, in 10 to 1,000 characters.
    pub explanation: String,
}

/// What was reviewed.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct RecordsReviewed {
    /// All records of the rows, ascending.
    pub records: Vec<RecordId>,
    /// Rows, each of which has an account of its review now.
    pub rows: usize,
    /// When they must be reviewed next.
    pub review_by: Timestamp,
}

operation! {
    /// Review rows
    ///
    /// For an approver or privacy officer of the agency that owns the rows and sees them: keeps them until
    /// their next review. Who reviewed them, when and why is written down. Only rows that must be reviewed are; a
    /// release by which a victim let a row go ends when it ends.
    review_records = review;
    "records", Alteration;
    examples {
        "body": {
            "local_ids": ["example-1"],
            "review_by": "2029-01-01T00:00:00Z",
            "explanation": "The investigation TF-2026-1 goes on until the trial",
        },
    };
    404 "One of them is none of the caller's agency's in the caller's view";
    422 "One of them has no review, or the date is none";
}

fn review(
    scope: &CallerScope,
    Json(asked): Json<RecordReviewRequest>,
) -> Result<RecordsReviewed, Problem> {
    let RecordReviewRequest { records, local_ids, review_by, explanation } = asked;
    let asked = reviews::RetentionReview { records, local_ids, review_by, explanation };
    let (work, question, seen) = (scope.casework(), scope.question(), scope.seen()?);
    let reviewed = reviews::review(work, &question, seen.own_rows(), &asked)?;
    let records = seen.shown_records(reviewed.records);
    Ok(RecordsReviewed { records, rows: reviewed.rows, review_by: reviewed.review_by })
}
