//! `POST /v1/records/batch`: submits many rows, all or none.

use serde::Deserialize;
use utoipa::ToSchema;

use super::submit::{Submitted, store};
use crate::api::examples;
use crate::api::input::Json;
use crate::api::limits::BATCH_ROWS_MAX;
use crate::api::operation::operation;
use crate::api::problem::{Code, Problem};
use crate::api::scope::CallerScope;
use crate::ingest::SubmittedRow;

/// Rows to store together.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SubmittedBatch {
    /// The rows, 1 to 1,000.
    pub rows: Vec<SubmittedRow>,
}

operation! {
    /// Submit a batch
    ///
    /// Up to 1,000 rows, all stored and linked or none of them. If rows are invalid, the answer names each with its
    /// position, member and reason.
    submit_batch = submit;
    "records", Collection, Write;
    status OK "Stored and linked";
    examples {
        "body": { "rows": [examples::row()] },
    };
    409 "An id exists with other content";
}

fn submit(scope: &CallerScope, Json(batch): Json<SubmittedBatch>) -> Result<Submitted, Problem> {
    if batch.rows.is_empty() || batch.rows.len() > BATCH_ROWS_MAX {
        let range = format!("1 to {BATCH_ROWS_MAX} rows");
        return Err(Problem::member("rows", "out_of_range", range));
    }
    let id_key = scope.handing_in_key();
    let (mut rows, mut refused) = (Vec::new(), None);
    for (position, row) in batch.rows.into_iter().enumerate() {
        match row.into_output(&scope.caller.agency, &id_key) {
            Ok(output) => rows.push(output),
            Err(error) => {
                let problem = refused.unwrap_or_else(|| {
                    Problem::new(Code::InvalidInput).detail("nothing was stored")
                });
                refused = Some(problem.row_fault(position, error));
            }
        }
    }
    refused.map_or_else(|| store(scope, rows), Err)
}
