//! Keeping rows beyond their review.

use crate::audit::Due;
use crate::govern::{RecordReview, RecordReviews};
use crate::model::RecordId;
use crate::store::{Ids, Store, StoreError};

/// How often an account is written again when another one came in between.
const TRIES_MAX: usize = 20;

/// Keeps rows until their next review, and keeps the account of it: the account first, so that nothing is
/// kept without one. `rows` are the ids that the rows' first records have or would have; `ids` is all that
/// the rows made.
///
/// # Errors
/// When the store fails.
pub fn review(
    store: &dyn Store,
    rows: &[RecordId],
    ids: &Ids,
    review: &RecordReview,
    due: &Due,
) -> Result<(), StoreError> {
    rows.iter().try_for_each(|row| write_down(store, *row, review, due))?;
    let mut txn = store.begin(due)?;
    txn.set_review(ids, review.review_by)?;
    txn.commit()
}

/// The reviews of a row so far.
///
/// # Errors
/// When the store fails.
pub fn reviews_of(store: &dyn Store, row: RecordId) -> Result<RecordReviews, StoreError> {
    let text = store.document(&RecordReviews::document(row))?;
    text.map_or(Ok(RecordReviews::default()), |text| read(&text))
}

fn write_down(
    store: &dyn Store,
    row: RecordId,
    review: &RecordReview,
    due: &Due,
) -> Result<(), StoreError> {
    let name = RecordReviews::document(row);
    for _ in 0..TRIES_MAX {
        let before = store.document(&name)?;
        let mut reviews = before.as_deref().map_or(Ok(RecordReviews::default()), read)?;
        reviews.reviews.push(review.clone());
        let after = serde_json::to_string(&reviews)
            .map_err(|error| StoreError::Backend(error.to_string()))?;
        if store.swap_document(&name, before.as_deref(), Some(&after), due)? {
            return Ok(());
        }
    }
    Err(StoreError::Busy)
}

fn read(text: &str) -> Result<RecordReviews, StoreError> {
    serde_json::from_str(text)
        .map_err(|error| StoreError::Damaged(format!("a review: {:?} error", error.classify())))
}
