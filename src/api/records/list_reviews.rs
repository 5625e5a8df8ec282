//! `GET /v1/records/reviews`: the rows whose review is due.

use serde::Serialize;
use utoipa::ToSchema;

use crate::api::formats::{Cell, Forms, Place, Table};
use crate::api::operation::operation;
use crate::api::page::{Page, PageRequest, page};
use crate::api::problem::Problem;
use crate::api::query::query;
use crate::api::scope::CallerScope;
use crate::casework::reviews::{Row, Rows};
use crate::govern::RecordReview;
use crate::model::{RecordId, Timestamp};

/// A row with the time by which it must be reviewed, and its records.
type Due<'a> = ((Timestamp, Row<'a>), Vec<RecordId>);

/// Rows that must be reviewed.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct RowsToReview {
    /// The rows, the earliest first.
    #[serde(flatten)]
    pub rows: Page<RowToReview>,
}

/// A row that must be reviewed.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct RowToReview {
    /// The time by which the row must be reviewed.
    pub review_by: Timestamp,
    /// The agency's own id of the row; absent when it is masked.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub local_id: Option<String>,
    /// The records of the row, ascending; empty if it has events only.
    pub records: Vec<RecordId>,
    /// Its reviews so far, the oldest first.
    pub reviews: Vec<RecordReview>,
}

query! {
    /// The query parameters of the list of rows to review.
    ReviewsQuery {
        /// Only rows whose review is due before this time; all rows when absent
        before "before": Option<Timestamp>,
        /// The page
        page "": PageRequest,
    }
}

operation! {
    /// List rows to review
    ///
    /// The rows of the caller's agency, as far as the caller sees them, whose review is due before a time, overdue rows
    /// included: the earliest first, each with its reviews so far (user, time and reason).
    list_reviews = list;
    "records", Consultation, Light;
    forms Forms::json().with_table(place, table);
    examples {
        "limit": 10,
    };
}

fn list(scope: &CallerScope, query: ReviewsQuery) -> Result<RowsToReview, Problem> {
    let ReviewsQuery { before, page: request } = query;
    let seen = scope.seen()?;
    let snapshot = seen.snapshot();
    let rows = Rows { id_key: scope.id_key(), own: seen.own_rows() };
    let due: Vec<_> = rows.due(before).into_iter().collect();
    let before = before.map(|before| before.to_string()).unwrap_or_default();
    let name = |((by, row), _): &Due<'_>| format!("{by} {:?} {}", row.0, row.1);
    let found = page(scope, &["reviews", &before], &request, &due, name, Clone::clone)?;
    let wire = |((review_by, row), records): Due<'_>| {
        let reviews = scope.reviews_of(rows.key(row))?.reviews;
        // The local id of a victim's row is masked here, too.
        let masked = records
            .iter()
            .filter_map(|id| snapshot.stored(*id))
            .any(|index| snapshot.is_masked(snapshot.entity_of(index)));
        let local_id = (!masked).then(|| row.1.to_owned());
        let records = seen.shown_records(records);
        Ok(RowToReview { review_by, local_id, records, reviews })
    };
    let items = found.items.into_iter().map(wire).collect::<Result<_, Problem>>()?;
    Ok(RowsToReview { rows: Page { items, total: found.total, next: found.next } })
}

fn place(answer: &RowsToReview) -> Place {
    Place { snapshot: None, ..answer.rows.place("") }
}

fn table(answer: &RowsToReview) -> Table {
    let rows = answer.rows.items.iter().map(|row| {
        vec![
            Cell::of(row.review_by),
            Cell::maybe(row.local_id.as_ref()),
            Cell::texts(&row.records),
            row.reviews.len().into(),
        ]
    });
    Table::new(["review_by", "local_id", "records", "reviews"], rows)
}
