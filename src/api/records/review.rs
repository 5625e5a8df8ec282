//! `POST /v1/records/reviews`: a reviewer of the owner keeps rows beyond their review.

use std::collections::{BTreeMap, BTreeSet};

use actix_web::post;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::api::answer::Answer;
use crate::api::context::Context;
use crate::api::limits::REVIEWED_MAX;
use crate::api::problem::{Code, Problem, ProblemBody};
use crate::api::reason::reason;
use crate::api::receive::Body;
use crate::api::scope::Scope;
use crate::govern::{Function, REVIEW_DAYS_MAX, RecordReview, is_review_date};
use crate::graph::Snapshot;
use crate::ingest::{ROW, day_of};
use crate::jobs;
use crate::model::{Label, Record, RecordId, Series, Timestamp};
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
    body: Body,
) -> Result<Answer<RecordsReviewed>, Problem> {
    context.answer_to(Function::ReviewRecords, body, review).await
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
    let seen = scope.seen()?;
    let rows = Rows { scope, snapshot: seen.snapshot().original() };
    let mut wanted = BTreeSet::new();
    for id in asked.records {
        wanted.insert(rows.of_record(id)?);
    }
    for local_id in &asked.local_ids {
        wanted.extend(rows.called(local_id.trim())?);
    }
    let ids = rows.ids(&wanted);
    let reviewed = RecordReview { by: scope.act(), review_by, explanation };
    let keys: Vec<RecordId> = wanted.iter().map(|row| rows.key(*row)).collect();
    let mut shown: Vec<RecordId> =
        ids.records.iter().filter_map(|id| seen.shown_record(*id)).collect();
    shown.sort_unstable();
    jobs::review(scope.state.store.as_ref(), &keys, &ids, &reviewed)?;
    Ok(RecordsReviewed { records: shown, rows: keys.len(), review_by })
}

/// The caller's agency's own rows, as far as the caller sees them.
pub(super) struct Rows<'a> {
    pub scope: &'a Scope,
    pub snapshot: &'a Snapshot,
}

/// A row of the caller's agency: its series and its id in it.
pub(super) type Row<'a> = (Series, &'a str);

/// The row that a record is of, for those that must be reviewed.
fn row_of(record: &Record) -> Row<'_> {
    let row = record.raw.get(ROW).map_or(record.local_id.as_str(), String::as_str);
    (Series::of(record.label.intelligence), row)
}

impl<'a> Rows<'a> {
    fn owns(&self, agency: &str) -> bool {
        self.scope.caller.agency == agency
    }

    /// The id that a row's first record has or would have.
    pub fn key(&self, (series, row): Row<'_>) -> RecordId {
        self.scope.state.id_key.record_of(series, &self.scope.caller.agency, row)
    }

    /// The row of a record.
    fn of_record(&self, id: RecordId) -> Result<Row<'a>, Problem> {
        let record = self.snapshot.record(id).map(|at| &self.snapshot.records[at as usize]);
        let record = record.filter(|record| self.owns(&record.label.agency));
        let record = record.ok_or_else(|| Problem::new(Code::NotFound))?;
        match record.label.review_by {
            Some(_) => Ok(row_of(record)),
            None => Err(without()),
        }
    }

    /// The rows that the agency calls so, or that have a record which it calls so: one of each series at most. Of two
    /// it is those that must be reviewed.
    fn called(&self, local_id: &str) -> Result<Vec<Row<'a>>, Problem> {
        let both = [Series::Ordinary, Series::Intelligence];
        let found = both.map(|series| self.called_in(series, local_id));
        let rows: Vec<Row<'a>> = found.iter().filter_map(|it| it.as_ref().ok()).copied().collect();
        let [ordinary, intelligence] = found;
        match (rows.is_empty(), ordinary) {
            (false, _) => Ok(rows),
            (true, Err(problem)) if problem.code() != Code::NotFound => Err(problem),
            (true, _) => intelligence.map(|row| vec![row]),
        }
    }

    fn called_in(&self, series: Series, local_id: &str) -> Result<Row<'a>, Problem> {
        let record = self.key((series, local_id));
        if self.snapshot.record(record).is_some() {
            return self.of_record(record);
        }
        let mut events = self.snapshot.events.iter();
        let event = events.find(|it| {
            let is_called = it.local_id == local_id && Series::of(it.label.intelligence) == series;
            self.owns(&it.label.agency) && is_called
        });
        match event {
            None => Err(Problem::new(Code::NotFound)),
            Some(event) if event.label.review_by.is_some() => Ok((series, &event.local_id)),
            Some(_) => Err(without()),
        }
    }

    /// All that rows made, each kind ascending.
    fn ids(&self, rows: &BTreeSet<Row<'_>>) -> Ids {
        let has = |label: &Label, local_id: &str| {
            self.owns(&label.agency) && rows.contains(&(Series::of(label.intelligence), local_id))
        };
        let records = self.snapshot.records.iter();
        let records = records.filter(|record| {
            let must = self.owns(&record.label.agency) && record.label.review_by.is_some();
            must && rows.contains(&row_of(record))
        });
        let ties = self.snapshot.ties.iter();
        let ties = ties.filter(|tie| has(&tie.label, &tie.local_id));
        let events = self.snapshot.events.iter();
        let events = events.filter(|it| has(&it.label, &it.local_id));
        Ids {
            records: records.map(|record| record.id).collect(),
            ties: ties.map(|tie| tie.id).collect(),
            events: events.map(|event| event.id).collect(),
        }
    }

    /// The rows that must be reviewed (before a time), by when, with their records.
    pub fn due(&self, before: Option<Timestamp>) -> BTreeMap<(Timestamp, Row<'a>), Vec<RecordId>> {
        let early = |by: &Timestamp| before.is_none_or(|before| *by < before);
        let mut due: BTreeMap<_, Vec<RecordId>> = BTreeMap::new();
        for record in self.snapshot.records.iter().filter(|it| self.owns(&it.label.agency)) {
            if let Some(by) = record.label.review_by.filter(early) {
                due.entry((by, row_of(record))).or_default().push(record.id);
            }
        }
        for event in self.snapshot.events.iter().filter(|it| self.owns(&it.label.agency)) {
            if let Some(by) = event.label.review_by.filter(early) {
                let row = (Series::of(event.label.intelligence), event.local_id.as_str());
                due.entry((by, row)).or_default();
            }
        }
        due
    }
}

fn without() -> Problem {
    Problem::member("records", "no_review", "one of them need not be reviewed")
}
