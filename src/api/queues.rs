//! The queues in front of the work of requests: each kind of work has its own, so none takes the place of another. A
//! queue is bounded in how much is done at a time, in how many wait, and in how long they wait; what cannot be served
//! within that is refused, with the time after which to try again.

use std::sync::Arc;

use actix_web::{HttpMessage, HttpRequest};
use thiserror::Error;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::limits::{
    CREDENTIALS_QUEUE, HEAVY_QUEUE, INFLATION_QUEUE, LATER_AT_ONCE, LIGHT_QUEUE, LOG_QUEUE,
    QueueLimits, READINESS_QUEUE, SIGNING_IN_QUEUE, WRITE_QUEUE,
};

/// The kind of an operation's work: the queue that its requests wait in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Work {
    /// The answer is in memory: no thread is needed, and nothing is waited for.
    Instant,
    /// A question about one thing, or a page of a list.
    Light,
    /// A question whose answer is computed from a whole network, or that runs a stored query.
    Heavy,
    /// A change of what is stored.
    Write,
    /// A log-on, which hashes a password and can be asked for by anybody.
    SigningIn,
    /// The question if the server can answer questions.
    Readiness,
}

/// The error that a queue is full, or that a turn in it does not come in time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("more is asked at once than is answered in time")]
pub struct Overloaded {
    /// The seconds after which to try again.
    pub retry_seconds: u16,
}

/// One bounded queue.
#[derive(Debug)]
pub struct Queue {
    limits: QueueLimits,
    turns: Arc<Semaphore>,
    waiting: Semaphore,
}

/// A turn in a queue. It lasts as long as any copy of it is held: by the thread that does the work, which goes on if the
/// client leaves, and by the request until its answer is logged.
#[derive(Debug, Clone)]
pub struct Turn(
    #[expect(dead_code, reason = "it is held, not read")] Option<Arc<OwnedSemaphorePermit>>,
);

impl Turn {
    /// Keeps the turn until the request is over.
    fn keep_with(&self, request: &HttpRequest) {
        request.extensions_mut().insert(self.clone());
    }

    /// Takes the turn of a request that is over, so that it can be given to another one.
    pub fn given_back(request: &HttpRequest) -> Option<Self> {
        request.extensions_mut().remove()
    }
}

impl Queue {
    fn of(limits: QueueLimits) -> Self {
        let turns = Arc::new(Semaphore::new(limits.at_once));
        Self { turns, waiting: Semaphore::new(limits.waiting), limits }
    }

    /// Waits for a turn.
    ///
    /// # Errors
    /// When too many wait already, or the turn does not come in time.
    pub async fn turn(&self) -> Result<Turn, Overloaded> {
        let taken = |permit| Turn(Some(Arc::new(permit)));
        // Permits are given in the order in which they were asked for, so nobody overtakes those who wait.
        if let Ok(permit) = Arc::clone(&self.turns).try_acquire_owned() {
            return Ok(taken(permit));
        }
        let full = || Overloaded { retry_seconds: self.limits.retry_seconds };
        let _waits = self.waiting.try_acquire().map_err(|_| full())?;
        let turn = Arc::clone(&self.turns).acquire_owned();
        let turn = tokio::time::timeout(self.limits.wait, turn).await;
        turn.ok().and_then(Result::ok).map(taken).ok_or_else(full)
    }
}

/// The queues of a server.
#[derive(Debug)]
pub struct Queues {
    light: Queue,
    heavy: Queue,
    writes: Queue,
    signing_in: Queue,
    readiness: Queue,
    /// Checks of credentials, which precede every other queue.
    pub credentials: Queue,
    /// Entries of the audit log, which follow all work.
    pub log: Queue,
    /// Compressed bodies.
    pub inflation: Queue,
    /// Work that begins once an answer has been made. Nobody waits for it, and what waits is kept in the store.
    pub later: Semaphore,
}

impl Default for Queues {
    fn default() -> Self {
        Self {
            light: Queue::of(LIGHT_QUEUE),
            heavy: Queue::of(HEAVY_QUEUE),
            writes: Queue::of(WRITE_QUEUE),
            signing_in: Queue::of(SIGNING_IN_QUEUE),
            readiness: Queue::of(READINESS_QUEUE),
            credentials: Queue::of(CREDENTIALS_QUEUE),
            log: Queue::of(LOG_QUEUE),
            inflation: Queue::of(INFLATION_QUEUE),
            later: Semaphore::new(LATER_AT_ONCE),
        }
    }
}

impl Queues {
    /// Waits for a turn to do the work of a request. The request keeps the turn until its answer is logged.
    ///
    /// # Errors
    /// When too much of this work waits already, or the turn does not come in time.
    pub async fn turn(&self, work: Work, request: &HttpRequest) -> Result<Turn, Overloaded> {
        let queue = match work {
            Work::Instant => return Ok(Turn(None)),
            Work::Light => &self.light,
            Work::Heavy => &self.heavy,
            Work::Write => &self.writes,
            Work::SigningIn => &self.signing_in,
            Work::Readiness => &self.readiness,
        };
        let turn = queue.turn().await?;
        turn.keep_with(request);
        Ok(turn)
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    const SMALL: QueueLimits =
        QueueLimits { at_once: 2, waiting: 1, wait: Duration::from_millis(50), retry_seconds: 7 };

    #[tokio::test]
    async fn a_queue_is_bounded_in_turns_in_waiting_and_in_time() {
        let queue = Arc::new(Queue::of(SMALL));
        let (first, second) = (queue.turn().await.unwrap(), queue.turn().await.unwrap());
        let waits = tokio::spawn({
            let queue = Arc::clone(&queue);
            async move { queue.turn().await }
        });
        while queue.waiting.available_permits() > 0 {
            tokio::task::yield_now().await;
        }
        // One waits, so the next one is refused at once.
        assert_eq!(queue.turn().await.unwrap_err(), Overloaded { retry_seconds: 7 });
        // Its turn does not come in time.
        assert_eq!(waits.await.unwrap().unwrap_err(), Overloaded { retry_seconds: 7 });
        // A copy holds the turn.
        let copy = first.clone();
        drop(first);
        assert!(queue.turn().await.is_err());
        drop(copy);
        let third = queue.turn().await.unwrap();
        drop((second, third));
        assert_eq!(queue.turns.available_permits(), SMALL.at_once);
    }

    /// The threads for blocking work are those of one worker in the worst case, and the framework has 512 of them for
    /// all workers.
    #[test]
    fn all_turns_together_leave_threads_free() {
        let all = [
            LIGHT_QUEUE,
            HEAVY_QUEUE,
            WRITE_QUEUE,
            SIGNING_IN_QUEUE,
            READINESS_QUEUE,
            CREDENTIALS_QUEUE,
            LOG_QUEUE,
            INFLATION_QUEUE,
        ];
        let turns: usize = all.iter().map(|limits| limits.at_once).sum();
        assert!(turns + LATER_AT_ONCE <= super::super::limits::BLOCKING_THREADS, "{turns}");
    }
}
