//! The open log: entries are appended before an answer leaves, and those that a store has committed come first.

use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError, TryLockError};
use std::time::{Duration, Instant};

use super::AuditError;
use super::chain::{Entry, Head};
use super::file::LogFile;
use super::outbox::Outbox;
use crate::govern::BreakGlassId;

/// Largest number of a store's entries that are logged at a time.
const BATCH: usize = 1_000;

/// Largest number of a store's entries in the log that are not durable there: the store keeps them until they are, so a
/// write waits for one sync only.
pub(super) const UNSYNCED_MAX: usize = 256;

/// Time for which a successful write proves that the log can be written.
const PROVEN: Duration = Duration::from_millis(500);

/// Pause after a failed attempt, since an attempt may read the whole log.
const PAUSE: Duration = Duration::from_millis(200);

/// An open log. Appending is serialized, also between processes (a command may write while the server runs). When the
/// log cannot be written, everything is refused until it can be: each attempt checks anew.
#[derive(Debug)]
pub struct AuditLog {
    state: Mutex<State>,
    /// True if the last attempt failed.
    ill: AtomicBool,
}

#[derive(Debug)]
struct State {
    file: LogFile,
    /// The position up to which the store's entries are in the log.
    position: u64,
    /// Number of these entries that may not be durable in the log.
    unsynced: usize,
    /// The last reported reason for which the log cannot be written.
    said: Option<String>,
    proven: Option<Instant>,
    failed: Option<Instant>,
}

impl State {
    /// Logs the entries that the store has committed, in its order. `completed` is the entry of a write as it is known
    /// after the answer, with its id. Returns true if it was logged in this completed form.
    fn drain(
        &mut self,
        outbox: &dyn Outbox,
        completed: Option<&(String, Entry)>,
    ) -> Result<bool, AuditError> {
        let mut is_logged_so = false;
        loop {
            let found = outbox.committed(self.position, BATCH)?;
            let Some(last) = found.last().map(|it| it.position) else { return Ok(is_logged_so) };
            let count = found.len();
            let mut new = Vec::new();
            for it in found.into_iter().filter(|it| !self.file.read.holds(&it.write)) {
                let now = completed.filter(|(write, _)| *write == it.write);
                is_logged_so |= now.is_some();
                let entry = now.map_or(it.entry, |(_, entry)| entry.clone());
                new.push(Entry { write: Some(it.write), ..entry });
            }
            self.file.write(new)?;
            self.position = last;
            self.unsynced += count;
            if count == BATCH {
                self.file.sync()?;
                outbox.remove(last)?;
                self.unsynced = 0;
            } else if self.unsynced >= UNSYNCED_MAX {
                self.sync(outbox)?;
            }
        }
    }

    /// Makes all entries durable and tells the store so.
    fn sync(&mut self, outbox: &dyn Outbox) -> Result<(), AuditError> {
        self.file.sync()?;
        self.proven = Some(Instant::now());
        if self.unsynced > 0 {
            outbox.logged(self.position);
            self.unsynced = 0;
        }
        Ok(())
    }
}

