//! Import of files: rows in batches, one commit a batch, with progress, cancellation and a report of every refused row.
//! A repeated import changes nothing and completes an interrupted one.

use serde::Serialize;
use thiserror::Error;

use super::admit::Admission;
use super::apply::{NumberedRow, Pipeline};
use super::link::{CACHE_GENERATION, Linker};
use crate::audit::{AuditError, Due};
use crate::ingest::{FileError, Reason, RowError, RowOutput, RowReader, Source, read_file};
use crate::model::Timestamp;
use crate::store::{Store, StoreError};

/// Rows of a transaction. Larger ones spend less on syncing to disk; this many take well under a second, which bounds
/// the work that a crash undoes and the time that other writers wait.
pub const BATCH_ROWS: usize = 2_000;

/// Prepared forms kept for each row of a batch, where batches are large: a file is compared with what came long before
/// it, and what is not kept is read from the store and prepared again, batch for batch.
const FORMS_A_ROW: usize = 8;

/// Most refused rows that a report lists; the total counts them all, and an [`Observer`] sees them all.
const REFUSALS_LISTED_MAX: usize = 1_000;

/// A refused row of a file: its place and the reason, never its content.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Refusal {
    /// The name of the file in the manifest.
    pub file: String,
    /// The physical line on which the row begins, from 1.
    pub row: u64,
    /// The column at fault; absent where none is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub column: Option<String>,
    /// The reason.
    pub reason: Reason,
}

/// The result for one file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Default)]
pub struct FileReport {
    /// The name of the file in the manifest.
    pub path: String,
    /// Rows read, refused ones included.
    pub rows: u64,
    /// Records that were not stored before.
    pub records_new: u64,
    /// Records that were stored before, or come earlier in the file, with the same content.
    pub records_unchanged: u64,
    /// New ties.
    pub ties: u64,
    /// New events.
    pub events: u64,
    /// New links.
    pub links: u64,
    /// Total number of refused rows.
    pub refused: u64,
    /// The first refused rows, at most 1,000 of a file, in the file's order.
    pub refusals: Vec<Refusal>,
    /// Rows, at most 1,000 of a file, that were taken more strictly than they say: their place and the reason, never
    /// their content.
    pub warnings: Vec<Refusal>,
}

impl FileReport {
    fn warn(&mut self, row: u64, RowError { column, reason }: RowError) {
        if self.warnings.len() < REFUSALS_LISTED_MAX {
            self.warnings.push(Refusal { file: self.path.clone(), row, column, reason });
        }
    }
}

/// The result of an import.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Default)]
pub struct ImportReport {
    /// The files, in the order of their import.
    pub files: Vec<FileReport>,
}

/// The progress of an import.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Progress<'a> {
    /// The file being read.
    pub file: &'a str,
    /// Bytes read, of all files.
    pub bytes_done: u64,
    /// Bytes of all files; `None` where that is unknown.
    pub bytes_total: Option<u64>,
    /// Rows read, of all files.
    pub rows: u64,
}

/// Observes an import, and supplies its audit entries. Everything that is reported to it is durable.
pub trait Observer {
    /// Returns the audit entry of the next batch of rows of an agency; batches are numbered from 1. Called before the
    /// batch is stored: without a log that can be written the import stops.
    ///
    /// # Errors
    /// When the log cannot be written.
    fn due(&mut self, agency: &str, batch: u64) -> Result<Due, AuditError>;

    /// Called after the commit of a batch.
    fn progress(&mut self, progress: &Progress<'_>) {
        let _ = progress;
    }

    /// Called once for every refused row, in the file's order.
    fn refused(&mut self, refusal: &Refusal) {
        let _ = refusal;
    }

    /// Returns true to stop the import. Called between batches.
    fn cancelled(&self) -> bool {
        false
    }
}

