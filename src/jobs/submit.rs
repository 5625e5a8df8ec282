//! The live path: a few rows at once, all of them or none.

use serde::Serialize;
use thiserror::Error;

use super::admit::Admission;
use super::apply::{NumberedRow, Pipeline, Reach, Whole};
use super::link::Linker;
use crate::audit::Due;
use crate::ingest::{Reason, RowError, RowOutput};
use crate::leak;
use crate::model::Timestamp;
use crate::store::{Store, StoreError, Unlinked};

/// The number of objects that a submission added or left unchanged.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct SubmitReport {
    /// Records that were not stored before.
    pub records_new: u64,
    /// Records that were stored before with the same content.
    pub records_unchanged: u64,
    /// New ties.
    pub ties: u64,
    /// New events.
    pub events: u64,
    /// New links.
    pub links: u64,
}

/// A refused row of a submission.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RefusedRow {
    /// The row's position in the submission, from 0.
    pub row: usize,
    /// The reason.
    #[serde(flatten)]
    pub error: RowError,
}

/// Reason for which nothing of a submission was stored.
#[derive(Debug, Error)]
pub enum SubmitError {
    /// Rows were refused.
    #[error("{} of the rows cannot be taken", .0.len())]
    Refused(Vec<RefusedRow>),
    /// The store failed.
    #[error(transparent)]
    Store(StoreError),
}

/// Stores and links rows, handed in at the time `at`, in one transaction. When it returns `Ok`, all of it is durable;
/// otherwise nothing is stored.
///
/// # Errors
/// When a row differs from the stored one of its id, its agency must not hand it in, or the store fails.
pub fn submit<L: Linker>(
    store: &dyn Store,
    engine: &L,
    rows: Vec<RowOutput>,
    at: Timestamp,
    due: &Due,
) -> Result<SubmitReport, SubmitError> {
    submit_in(store, engine, rows, at, (Reach::All, due)).map(|(report, _)| report)
}

/// The report of a submission, and the notes of new records that are not linked with all others yet.
type Submitted = (SubmitReport, Vec<Unlinked>);

/// Stores rows and links them within `reach`; returns also the notes of new records that are not linked with all others
/// after that.
pub(super) fn submit_in<L: Linker>(
    store: &dyn Store,
    engine: &L,
    rows: Vec<RowOutput>,
    at: Timestamp,
    (reach, due): (Reach<'_>, &Due),
) -> Result<Submitted, SubmitError> {
    let rows: Vec<NumberedRow> = (0..).zip(rows).collect();
    let result = submit_numbered(store, engine, &rows, at, (reach, due));
    leak::submitted(result, (store, &rows, due))
}

fn submit_numbered<L: Linker>(
    store: &dyn Store,
    engine: &L,
    rows: &[NumberedRow],
    at: Timestamp,
    (reach, due): (Reach<'_>, &Due),
) -> Result<Submitted, SubmitError> {
    let admission = Admission::of(store, at).map_err(SubmitError::Store)?;
    let barred = |(number, row): &NumberedRow| Some((*number, admission.check(row).err()?));
    let barred: Vec<_> = rows.iter().filter_map(barred).collect();
    if !barred.is_empty() {
        return Err(refused(barred));
    }
    let mut pipeline = Pipeline::new(store, engine);
    let outcome = match pipeline.apply_at_once(rows, Whole::Yes, reach, due) {
        Err(conflict @ StoreError::Conflict { .. }) => {
            let row = pipeline.first_conflict(rows).map_err(SubmitError::Store)?;
            let row = row.ok_or(SubmitError::Store(conflict))?;
            return Err(refused(vec![(row, RowError::row(Reason::RecordChanged))]));
        }
        result => result.map_err(SubmitError::Store)?,
    };
    if !outcome.refused.is_empty() {
        return Err(refused(outcome.refused));
    }
    let report = SubmitReport {
        records_new: outcome.counts.records_new,
        records_unchanged: outcome.counts.records_unchanged,
        ties: outcome.counts.ties,
        events: outcome.counts.events,
        links: outcome.counts.links,
    };
    Ok((report, outcome.unlinked))
}

fn refused(rows: Vec<(u64, RowError)>) -> SubmitError {
    let rows = rows.into_iter().map(|(row, error)| RefusedRow { row: row as usize, error });
    SubmitError::Refused(rows.collect())
}
