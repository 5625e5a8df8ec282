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

/// Entries of a store that are logged at a time.
const BATCH: usize = 1_000;

/// Entries of a store that may be in the log without being durable there: the store keeps them until they are, so a
/// write waits for one sync only.
pub(super) const UNSYNCED_MAX: usize = 256;

/// How long a write that succeeded says that the log can be written.
const PROVEN: Duration = Duration::from_millis(500);

/// How long after a try that failed none is made: it may read the whole log.
const PAUSE: Duration = Duration::from_millis(200);

/// An open log. Appending is serialized, also between processes (a command may write while the server runs). When
/// the log cannot be written, everything is refused until it can: each try looks anew.
#[derive(Debug)]
pub struct AuditLog {
    state: Mutex<State>,
    /// Whether the last try failed.
    ill: AtomicBool,
}

#[derive(Debug)]
struct State {
    file: LogFile,
    /// The position up to which the store's entries are in the log.
    position: u64,
    /// How many of them may not be durable in it.
    unsynced: usize,
    /// What was last said of why the log cannot be written.
    said: Option<String>,
    proven: Option<Instant>,
    failed: Option<Instant>,
}

impl State {
    /// Logs what the store has committed, in its order. `completed` is the entry of a write as it is known after the
    /// answer, with its id: whether it was logged so.
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

    /// Makes all entries durable and tells the store that those it has committed are.
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

    /// Runs `work` on the log as it stands now.
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

    /// Writes into the server's own log what has become of the audit log, once.
    fn say(&self, state: &mut State, error: Option<&AuditError>) {
        self.ill.store(error.is_some(), Ordering::Relaxed);
        state.failed = error.map(|_| Instant::now());
        let Some(error) = error else {
            if state.said.take().is_some() {
                tracing::info!("the audit log can be written again");
            }
            return;
        };
        // What of the store's entries is in the log is looked at anew.
        state.position = 0;
        state.proven = None;
        let text = error.to_string();
        if state.said.as_ref() != Some(&text) {
            tracing::error!(%error, "the audit log cannot be written: nothing is answered until it can");
            state.said = Some(text);
        }
    }

    /// Appends one entry, after what the store has committed, and makes all durable.
    ///
    /// # Errors
    /// When it could not be made durable; the answer must then not leave.
    pub fn append(&self, outbox: &dyn Outbox, entry: Entry) -> Result<(), AuditError> {
        let mut state = self.state();
        self.with(&mut state, |state| {
            state.drain(outbox, None)?;
            state.file.write(vec![entry])?;
            state.sync(outbox)
        })
    }

    /// Logs what the store has committed; durable it is there already. `completed` is the entry of a write as it is
    /// known after the answer, with the id that the store gave it. Returns whether it was logged so; else another
    /// had logged it as it was committed.
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

    /// Whether a write may be stored: the log is in its place, holds what was read of it, and the last try to write
    /// it succeeded; where that failed, a new one does.
    ///
    /// # Errors
    /// When not, and why.
    pub fn check(&self, outbox: &dyn Outbox) -> Result<(), AuditError> {
        let is_ill = || self.ill.load(Ordering::Relaxed);
        let mut state = match self.state.try_lock() {
            Ok(state) => state,
            // Somebody is writing to it.
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
        // The right file may be back under another number.
        self.prove(&mut state, outbox)
    }

    /// Whether the log can be written, found out by doing so, and what the store has committed with it.
    ///
    /// # Errors
    /// When not, and why.
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

    /// Logs what the store has committed, makes it durable and leaves nothing of it in the store: at a start and at
    /// an end.
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

    /// Where the log stands.
    pub fn head(&self) -> Head {
        self.state().file.read.head.clone()
    }

    /// How many entries bear the mark of a use of break-glass; of another process those that were there
    /// when this one wrote last.
    pub fn marked(&self, break_glass: BreakGlassId) -> u64 {
        self.state().file.read.marked.get(&break_glass).copied().unwrap_or_default()
    }
}

#[cfg(test)]
mod tests;
