//! `GET /v1/records/reviews`: the rows whose review falls due.

use actix_web::{HttpRequest, get};
use serde::Serialize;
use utoipa::ToSchema;

use crate::api::answer::Answer;
use crate::api::context::Context;
use crate::api::page::{Page, PageRequest, page};
use crate::api::parameters::Parameters;
use crate::api::problem::Problem;
use crate::api::scope::CallerScope;
use crate::casework::reviews::{Row, Rows};
use crate::govern::{Function, RecordReview};
use crate::model::{RecordId, Timestamp};

/// A row by when it must be reviewed, and its records.
type Due<'a> = ((Timestamp, Row<'a>), Vec<RecordId>);

/// A row that must be reviewed.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct RowToReview {
    /// When.
    pub review_by: Timestamp,
    /// The agency's own id of the row; absent when it is masked.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub local_id: Option<String>,
    /// Its records, ascending; none where it has events only.
    pub records: Vec<RecordId>,
    /// Its reviews so far, the oldest first.
    pub reviews: Vec<RecordReview>,
}

/// List rows to review
///
/// The rows of the caller's agency, as far as the caller sees them, whose review falls due before a time,
/// overdue ones included: the earliest first, with who reviewed them before, when and why.
#[utoipa::path(
    tag = "records",
    operation_id = "list_reviews",
    params(
        ("before" = Option<Timestamp>, Query, description = "Only those that fall due before; all without"),
        ("limit" = Option<u64>, Query, minimum = 1, maximum = 500, description = "Rows on a page; 50 when absent"),
        ("cursor" = Option<String>, Query, description = "`next` of the page before"),
    ),
    responses((status = 200, body = Page<RowToReview>)),
)]
#[get("/v1/records/reviews")]
pub async fn list_reviews(
    context: Context,
    request: HttpRequest,
) -> Result<Answer<Page<RowToReview>>, Problem> {
    let mut parameters = Parameters::of(&request)?;
    let before = parameters.text("before")?;
    let page = PageRequest::read(&mut parameters)?;
    parameters.finish()?;
    let parsed = before.as_deref().map(str::parse::<Timestamp>).transpose();
    let parsed = parsed.map_err(|error| Problem::parameter("before", error.to_string()))?;
    context.answer(Function::ReviewRecords, move |scope| list(scope, parsed, &page)).await
}

fn list(
    scope: &CallerScope,
    before: Option<Timestamp>,
    request: &PageRequest,
) -> Result<Page<RowToReview>, Problem> {
    let seen = scope.seen()?;
    let snapshot = seen.snapshot();
    let rows = Rows { id_key: scope.id_key(), own: seen.own_rows() };
    let due: Vec<_> = rows.due(before).into_iter().collect();
    let before = before.map(|before| before.to_string()).unwrap_or_default();
    let name = |((by, row), _): &Due<'_>| format!("{by} {:?} {}", row.0, row.1);
    let found = page(scope, &["reviews", &before], request, &due, name, Clone::clone)?;
    let wire = |((review_by, row), records): Due<'_>| {
        let reviews = scope.reviews_of(rows.key(row))?.reviews;
        // A victim's is masked here, too.
        let masked = records
            .iter()
            .filter_map(|id| snapshot.stored(*id))
            .any(|index| snapshot.is_masked(snapshot.entity_of(index)));
        let local_id = (!masked).then(|| row.1.to_owned());
        let records = seen.shown_records(records);
        Ok(RowToReview { review_by, local_id, records, reviews })
    };
    let items = found.items.into_iter().map(wire).collect::<Result<_, Problem>>()?;
    Ok(Page { items, total: found.total, next: found.next })
}
