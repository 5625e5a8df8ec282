//! The jobs of an API server: a bounded number at a time on threads of their own, each visible to its owner agency
//! only. Another agency's job is treated like one that does not exist.

use std::collections::{BTreeMap, VecDeque};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};

use serde::Serialize;
use thiserror::Error;

use crate::model::{IdKey, Timestamp, id_type};

/// Most jobs of one agency that may wait; more are refused.
const QUEUED_MAX: usize = 16;
/// Most ended jobs of one agency that are kept; the oldest are removed first.
const ENDED_KEPT_MAX: usize = 100;

id_type!(
    /// Names a job of one start of the server: a keyed hash of its number.
    JobId(pub(self)), "job", "job_", "^job_[0-9a-f]{32}$"
);

/// Returns the present time.
pub type Clock = Arc<dyn Fn() -> Timestamp + Send + Sync>;

type Work = Box<dyn FnOnce(&JobHandle) -> Result<serde_json::Value, JobError> + Send>;

/// The owner of a job. A job is visible to the whole agency.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct JobOwner {
    /// The agency.
    pub agency: String,
    /// The user who started it.
    pub user: String,
}

/// State of a job.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum JobState {
    /// Waiting for a thread.
    Queued,
    /// Running.
    Running,
    /// Ended with a result.
    Succeeded,
    /// Ended with an error.
    Failed,
    /// Cancelled before its end.
    Cancelled,
}

/// Progress of a job.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Default)]
pub struct JobProgress {
    /// Number of units done.
    pub done: u64,
    /// Total number of units; `None` while it is unknown.
    pub total: Option<u64>,
    /// The unit, e.g. `bytes`.
    pub unit: &'static str,
}

/// Reason for which a job did not succeed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Error)]
pub enum JobError {
    /// It was cancelled.
    #[error("cancelled")]
    Cancelled,
    /// It failed.
    #[error("{detail}")]
    Failed {
        /// A stable code in snake case.
        code: &'static str,
        /// A description of the failure, without personal data.
        detail: String,
    },
}

/// Reason for which a job was not started.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum StartError {
    /// The agency has too many jobs waiting.
    #[error("too many jobs are waiting")]
    TooManyQueued,
    /// The server is shutting down.
    #[error("no jobs are started any more")]
    ShuttingDown,
}

/// The state of a job as its owner agency sees it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct JobStatus {
    /// The job's id.
    pub id: JobId,
    /// The owner.
    pub owner: JobOwner,
    /// The kind of work, e.g. `import`.
    pub kind: &'static str,
    /// The state.
    pub state: JobState,
    /// The progress.
    pub progress: JobProgress,
    /// The time at which the job was requested.
    pub created: Timestamp,
    /// The time at which it began to run; `None` before.
    pub started: Option<Timestamp>,
    /// The time at which it ended; `None` before.
    pub ended: Option<Timestamp>,
    /// The result; `None` unless the job has succeeded.
    pub result: Option<serde_json::Value>,
    /// The reason of failure; `None` unless the job has failed or was cancelled.
    pub error: Option<JobError>,
}

/// A running job's connection to the registry: it reports progress and learns of a cancellation.
pub struct JobHandle {
    id: JobId,
    shared: Arc<Shared>,
    cancel: Arc<AtomicBool>,
}

impl JobHandle {
    /// The job's id.
    pub fn id(&self) -> JobId {
        self.id
    }

    /// Tells if the job is to stop. Long work checks this regularly.
    pub fn is_cancelled(&self) -> bool {
        self.cancel.load(Ordering::Relaxed)
    }

    /// Reports the job's progress.
    pub fn progress(&self, done: u64, total: Option<u64>, unit: &'static str) {
        let mut state = self.shared.lock();
        if let Some(job) = state.jobs.get_mut(&self.id) {
            job.status.progress = JobProgress { done, total, unit };
        }
    }
}

struct Job {
    /// Position in the order of starts, for lists; never shown.
    sequence: u64,
    status: JobStatus,
    cancel: Arc<AtomicBool>,
}

#[derive(Default)]
struct State {
    jobs: BTreeMap<JobId, Job>,
    queue: VecDeque<(JobId, Work)>,
    started: u64,
    shutting_down: bool,
}

struct Shared {
    state: Mutex<State>,
    wake: Condvar,
    clock: Clock,
}

impl Shared {
    /// Locks the state, also after a panic: no code that can panic runs under the lock, so the state is consistent.
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The jobs of a server.
pub struct Jobs {
    shared: Arc<Shared>,
    key: IdKey,
    nonce: [u8; 16],
}

impl Jobs {
    /// A registry that runs at most `threads` jobs at a time. Ids are keyed hashes under `nonce`,
    /// which is random for each start of the server.
    ///
    /// # Errors
    /// When the system cannot start a thread.
    pub fn new(key: IdKey, nonce: [u8; 16], clock: Clock, threads: usize) -> std::io::Result<Self> {
        let shared = Arc::new(Shared { state: Mutex::default(), wake: Condvar::new(), clock });
        for number in 0..threads.max(1) {
            let shared = Arc::clone(&shared);
            std::thread::Builder::new()
                .name(format!("job-{number}"))
                .spawn(move || run_jobs(&shared))?;
        }
        Ok(Self { shared, key, nonce })
    }

