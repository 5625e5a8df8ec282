//! Whether the store takes writes: once it did not take one, the server is not ready until it has taken another.

use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use crate::audit::{Due, Housekeeping};
use crate::store::{Store, StoreError};

/// The document that is written to find out.
const DOCUMENT: &str = "write-probe";

/// The bytes of this document: more than most writes take, since a little room may be left.
const BYTES: usize = 256 * 1024;

/// The least time between two attempts.
const PAUSE: Duration = Duration::from_millis(500);

static ATTEMPT: Due = Due::unlogged(Housekeeping::WriteProbe);

/// Whether the store takes writes, as the last ones found it.
#[derive(Debug, Default)]
pub struct WriteProbe {
    is_failing: AtomicBool,
    tried: Mutex<Option<Instant>>,
}

impl WriteProbe {
    /// Notes that the store did not take a write. Waits for nothing.
    pub fn failed(&self) {
        self.is_failing.store(true, Ordering::Relaxed);
    }

    /// Checks that the store takes writes, by writing if it did not take one before.
    ///
    /// # Errors
    /// When it takes none.
    pub fn check(&self, store: &dyn Store) -> Result<(), StoreError> {
        if !self.is_failing.load(Ordering::Relaxed) {
            return Ok(());
        }
        let since_last = || StoreError::Unavailable("the last write failed".to_owned());
        let Ok(mut tried) = self.tried.try_lock() else { return Err(since_last()) };
        if tried.is_some_and(|at| at.elapsed() < PAUSE) {
            return Err(since_last());
        }
        *tried = Some(Instant::now());
        let text = " ".repeat(BYTES);
        store.put_document(DOCUMENT, &text, &ATTEMPT)?;
        store.swap_document(DOCUMENT, Some(&text), None, &ATTEMPT)?;
        self.is_failing.store(false, Ordering::Relaxed);
        Ok(())
    }
}
