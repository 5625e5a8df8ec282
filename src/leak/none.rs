//! The seams at which the tests with twin databases seed deliberate leaks, in a program that has none: each returns
//! its argument unchanged.

use std::sync::Arc;

use actix_web::dev::ServiceResponse;

use crate::analyze::Candidate;
use crate::audit::Due;
use crate::graph::{EntityIndex, IndexSet, Snapshot};
use crate::ingest::RowOutput;
use crate::jobs::SubmitError;
use crate::model::{IdKey, Record};
use crate::query::{QueryError, Rows, ViewKey};
use crate::resolve::Engine;
use crate::store::Store;

/// The store, engine and key out of which a snapshot of everything would be built.
pub(crate) type Whole<'a> = (&'a dyn Store, &'a Engine, &'a IdKey);

/// The store as the server uses it.
#[inline]
pub(crate) fn store(store: Arc<dyn Store>, _: &Arc<Engine>) -> Arc<dyn Store> {
    store
}

/// The outcome of a submission.
#[inline]
pub(crate) fn submitted<T>(
    result: Result<T, SubmitError>,
    _: (&dyn Store, &[(u64, RowOutput)], &Due),
) -> Result<T, SubmitError> {
    result
}

/// The name of a snapshot that was built.
#[inline]
pub(crate) fn tag(tag: [u8; 16], _: &dyn Store) -> [u8; 16] {
    tag
}

/// The entities that a probe may be about.
#[inline]
pub(crate) fn candidates(
    found: Vec<Candidate>,
    _: (&dyn Store, &Engine, &Record),
) -> Vec<Candidate> {
    found
}

/// Tells if a snapshot with masked content keeps a link.
#[inline]
pub(crate) fn joins(may: bool) -> bool {
    may
}

/// The entities of a snapshot that are hidden.
#[inline]
pub(crate) fn hidden(hidden: IndexSet<EntityIndex>, _: &Snapshot) -> IndexSet<EntityIndex> {
    hidden
}

/// Tells if a tie or an event is masked.
#[inline]
pub(crate) fn hides(is_hidden: bool) -> bool {
    is_hidden
}

/// Tells if a caller that may unmask is shown data unmasked.
#[inline]
pub(crate) fn unmasks(is_wished: bool) -> bool {
    is_wished
}

/// The items of a page, how many there are in all, and the cursor of the next page.
#[inline]
pub(crate) fn page<T>(
    page: (Vec<T>, usize, Option<String>),
    _: (&[&str], impl FnOnce() -> Vec<String>),
    _: Whole<'_>,
) -> (Vec<T>, usize, Option<String>) {
    page
}

/// An answer, and its mark as unmasked, before they are logged.
#[inline]
pub(crate) fn answer<B>(_: &mut ServiceResponse<B>, _: Option<&mut bool>, _: &dyn Store) {}

/// The snapshot that a pair is scored on, if it may be.
#[inline]
pub(crate) fn pair<'a>(content: Option<&'a Snapshot>, _: &'a Snapshot) -> Option<&'a Snapshot> {
    content
}

/// The rows of a stored query over the snapshot of a view.
#[inline]
pub(crate) fn rows(
    (view, snapshot): (&ViewKey, &Snapshot),
    _: Whole<'_>,
    run: impl Fn(&ViewKey, &Snapshot) -> Result<Rows, QueryError>,
) -> Result<Rows, QueryError> {
    run(view, snapshot)
}
