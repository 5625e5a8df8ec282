//! What tests write into a store without an entry for the log.

use accord::audit::{AuditError, Due, Housekeeping};
use accord::jobs::Observer;

/// The making of a test's store.
pub static MAKING: Due = Due::unlogged(Housekeeping::Making);

/// The same for each of several writes.
pub fn making() -> Due {
    Due::unlogged(Housekeeping::Making)
}

/// Watches nothing of an import.
pub struct Unwatched;

impl Observer for Unwatched {
    fn due(&mut self, _: &str, _: u64) -> Result<Due, AuditError> {
        Ok(making())
    }
}
