//! Reading a view with all its links: some are found after their records were stored, so that the answer to a write
//! takes no time for records that its writer does not see. They are completed before the view is read.

use std::collections::BTreeSet;

use crate::govern::{Sight, View};
use crate::model::RecordId;
use crate::store::{Store, StoreError};

/// The most times that a view is read because links of it were added during the read.
const READS_MAX: usize = 3;

/// A provider of late links: links that are found after their records were stored.
pub trait Links: Send + Sync {
    /// Completes the links between the records of these classes that are in the store when it is called.
    ///
    /// # Errors
    /// When the store does not answer.
    fn complete(&self, among: &Sight) -> Result<(), StoreError>;
}

/// Divides the classes of a view's records into parts with no links between them. For callers to whom victims are
/// masked, other agencies' records about their victims are a part of their own; otherwise there is one part. Links that
/// are not used must not be looked for, or the time of the answer would tell of them.
pub(super) fn parts(view: &View, unmasked: Option<&BTreeSet<RecordId>>) -> Vec<Sight> {
    if unmasked.is_some_and(BTreeSet::is_empty) {
        return view.parts().to_vec();
    }
    vec![view.records()]
}

/// A number that grows with each commit of late links within the parts.
pub(super) fn late_revision(store: &dyn Store, parts: &[Sight]) -> Result<u64, StoreError> {
    parts.iter().map(|part| store.late_revision(part)).sum()
}

/// Completes the links within the parts.
pub(super) fn complete(links: Option<&dyn Links>, parts: &[Sight]) -> Result<(), StoreError> {
    let Some(links) = links else { return Ok(()) };
    let mut parts = parts.iter().filter(|part| !part.classes().is_empty());
    parts.try_for_each(|part| links.complete(part))
}

/// Reads a view after completing its links. If late links were added during the read, as by a write of another caller,
/// the view is read anew, at most [`READS_MAX`] times.
pub(super) fn read<T>(
    (store, links): (&dyn Store, Option<&dyn Links>),
    parts: &[Sight],
    mut read: impl FnMut() -> Result<T, StoreError>,
) -> Result<T, StoreError> {
    let mut reads = 0;
    loop {
        complete(links, parts)?;
        let late = late_revision(store, parts)?;
        let found = read()?;
        complete(links, parts)?;
        reads += 1;
        if reads == READS_MAX || late_revision(store, parts)? == late {
            return Ok(found);
        }
    }
}
