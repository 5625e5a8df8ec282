//! What the bodies of all requests under way may hold together.

use std::sync::Arc;

use tokio::sync::Semaphore;

use super::limits::{LARGE_BODIES_BYTES, LOG_ON_BODIES_BYTES, SMALL_BODIES_BYTES};

/// Bytes that bodies account for at a time.
pub(super) const STEP: usize = 16 * 1024;

/// What the bodies of all requests under way may hold together: those of log-ons, the first part of others,
/// and what goes beyond it. So neither strangers nor those who send much are in the way of the rest.
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
