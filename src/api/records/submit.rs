//! `POST /v1/records`: submits one row.

use serde::Serialize;
use utoipa::ToSchema;

use crate::api::examples;
use crate::api::input::Json;
use crate::api::operation::operation;
use crate::api::problem::Problem;
use crate::api::scope::CallerScope;
use crate::ingest::{RowOutput, SubmittedRow};
use crate::model::RecordId;

/// The changes by a submission. The number of links of the new records is not told: some links may go to records that
/// the caller may not see.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct Submitted {
    /// The ids of the submitted records, in their order.
    pub records: Vec<RecordId>,
    /// Number of new records.
    pub records_new: u64,
    /// Number of records that were in the store before with the same content.
    pub records_unchanged: u64,
    /// Number of new ties.
    pub ties: u64,
    /// Number of new events.
    pub events: u64,
}

operation! {
    /// Submit one row
    ///
    /// A row is one or more records, the ties between them and the events in which they take part. It is linked at once
    /// with the records that the caller sees; all of it is durable when the answer comes. Submitting it again changes
    /// nothing. The owner is the caller's agency.
    submit_record = submit;
    "records", Collection, Write;
    status OK "Stored and linked";
    examples {
        "body": examples::row(),
    };
    409 "The id exists with other content";
}

fn submit(scope: &CallerScope, Json(row): Json<SubmittedRow>) -> Result<Submitted, Problem> {
    let id_key = &scope.handing_in_key();
    let output = row.into_output(&scope.caller.agency, id_key);
    store(scope, vec![output.map_err(|error| Problem::row(None, error))?])
}

/// Stores and links rows, all or none.
pub(super) fn store(scope: &CallerScope, rows: Vec<RowOutput>) -> Result<Submitted, Problem> {
    let records = rows.iter().flat_map(|row| &row.records).map(|it| scope.record_id(it)).collect();
    scope.put_shown_into_entry();
    let report = scope.submit(rows)?;
    Ok(Submitted {
        records,
        records_new: report.records_new,
        records_unchanged: report.records_unchanged,
        ties: report.ties,
        events: report.events,
    })
}
