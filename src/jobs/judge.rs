//! Human judgements: objects of their own, which never merge records.

use crate::audit::Due;
use crate::model::Judgement;
use crate::store::{Batch, Store, StoreError};

/// Stores a judgement; an earlier one of the same user on the same pair is replaced. When it
/// returns `Ok`, it is durable.
///
/// # Errors
/// When the store fails.
pub fn judge(store: &dyn Store, judgement: Judgement, due: &Due) -> Result<(), StoreError> {
    let mut txn = store.begin(due)?;
    txn.put(&Batch { judgements: vec![judgement], ..Batch::default() })?;
    txn.commit()
}
