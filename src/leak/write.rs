//! A leak of the write path.

use super::{Leak, is_on};
use crate::audit::Due;
use crate::ingest::RowOutput;
use crate::jobs::SubmitError;
use crate::model::{Record, RecordId};
use crate::store::{Batch, NewRecord, Store, StoreError};

/// The outcome of a submission; stores its refused rows if the leak is on.
pub(crate) fn submitted<T>(
    result: Result<T, SubmitError>,
    (store, rows, due): (&dyn Store, &[(u64, RowOutput)], &Due),
) -> Result<T, SubmitError> {
    if is_on(Leak::RefusedWrite) && matches!(result, Err(SubmitError::Refused(_))) {
        let records = rows.iter().flat_map(|(_, row)| &row.records).collect();
        store_all_the_same(store, records, due).map_err(SubmitError::Store)?;
    }
    result
}

/// Stores the records that are not there yet.
fn store_all_the_same(
    store: &dyn Store,
    mut records: Vec<&Record>,
    due: &Due,
) -> Result<(), StoreError> {
    records.sort_by_key(|record| record.id);
    records.dedup_by_key(|record| record.id);
    let ids: Vec<RecordId> = records.iter().map(|record| record.id).collect();
    let mut txn = store.begin(due)?;
    let known = txn.known(&ids)?;
    records.retain(|record| !known.contains_key(&record.id));
    if records.is_empty() {
        return Ok(());
    }
    let records = records.into_iter().map(NewRecord::unlinked).collect();
    txn.put(&Batch { records, ..Batch::default() })?;
    txn.commit()
}