impl AuditLog {
    /// Opens or creates a log, checking its whole chain. A torn last line (a crash while writing an entry whose
    /// answer never left) is cut off.
    ///
    /// # Errors
    /// When the file cannot be read or written, or its chain is broken.
    pub fn open(path: &Path) -> Result<Self, AuditError> {
        let file = LogFile::open(path)?;
        let state =
            State { file, position: 0, unsynced: 0, said: None, proven: None, failed: None };
        Ok(Self { state: Mutex::new(state), ill: AtomicBool::new(false) })
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Runs `work` on the log, locked and brought up to date.
    fn with<T>(
        &self,
        state: &mut State,
        work: impl FnOnce(&mut State) -> Result<T, AuditError>,
    ) -> Result<T, AuditError> {
        if state.failed.is_some_and(|at| at.elapsed() < PAUSE) {
            return Err(AuditError::Failing);
        }
        let done = state.file.lock().and_then(|()| {
            let done = work(state);
            state.file.unlock()?;
            done
        });
        self.say(state, done.as_ref().err());
        done
    }

    /// Reports changes of the audit log's state in the server's own log, each once.
    fn say(&self, state: &mut State, error: Option<&AuditError>) {
        self.ill.store(error.is_some(), Ordering::Relaxed);
        state.failed = error.map(|_| Instant::now());
        let Some(error) = error else {
            if state.said.take().is_some() {
                tracing::info!("the audit log can be written again");
            }
            return;
        };
        // The position in the store's entries is determined anew.
        state.position = 0;
        state.proven = None;
        let text = error.to_string();
        if state.said.as_ref() != Some(&text) {
            tracing::error!(%error, "the audit log cannot be written: nothing is answered until it can");
            state.said = Some(text);
        }
    }

    /// Appends one entry, after the entries that the store has committed, and makes all durable.
    ///
    /// # Errors
    /// When the entry could not be made durable; the answer must then not leave.
    pub fn append(&self, outbox: &dyn Outbox, entry: Entry) -> Result<(), AuditError> {
        let mut state = self.state();
        self.with(&mut state, |state| {
            state.drain(outbox, None)?;
            state.file.write(vec![entry])?;
            state.sync(outbox)
        })
    }

    /// Logs the entries that the store has committed; they are durable in the store already. `completed` is the entry
    /// of a write as it is known after the answer, with the id that the store gave it. Returns true if it was logged in
    /// this completed form; otherwise another had logged it as it was committed.
    ///
    /// # Errors
    /// When the log cannot be written. The entries stay in the store and are logged as soon as it can be.
    pub fn settle(
        &self,
        outbox: &dyn Outbox,
        completed: Option<&(String, Entry)>,
    ) -> Result<bool, AuditError> {
        let mut state = self.state();
        self.with(&mut state, |state| state.drain(outbox, completed))
    }

    /// Checks that a write may be stored: the log is at its path, is not shorter than its known length, and the last
    /// attempt to write it succeeded; if that failed, a new one must succeed.
    ///
    /// # Errors
    /// When a write may not be stored; the reason.
    pub fn check(&self, outbox: &dyn Outbox) -> Result<(), AuditError> {
        let is_ill = || self.ill.load(Ordering::Relaxed);
        let mut state = match self.state.try_lock() {
            Ok(state) => state,
            // Another thread is writing to the log.
            Err(TryLockError::WouldBlock) if !is_ill() => return Ok(()),
            Err(TryLockError::WouldBlock) => self.state(),
            Err(TryLockError::Poisoned(poisoned)) => poisoned.into_inner(),
        };
        if is_ill() {
            return self.prove(&mut state, outbox);
        }
        let seen = state.file.look();
        if seen.is_ok() {
            return Ok(());
        }
        // The right file may be back under another inode.
        self.prove(&mut state, outbox)
    }

    /// Checks that the log can be written, by doing so together with the entries that the store has committed.
    ///
    /// # Errors
    /// When it cannot be written; the reason.
    pub fn probe(&self, outbox: &dyn Outbox) -> Result<(), AuditError> {
        let mut state = self.state();
        if state.proven.is_some_and(|at| at.elapsed() < PROVEN) && state.file.look().is_ok() {
            return Ok(());
        }
        self.prove(&mut state, outbox)
    }

    fn prove(&self, state: &mut State, outbox: &dyn Outbox) -> Result<(), AuditError> {
        self.with(state, |state| {
            state.drain(outbox, None)?;
            state.file.probe()?;
            state.sync(outbox)
        })
    }

    /// Logs the entries that the store has committed, makes them durable and removes them from the store: at the
    /// server's start and end.
    ///
    /// # Errors
    /// When the log cannot be written, or the store does not answer.
    pub fn empty(&self, outbox: &dyn Outbox) -> Result<(), AuditError> {
        let mut state = self.state();
        self.with(&mut state, |state| {
            state.drain(outbox, None)?;
            state.sync(outbox)?;
            if state.position > 0 {
                outbox.remove(state.position)?;
            }
            Ok(())
        })
    }

    /// The head of the log.
    pub fn head(&self) -> Head {
        self.state().file.read.head.clone()
    }

    /// Number of entries with the mark of a use of break-glass; another process's entries are counted as of this one's
    /// last write.
    pub fn marked(&self, break_glass: BreakGlassId) -> u64 {
        self.state().file.read.marked.get(&break_glass).copied().unwrap_or_default()
    }
}

#[cfg(test)]
mod tests;
