//! The gate between requests and the linking of hidden rows: linking runs while no request is in progress.

use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// Time without a request after which the work continues: always the same.
pub(super) const PAUSE: Duration = Duration::from_millis(50);
/// The longest wait for a pause once so much work is left that it no longer waits for one.
pub(super) const PATIENCE: Duration = Duration::from_millis(200);

/// A request in progress: the work waits until it is dropped.
pub struct InProgress(Arc<Gate>);

impl InProgress {
    pub(super) fn through(gate: &Arc<Gate>) -> Self {
        gate.requests().in_progress += 1;
        Self(Arc::clone(gate))
    }
}

#[derive(Default)]
pub(super) struct Gate {
    requests: Mutex<Requests>,
    changed: Condvar,
}

#[derive(Default)]
struct Requests {
    in_progress: usize,
    last: Option<Instant>,
    stopped: bool,
}

impl Drop for InProgress {
    fn drop(&mut self) {
        let mut requests = self.0.requests();
        requests.in_progress -= 1;
        requests.last = Some(Instant::now());
        drop(requests);
        self.0.changed.notify_all();
    }
}

impl Gate {
    fn requests(&self) -> MutexGuard<'_, Requests> {
        self.requests.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits for a pause between requests, at most `at_most` where that is given. Returns false if the gate is stopped.
    pub fn wait_for_pause(&self, at_most: Option<Duration>) -> bool {
        let began = Instant::now();
        let mut requests = self.requests();
        loop {
            if requests.stopped {
                return false;
            }
            let since = requests.last.map_or(PAUSE, |last| last.elapsed());
            let is_pause = requests.in_progress == 0 && since >= PAUSE;
            if is_pause || at_most.is_some_and(|most| began.elapsed() >= most) {
                return true;
            }
            let wait = if requests.in_progress == 0 { PAUSE - since } else { PATIENCE };
            let waited = self.changed.wait_timeout(requests, wait);
            requests = waited.unwrap_or_else(PoisonError::into_inner).0;
        }
    }

    /// Ends all waiting permanently.
    pub fn stop(&self) {
        self.requests().stopped = true;
        self.changed.notify_all();
    }

    /// Waits for a time, or until the gate is stopped. Returns false if it is stopped.
    pub fn wait(&self, time: Duration) -> bool {
        let requests = self.requests();
        let waited = self.changed.wait_timeout_while(requests, time, |it| !it.stopped);
        !waited.unwrap_or_else(PoisonError::into_inner).0.stopped
    }
}
