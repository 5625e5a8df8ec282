//! `POST /v1/records/reviews`: a reviewer of the owner keeps rows beyond their review.

use std::collections::{BTreeMap, BTreeSet};

use actix_web::{HttpRequest, post, web};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::api::limits::REVIEWED_MAX;
use crate::api::problem::{Code, Problem, ProblemBody};
use crate::api::reason::reason;
use crate::api::state::{Body, Context, Scope};
use crate::govern::{Function, REVIEW_DAYS_MAX, RecordReview, is_review_date};
use crate::graph::Snapshot;
use crate::ingest::{ROW, day_of};
use crate::jobs;
use crate::model::{Record, RecordId, Timestamp};
use crate::store::Ids;

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

/// Review rows
///
/// For an approver or privacy officer of the agency that owns the rows and sees them: keeps them until
/// their next review. Who reviewed them, when and why is written down. Only rows that must be reviewed are; a
/// release by which a victim let a row go ends when it ends.
#[utoipa::path(
    tag = "records",
    operation_id = "review_records",
    request_body = RecordReviewRequest,
    responses(
        (status = 200, body = RecordsReviewed),
        (status = 404, body = ProblemBody, description = "One of them is none of the caller's agency's in the caller's view"),
        (status = 422, body = ProblemBody, description = "One of them has no review, or the date is none"),
    ),
)]
#[post("/v1/records/reviews")]
pub async fn review_records(
    context: Context,
    request: HttpRequest,
    bytes: web::Bytes,
) -> Result<web::Json<RecordsReviewed>, Problem> {
    context.answer_to(Function::ReviewRecords, Body::of(&request, bytes), review).await
}

fn review(scope: &Scope, asked: RecordReviewRequest) -> Result<RecordsReviewed, Problem> {
    let explanation = reason(&asked.explanation, "explanation")?;
    let named = asked.records.len() + asked.local_ids.len();
    if !(1..=REVIEWED_MAX).contains(&named) {
        let detail = format!("1 to {REVIEWED_MAX} records and local ids");
        return Err(Problem::member("records", "out_of_range", detail));
    }
    let review_by = day_of(asked.review_by);
    if !is_review_date(review_by, scope.at) {
        let detail = format!("a day that lies ahead, at most {REVIEW_DAYS_MAX} days");
        return Err(Problem::member("review_by", "bad_review", detail));
    }
    let snapshot = scope.snapshot()?;
    let rows = Rows { scope, snapshot: snapshot.original() };
    let mut wanted = BTreeSet::new();
    for id in asked.records {
        wanted.insert(rows.of_record(id)?);
    }
    for local_id in &asked.local_ids {
        wanted.insert(rows.called(local_id.trim())?);
    }
    let ids = rows.ids(&wanted);
    let reviewed = RecordReview { by: scope.act(), review_by, explanation };
    let keys: Vec<RecordId> = wanted.iter().map(|row| rows.key(row)).collect();
    jobs::review(scope.state.store.as_ref(), &keys, &ids, &reviewed, &scope.due)?;
    Ok(RecordsReviewed { records: ids.records, rows: keys.len(), review_by })
}

/// The caller's agency's own rows, as far as the caller sees them.
pub(super) struct Rows<'a> {
    pub scope: &'a Scope,
    pub snapshot: &'a Snapshot,
}

/// The row that a record is of, for those that must be reviewed.
pub(super) fn row_of(record: &Record) -> &str {
    record.raw.get(ROW).map_or(&record.local_id, String::as_str)
}

impl<'a> Rows<'a> {
    fn owns(&self, agency: &str) -> bool {
        self.scope.caller.agency == agency
    }

    /// The id that a row's first record has or would have.
    pub fn key(&self, row: &str) -> RecordId {
        self.scope.state.id_key.record(&self.scope.caller.agency, row)
    }

    /// The row of a record.
    fn of_record(&self, id: RecordId) -> Result<&'a str, Problem> {
        let record = self.snapshot.record(id).map(|at| &self.snapshot.records[at as usize]);
        let record = record.filter(|record| self.owns(&record.label.agency));
        let record = record.ok_or_else(|| Problem::new(Code::NotFound))?;
        match record.label.review_by {
            Some(_) => Ok(row_of(record)),
            None => Err(without()),
        }
    }

    /// The row that the agency calls so, or that has a record which it calls so.
    fn called(&self, local_id: &str) -> Result<&'a str, Problem> {
        let record = self.key(local_id);
        if self.snapshot.record(record).is_some() {
            return self.of_record(record);
        }
        let mut events = self.snapshot.events.iter();
        let event = events.find(|it| self.owns(&it.label.agency) && it.local_id == local_id);
        match event {
            None => Err(Problem::new(Code::NotFound)),
            Some(event) if event.label.review_by.is_some() => Ok(&event.local_id),
            Some(_) => Err(without()),
        }
    }

    /// All that rows made, each kind ascending.
    fn ids(&self, rows: &BTreeSet<&str>) -> Ids {
        let records = self.snapshot.records.iter();
        let records = records.filter(|record| {
            let must = self.owns(&record.label.agency) && record.label.review_by.is_some();
            must && rows.contains(row_of(record))
        });
        let ties = self.snapshot.ties.iter();
        let ties =
            ties.filter(|tie| self.owns(&tie.label.agency) && rows.contains(tie.local_id.as_str()));
        let events = self.snapshot.events.iter();
        let events =
            events.filter(|it| self.owns(&it.label.agency) && rows.contains(it.local_id.as_str()));
        Ids {
            records: records.map(|record| record.id).collect(),
            ties: ties.map(|tie| tie.id).collect(),
            events: events.map(|event| event.id).collect(),
        }
    }

    /// The rows that must be reviewed (before a time), by when, with their records.
    pub fn due(&self, before: Option<Timestamp>) -> BTreeMap<(Timestamp, &'a str), Vec<RecordId>> {
        let early = |by: &Timestamp| before.is_none_or(|before| *by < before);
        let mut due: BTreeMap<_, Vec<RecordId>> = BTreeMap::new();
        for record in self.snapshot.records.iter().filter(|it| self.owns(&it.label.agency)) {
            if let Some(by) = record.label.review_by.filter(early) {
                due.entry((by, row_of(record))).or_default().push(record.id);
            }
        }
        for event in self.snapshot.events.iter().filter(|it| self.owns(&it.label.agency)) {
            if let Some(by) = event.label.review_by.filter(early) {
                due.entry((by, event.local_id.as_str())).or_default();
            }
        }
        due
    }
}

fn without() -> Problem {
    Problem::member("records", "no_review", "one of them need not be reviewed")
}