/// Reason for which an import stopped. Batches committed before stay, and a repeated import continues after them.
#[derive(Debug, Error)]
pub enum ImportError {
    /// A file cannot be read, or its header does not fit the mapping.
    #[error(transparent)]
    File(#[from] FileError),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The log cannot be written.
    #[error(transparent)]
    Audit(#[from] AuditError),
    /// The observer cancelled.
    #[error("cancelled; what was imported before stays")]
    Cancelled,
}

/// Imports files, handed in at the time `at`, with `batch_rows` rows a commit (see [`BATCH_ROWS`]); all headers are
/// checked before the first row is stored.
///
/// # Errors
/// When a file cannot be read, the store fails or the observer cancels. Bad rows are no error.
pub fn import<L: Linker>(
    store: &dyn Store,
    engine: &L,
    sources: &[Source],
    batch_rows: usize,
    at: Timestamp,
    observer: &mut dyn Observer,
) -> Result<ImportReport, ImportError> {
    let open = |source: &Source| read_file(&source.path, &source.name, source.mapper.clone());
    let readers = sources.iter().map(open).collect::<Result<Vec<_>, _>>()?;
    import_readers(store, engine, readers, batch_rows, at, observer)
}

/// Imports from readers that are open already.
///
/// # Errors
/// As [`import`].
pub fn import_readers<L: Linker>(
    store: &dyn Store,
    engine: &L,
    readers: Vec<RowReader>,
    batch_rows: usize,
    at: Timestamp,
    observer: &mut dyn Observer,
) -> Result<ImportReport, ImportError> {
    let bytes_total = readers.iter().map(RowReader::bytes_total).sum();
    // Whoever commits much at once has the memory to compare with much.
    let forms = CACHE_GENERATION.max(batch_rows.saturating_mul(FORMS_A_ROW));
    let pipeline = Pipeline::caching(store, engine, forms);
    let done = Done { bytes: 0, bytes_total, rows: 0 };
    let admission = Admission::of(store, at)?;
    let mut run =
        Run { pipeline, admission, batch_rows: batch_rows.max(1), observer, done, batch: 0 };
    let mut report = ImportReport::default();
    for reader in readers {
        report.files.push(run.file(reader)?);
    }
    Ok(report)
}

/// Totals of the files before the current one.
struct Done {
    bytes: u64,
    bytes_total: Option<u64>,
    rows: u64,
}

/// An import under way.
struct Run<'a, L: Linker> {
    pipeline: Pipeline<'a, L>,
    admission: Admission,
    batch_rows: usize,
    observer: &'a mut dyn Observer,
    done: Done,
    /// Number of the last batch that was begun.
    batch: u64,
}

/// Rows that have been read but not committed.
#[derive(Default)]
struct Pending {
    rows: Vec<(u64, Result<RowOutput, RowError>)>,
    /// Bytes of the file that are read with them.
    bytes_done: u64,
}

impl Pending {
    /// Reads the next rows, at most so many.
    fn read(reader: &mut RowReader, most: usize) -> Result<Self, FileError> {
        let rows = reader.by_ref().take(most).collect::<Result<_, _>>()?;
        Ok(Self { rows, bytes_done: reader.bytes_done() })
    }
}

impl<L: Linker> Run<'_, L> {
    /// Imports a file: while one batch is stored and linked, the next one is read.
    fn file(&mut self, mut reader: RowReader) -> Result<FileReport, ImportError> {
        let mut report = FileReport { path: reader.name().to_owned(), ..FileReport::default() };
        let agency = reader.agency().to_owned();
        let (bytes_total, most) = (reader.bytes_total(), self.batch_rows);
        let mut pending = Pending::read(&mut reader, most)?;
        while !pending.rows.is_empty() {
            let bytes_done = pending.bytes_done;
            let (committed, next) = std::thread::scope(|scope| {
                let next = scope.spawn(|| Pending::read(&mut reader, most));
                let committed = self.commit(&agency, pending.rows, &mut report);
                (committed, next.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)))
            });
            committed?;
            self.tell(bytes_done, &report);
            pending = next?;
        }
        let bytes_done = bytes_total.unwrap_or(pending.bytes_done);
        self.tell(pending.bytes_done, &report);
        self.done.bytes += bytes_done;
        self.done.rows += report.rows;
        Ok(report)
    }

    fn commit(
        &mut self,
        agency: &str,
        pending: Vec<(u64, Result<RowOutput, RowError>)>,
        report: &mut FileReport,
    ) -> Result<(), ImportError> {
        if self.observer.cancelled() {
            return Err(ImportError::Cancelled);
        }
        report.rows += pending.len() as u64;
        let (mut rows, mut refused): (Vec<NumberedRow>, Vec<(u64, RowError)>) = Default::default();
        for (number, row) in pending {
            match row.and_then(|row| self.admission.check(&row).map(|()| row)) {
                Ok(mut output) => {
                    for warning in std::mem::take(&mut output.warnings) {
                        report.warn(number, warning);
                    }
                    rows.push((number, output));
                }
                Err(error) => refused.push((number, error)),
            }
        }
        if !rows.is_empty() {
            self.batch += 1;
            let due = self.observer.due(agency, self.batch)?;
            let outcome = self.pipeline.apply(&rows, &due)?;
            report.records_new += outcome.counts.records_new;
            report.records_unchanged += outcome.counts.records_unchanged;
            report.ties += outcome.counts.ties;
            report.events += outcome.counts.events;
            report.links += outcome.counts.links;
            refused.extend(outcome.refused);
        }
        refused.sort_by_key(|(row, _)| *row);
        for (row, RowError { column, reason }) in refused {
            let refusal = Refusal { file: report.path.clone(), row, column, reason };
            self.observer.refused(&refusal);
            report.refused += 1;
            if report.refusals.len() < REFUSALS_LISTED_MAX {
                report.refusals.push(refusal);
            }
        }
        Ok(())
    }

    fn tell(&mut self, bytes_done: u64, report: &FileReport) {
        self.observer.progress(&Progress {
            file: &report.path,
            bytes_done: self.done.bytes + bytes_done,
            bytes_total: self.done.bytes_total,
            rows: self.done.rows + report.rows,
        });
    }
}
