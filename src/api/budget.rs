//! The memory that the bodies of all requests under way may take together.

use std::sync::Arc;

use tokio::sync::Semaphore;

use super::limits::{LARGE_BODIES_BYTES, LOG_ON_BODIES_BYTES, SMALL_BODIES_BYTES};

/// Number of bytes that a permit of a budget stands for.
pub(super) const STEP: usize = 16 * 1024;

/// The memory that the bodies of all requests under way may take together, in three budgets: for bodies of log-ons, for
/// the first part of other bodies, and for the rest of large bodies. So neither unauthenticated callers nor callers who
/// send large bodies block the others.
pub struct Budget {
    pub(super) log_ons: Arc<Semaphore>,
    pub(super) small: Arc<Semaphore>,
    pub(super) large: Arc<Semaphore>,
}

impl Default for Budget {
    fn default() -> Self {
        let of = |bytes: usize| Arc::new(Semaphore::new(bytes / STEP));
        Self {
            log_ons: of(LOG_ON_BODIES_BYTES),
            small: of(SMALL_BODIES_BYTES),
            large: of(LARGE_BODIES_BYTES),
        }
    }
}