    /// Queues work for `owner`; returns the job's status with its id.
    ///
    /// # Errors
    /// When too many of the agency's jobs are waiting, or the server is shutting down.
    pub fn start(
        &self,
        owner: JobOwner,
        kind: &'static str,
        work: impl FnOnce(&JobHandle) -> Result<serde_json::Value, JobError> + Send + 'static,
    ) -> Result<JobStatus, StartError> {
        let created = (self.shared.clock)();
        let mut state = self.shared.lock();
        if state.shutting_down {
            return Err(StartError::ShuttingDown);
        }
        let waiting = |job: &&Job| {
            job.status.owner.agency == owner.agency && job.status.state == JobState::Queued
        };
        if state.jobs.values().filter(waiting).count() >= QUEUED_MAX {
            return Err(StartError::TooManyQueued);
        }
        let sequence = state.started;
        state.started += 1;
        let id = self.id(sequence);
        let status = JobStatus {
            id,
            owner,
            kind,
            state: JobState::Queued,
            progress: JobProgress::default(),
            created,
            started: None,
            ended: None,
            result: None,
            error: None,
        };
        let cancel = Arc::new(AtomicBool::new(false));
        state.jobs.insert(id, Job { sequence, status: status.clone(), cancel });
        state.queue.push_back((id, Box::new(work)));
        self.shared.wake.notify_one();
        Ok(status)
    }

    /// A job of the agency; `None` for a job of another one.
    pub fn get(&self, agency: &str, id: JobId) -> Option<JobStatus> {
        let state = self.shared.lock();
        state
            .jobs
            .get(&id)
            .filter(|job| job.status.owner.agency == agency)
            .map(|j| j.status.clone())
    }

    /// The agency's jobs, the latest first.
    pub fn list(&self, agency: &str) -> Vec<JobStatus> {
        let state = self.shared.lock();
        let mut jobs: Vec<&Job> =
            state.jobs.values().filter(|job| job.status.owner.agency == agency).collect();
        jobs.sort_by_key(|job| std::cmp::Reverse(job.sequence));
        jobs.into_iter().map(|job| job.status.clone()).collect()
    }

    /// Cancels a job of the agency: a waiting one at once, a running one when it next checks. `None` for a job of
    /// another agency; an ended job stays as it is.
    pub fn cancel(&self, agency: &str, id: JobId) -> Option<JobStatus> {
        let now = (self.shared.clock)();
        let mut state = self.shared.lock();
        let job = state.jobs.get_mut(&id).filter(|job| job.status.owner.agency == agency)?;
        job.cancel.store(true, Ordering::Relaxed);
        if job.status.state == JobState::Queued {
            end(&mut job.status, now, Err(JobError::Cancelled));
        }
        let status = job.status.clone();
        state.queue.retain(|(queued, _)| *queued != id || status.state == JobState::Queued);
        state.forget_old(agency);
        Some(status)
    }

    fn id(&self, sequence: u64) -> JobId {
        JobId(self.key.tag("job", &[&self.nonce, &sequence.to_le_bytes()]))
    }
}

impl Drop for Jobs {
    /// Starts no more jobs and cancels the running ones; does not wait for them.
    fn drop(&mut self) {
        let mut state = self.shared.lock();
        state.shutting_down = true;
        state.queue.clear();
        state.jobs.values().for_each(|job| job.cancel.store(true, Ordering::Relaxed));
        self.shared.wake.notify_all();
    }
}

impl State {
    /// Removes the oldest ended jobs of an agency beyond [`ENDED_KEPT_MAX`].
    fn forget_old(&mut self, agency: &str) {
        let ended = |job: &&Job| job.status.owner.agency == agency && job.status.ended.is_some();
        let mut ended: Vec<(u64, JobId)> =
            self.jobs.values().filter(ended).map(|job| (job.sequence, job.status.id)).collect();
        ended.sort_unstable();
        let excess = ended.len().saturating_sub(ENDED_KEPT_MAX);
        for (_, id) in ended.into_iter().take(excess) {
            self.jobs.remove(&id);
        }
    }
}

/// The loop of a worker thread: runs jobs until the registry is dropped.
fn run_jobs(shared: &Arc<Shared>) {
    while let Some((handle, work)) = next_job(shared) {
        let result = catch_unwind(AssertUnwindSafe(|| work(&handle))).unwrap_or_else(|_| {
            tracing::error!(job = %handle.id, "a job panicked");
            let detail = "the job ended unexpectedly".to_owned();
            Err(JobError::Failed { code: "internal", detail })
        });
        let now = (shared.clock)();
        let mut state = shared.lock();
        if let Some(job) = state.jobs.get_mut(&handle.id) {
            end(&mut job.status, now, result);
            let agency = job.status.owner.agency.clone();
            state.forget_old(&agency);
        }
    }
}

/// Waits for a job and marks it running; `None` once the registry is dropped.
fn next_job(shared: &Arc<Shared>) -> Option<(JobHandle, Work)> {
    let mut state = shared.lock();
    loop {
        if state.shutting_down {
            return None;
        }
        if let Some((id, work)) = state.queue.pop_front() {
            let Some(job) = state.jobs.get_mut(&id) else { continue };
            job.status.state = JobState::Running;
            job.status.started = Some((shared.clock)());
            let cancel = Arc::clone(&job.cancel);
            return Some((JobHandle { id, shared: Arc::clone(shared), cancel }, work));
        }
        state = shared.wake.wait(state).unwrap_or_else(PoisonError::into_inner);
    }
}

fn end(status: &mut JobStatus, now: Timestamp, result: Result<serde_json::Value, JobError>) {
    status.ended = Some(now);
    match result {
        Ok(value) => {
            status.state = JobState::Succeeded;
            status.result = Some(value);
        }
        Err(error) => {
            let cancelled = error == JobError::Cancelled;
            status.state = if cancelled { JobState::Cancelled } else { JobState::Failed };
            status.error = Some(error);
        }
    }
}
