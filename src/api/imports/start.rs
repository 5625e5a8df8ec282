//! `POST /v1/imports`: imports a file with its mapping as a job.

use std::io::Cursor;
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::api::background::Background;
use crate::api::examples;
use crate::api::input::Json;
use crate::api::jobs::get::JobView;
use crate::api::operation::operation;
use crate::api::problem::{Code, Problem};
use crate::api::scope::CallerScope;
use crate::audit::{AuditError, Due, Entry};
use crate::ingest::{MappingError, RowMapper, RowReader, parse_mapping};
use crate::jobs::{FileReport, ImportError, JobError, JobHandle, Observer, Progress, Refusal};

/// A file to import.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ImportRequest {
    /// The name of the file in reports, 1 to 200 bytes.
    pub name: String,
    /// The text of the mapping file (TOML), which maps columns to fields. Its agency must be the caller's and may be
    /// left out.
    pub mapping: String,
    /// The file's text: CSV or JSON Lines, as the mapping says.
    pub data: String,
}

/// The result of an import. The number of links of its records is not told: some links may go to records that the
/// caller may not see.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct ImportResult {
    /// The name of the file.
    pub name: String,
    /// Number of rows read, refused rows included.
    pub rows: u64,
    /// Number of new records.
    pub records_new: u64,
    /// Number of records that were in the store before with the same content.
    pub records_unchanged: u64,
    /// Number of new ties.
    pub ties: u64,
    /// Number of new events.
    pub events: u64,
    /// Number of refused rows.
    pub refused: u64,
    /// The first refused rows, at most 1,000.
    pub refusals: Vec<RefusalView>,
    /// The first rows, at most 1,000, that were taken more strictly than they state, because of an unknown marking.
    pub warnings: Vec<RefusalView>,
}

/// A refused row: its place and the reason, never its content.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct RefusalView {
    /// The physical line on which the row begins, from 1.
    pub row: u64,
    /// The column at fault; absent when the fault is not in one column.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub column: Option<String>,
    /// The reason as a stable code.
    #[schema(value_type = String)]
    pub reason: &'static str,
    /// The reason in words.
    pub detail: String,
}

impl ImportResult {
    fn of(report: FileReport) -> Self {
        let view = |refusal: Refusal| RefusalView {
            row: refusal.row,
            column: refusal.column,
            reason: refusal.reason.code(),
            detail: refusal.reason.to_string(),
        };
        Self {
            name: report.path,
            rows: report.rows,
            records_new: report.records_new,
            records_unchanged: report.records_unchanged,
            ties: report.ties,
            events: report.events,
            refused: report.refused,
            refusals: report.refusals.into_iter().map(view).collect(),
            warnings: report.warnings.into_iter().map(view).collect(),
        }
    }
}

operation! {
    /// Import a file
    ///
    /// Starts a job that imports the file; the answer names it. Bad rows are reported and skipped. A batch is durable
    /// when the job's progress counts it; importing the same file again changes nothing that is stored and completes an
    /// interrupted import. Files above 64 MiB go through `accord import`.
    start_import = start;
    "imports", Collection, Write;
    status ACCEPTED "The job has been queued";
    examples {
        "body": {
            "name": "people.csv",
            "mapping": examples::IMPORT_MAPPING,
            "data": "id,name,born\nx1,Katarina Horvat,1991-07-03\nx2,Ana Lima,1987-02-30\n",
        },
    };
    422 "The mapping or the file's header";
    429 "Too many jobs wait";
}

fn start(scope: &CallerScope, Json(asked): Json<ImportRequest>) -> Result<JobView, Problem> {
    if asked.name.is_empty() || asked.name.len() > 200 || asked.name.chars().any(char::is_control) {
        return Err(wrong("name", "a name of 1 to 200 bytes without control characters"));
    }
    let mapper = mapper(scope, &asked.mapping)?;
    let total = asked.data.len() as u64;
    let input = Box::new(Cursor::new(asked.data.into_bytes()));
    let reader = RowReader::new(input, Some(total), &asked.name, mapper)
        .map_err(|error| wrong("data", &error.fault.to_string()))?;
    let asked = scope.due.first().ok_or_else(|| Problem::new(Code::Internal))?;
    let work =
        move |background: &Background, handle: &JobHandle| run((background, handle), reader, asked);
    Ok(JobView::of(scope.start_job("import", work)?))
}

/// Parses the mapping, and checks that its rows would be the caller's agency's own.
fn mapper(scope: &CallerScope, text: &str) -> Result<Arc<RowMapper>, Problem> {
    let refused = |error: MappingError| wrong("mapping", &error.to_string());
    let mut mapping = parse_mapping("mapping", text).map_err(refused)?;
    if mapping.agency.is_empty() {
        mapping.agency.clone_from(&scope.caller.agency);
    }
    if mapping.agency != scope.caller.agency {
        return Err(wrong("mapping", "the mapping's agency is not the caller's"));
    }
    let mapper = RowMapper::new("mapping", &mapping, &scope.handing_in_key()).map_err(refused)?;
    Ok(Arc::new(mapper))
}

fn wrong(column: &str, detail: &str) -> Problem {
    Problem::member(column, "bad_value", detail)
}

fn run(
    (background, handle): (&Background, &JobHandle),
    reader: RowReader,
    asked: Entry,
) -> Result<serde_json::Value, JobError> {
    let report = background.import(reader, &mut Watch { background, handle, asked });
    let report = report.map_err(|error| match error {
        ImportError::Cancelled => JobError::Cancelled,
        ImportError::File(error) => {
            JobError::Failed { code: "invalid_input", detail: error.to_string() }
        }
        ImportError::Audit(_) => {
            let detail = "the audit log cannot be written; importing again goes on".to_owned();
            JobError::Failed { code: "unavailable", detail }
        }
        ImportError::Store(error) => {
            tracing::error!(%error, "an import failed");
            let detail = "the store does not answer; importing again goes on".to_owned();
            JobError::Failed { code: "unavailable", detail }
        }
    })?;
    let file = report.files.into_iter().next().unwrap_or_default();
    serde_json::to_value(ImportResult::of(file))
        .map_err(|_| JobError::Failed { code: "internal", detail: "no report".to_owned() })
}

/// Passes an import's progress on to its job, and logs its batches as batches of the request that started the job.
struct Watch<'a> {
    background: &'a Background,
    handle: &'a JobHandle,
    asked: Entry,
}

impl Observer for Watch<'_> {
    fn due(&mut self, _: &str, batch: u64) -> Result<Due, AuditError> {
        self.background.check_log()?;
        Ok(Due::of(Entry {
            at: self.background.now(),
            operation: format!("{} batch {batch}", self.asked.operation),
            object: Some(self.handle.id().to_string()),
            status: 0,
            ..self.asked.clone()
        }))
    }

    fn progress(&mut self, progress: &Progress<'_>) {
        // The batch is stored with its entry. If this fails, the next batch detects it.
        let _ = self.background.settle_log();
        self.handle.progress(progress.bytes_done, progress.bytes_total, "bytes");
    }

    fn refused(&mut self, _: &Refusal) {}

    fn cancelled(&self) -> bool {
        self.handle.is_cancelled()
    }
}
