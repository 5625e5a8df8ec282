//! `POST /v1/records/reviews`: reviews rows of the own agency, to keep them longer.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::api::input::Json;
use crate::api::operation::operation;
use crate::api::problem::Problem;
use crate::api::scope::CallerScope;
use crate::casework::reviews;
use crate::model::{RecordId, Timestamp};

/// A review of rows: the rows to keep, the time of their next review and the reason.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RecordReviewRequest {
    /// Records of the caller's agency; each stands for its row, with all records, ties and events of the row.
    #[serde(default)]
    pub records: Vec<RecordId>,
    /// The agency's own ids of rows or records that are not named by `records`. At most 100 in both lists together.
    #[serde(default)]
    pub local_ids: Vec<String>,
    /// The time by which the rows must be reviewed next: at most five years ahead. From the beginning of that day (UTC)
    /// on, nobody but the owner sees them, and 30 days later they are removed.
    pub review_by: Timestamp,
    /// The reason for which the rows are kept, in 10 to 1,000 characters.
    pub explanation: String,
}

/// The reviewed rows.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct RecordsReviewed {
    /// All records of the rows, ascending.
    pub records: Vec<RecordId>,
    /// Number of reviewed rows.
    pub rows: usize,
    /// The time by which the rows must be reviewed next.
    pub review_by: Timestamp,
}

operation! {
    /// Review rows
    ///
    /// Keeps rows until their next review. For an approver or privacy officer of the agency that owns the rows, who
    /// sees them. The reviewer, the time and the reason are kept. Only rows with a time of review can be reviewed; a
    /// review does not prolong a victim's release.
    review_records = review;
    "records", Alteration, Write;
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
