//! Audit entries of writes that tests make without a log.

use accord::audit::{AuditError, Due, Housekeeping};
use accord::jobs::Observer;

/// The making of a test's store.
pub static MAKING: Due = Due::unlogged(Housekeeping::Making);

/// Makes an entry like [`MAKING`], for one of several writes.
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
