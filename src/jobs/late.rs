//! Links that are found after the answer to a write: a write links what is new with what its caller sees, so that
//! the time it takes tells nothing of what is hidden; the rest follows when nobody waits.
//!
//! A link is a function of its two records, so that when and in which order links are found changes none. Whoever
//! sees more than the writer finds the links that it may see: they are completed before it is answered, by
//! comparing what it sees and nothing else. What is noted in the store is taken up again at the next start.

use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use super::apply::Reach;
use super::link::Linker;
use super::submit::submit_in;
use super::unlinked::{Missing, Unlinked, Within};
use super::{SubmitError, SubmitReport};
use crate::audit::{Due, Housekeeping};
use crate::ingest::RowOutput;
use crate::model::{ClassSet, Link, Record, RecordId, Timestamp};
use crate::store::{Store, StoreError};

/// Time without a request after which links are looked for: always the same.
const PAUSE: Duration = Duration::from_millis(50);
/// How long a slice waits for a pause at most where too many records wait.
const PATIENCE: Duration = Duration::from_millis(200);
/// Records that wait, from which on the work goes on beside requests.
const WAITING_MAX: usize = 20_000;
/// Comparisons of a slice, and links of a commit: a few milliseconds, which is how long a request that comes
/// meanwhile may be delayed.
const SLICE: usize = 64;
/// Time after a failure until the next try.
const AFTER_FAILURE: Duration = Duration::from_secs(5);

/// Finds the links that a write leaves for later.
pub struct LateLinks<L: Linker + Send + 'static> {
    work: Arc<Work<L>>,
    thread: Option<JoinHandle<()>>,
}

/// A request in progress: as long as there is one no links are looked for.
pub struct InProgress(Arc<Gate>);

#[derive(Default)]
struct Gate {
    requests: Mutex<Requests>,
    changed: Condvar,
}

#[derive(Default)]
struct Requests {
    in_progress: usize,
    last: Option<Instant>,
    stopped: bool,
}

struct Work<L> {
    store: Arc<dyn Store>,
    engine: Arc<L>,
    unlinked: Unlinked,
    gate: Arc<Gate>,
}

impl<L: Linker + Send + 'static> LateLinks<L> {
    /// Takes up what an earlier run has left.
    ///
    /// # Errors
    /// When the store does not answer.
    pub fn new(store: Arc<dyn Store>, engine: Arc<L>) -> Result<Self, StoreError> {
        let unlinked = Unlinked::default();
        unlinked.add(store.unlinked()?);
        let work = Work { store, engine, unlinked, gate: Arc::default() };
        Ok(Self { work: Arc::new(work), thread: None })
    }

    /// The same, with a thread that does the work in the pauses between requests.
    ///
    /// # Errors
    /// When the system gives no thread.
    pub fn running(mut self) -> std::io::Result<Self> {
        let work = Arc::clone(&self.work);
        let thread = std::thread::Builder::new().name("accord-links".into());
        self.thread = Some(thread.spawn(move || work.run())?);
        Ok(self)
    }

    /// A request that is in progress until what is returned is dropped.
    pub fn in_progress(&self) -> InProgress {
        self.work.gate.requests().in_progress += 1;
        InProgress(Arc::clone(&self.work.gate))
    }

    /// Stores rows as [`super::submit()`] does, and links what is new with what the caller sees; the rest is linked
    /// later.
    ///
    /// # Errors
    /// As [`super::submit()`].
    pub fn submit(
        &self,
        rows: Vec<RowOutput>,
        at: Timestamp,
        within: &Within<'_>,
        due: &Due,
    ) -> Result<SubmitReport, SubmitError> {
        let Work { store, engine, unlinked, .. } = self.work.as_ref();
        let classes = within.joined_to(Some(within.agency));
        let reach = (Reach::Within(&classes), due);
        let (report, new) = submit_in(store.as_ref(), engine.as_ref(), rows, at, reach)?;
        unlinked.add_new(within.agency, classes, new);
        Ok(report)
    }

    /// Whether nothing is left to be linked.
    pub fn is_done(&self) -> bool {
        self.work.unlinked.len() == 0
    }

    /// Completes the links that a caller may see, by what it sees.
    ///
    /// # Errors
    /// When the store does not answer.
    pub fn complete(&self, within: &Within<'_>) -> Result<(), StoreError> {
        let Work { store, unlinked, .. } = self.work.as_ref();
        for missing in unlinked.missing(within) {
            let found = store.records(within.classes, &[missing.id])?;
            let Some(record) = found.first() else { continue };
            self.work.link_within(record, &missing)?;
            unlinked.extend(&missing);
        }
        Ok(())
    }

    /// Says that records may have moved to other classes: with which they are linked is found out anew.
    pub fn records_moved(&self) {
        self.work.unlinked.forget();
    }

    /// Does all that is left at once.
    ///
    /// # Errors
    /// When the store does not answer.
    pub fn finish(&self) -> Result<(), StoreError> {
        while let Some(id) = self.work.unlinked.first() {
            self.work.link_with_all(id, || true)?;
        }
        Ok(())
    }
}

impl<L: Linker + Send + 'static> Drop for LateLinks<L> {
    fn drop(&mut self) {
        self.work.gate.requests().stopped = true;
        self.work.gate.changed.notify_all();
        if let Some(Err(_)) = self.thread.take().map(JoinHandle::join) {
            tracing::error!(
                "the thread that finds links had failed; the next start takes up what it left"
            );
        }
    }
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

    /// Waits for a pause, at most so long where so much is left that it does not wait; whether to go on.
    fn wait_for_pause(&self, at_most: Option<Duration>) -> bool {
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

    /// Waits for a time, or until it is stopped; whether to go on.
    fn wait(&self, time: Duration) -> bool {
        let requests = self.requests();
        let waited = self.changed.wait_timeout_while(requests, time, |it| !it.stopped);
        !waited.unwrap_or_else(PoisonError::into_inner).0.stopped
    }
}

impl<L: Linker> Work<L> {
    /// Does what is left, again and again, until it is stopped.
    fn run(&self) {
        loop {
            let may_go_on = match self.unlinked.first() {
                None => self.gate.wait(PAUSE),
                Some(id) => match self.link_with_all(id, || self.wait_for_pause()) {
                    Ok(going_on) => going_on,
                    Err(error) => {
                        tracing::warn!(%error, "links wait to be found");
                        self.gate.wait(AFTER_FAILURE)
                    }
                },
            };
            if !may_go_on {
                return;
            }
        }
    }

    fn wait_for_pause(&self) -> bool {
        let is_much = self.unlinked.len() > WAITING_MAX;
        self.gate.wait_for_pause(is_much.then_some(PATIENCE))
    }

    /// Links a record with all others and takes the note from it; `pause` is asked before each slice whether to
    /// go on, and what was found until then stays.
    fn link_with_all(&self, id: RecordId, pause: impl Fn() -> bool) -> Result<bool, StoreError> {
        if !pause() {
            return Ok(false);
        }
        let all: ClassSet = self.store.classes()?.into_iter().map(|(class, _)| class).collect();
        // It may have been removed since.
        if let Some(record) = self.store.records(&all, &[id])?.first()
            && !self.link(record, &all, &pause)?
        {
            return Ok(false);
        }
        if !pause() {
            return Ok(false);
        }
        self.commit(&[], &[id])?;
        self.unlinked.remove(id);
        Ok(true)
    }

    /// Links a record with those of the classes that it is not linked with yet.
    fn link_within(&self, record: &Record, missing: &Missing) -> Result<(), StoreError> {
        self.link(record, &missing.classes, || true).map(|_| ())
    }

    /// Links a record with those of some classes that share a key with it; whether it came to the end.
    fn link(
        &self,
        record: &Record,
        among: &ClassSet,
        pause: impl Fn() -> bool,
    ) -> Result<bool, StoreError> {
        let own = self.engine.prepare(record);
        let mut others = self.store.candidates(among, &self.engine.keys(&own))?;
        others.retain(|other| *other != record.id);
        for slice in others.chunks(SLICE) {
            if !pause() {
                return Ok(false);
            }
            let others = self.store.records(among, slice)?;
            let link = |other: &Record| {
                let prepared = self.engine.prepare(other);
                let (a, b) = ((record.id, &own), (other.id, &prepared));
                if a.0 < b.0 { self.engine.link(a, b) } else { self.engine.link(b, a) }
            };
            let links: Vec<Link> = others.iter().filter_map(link).collect();
            if !links.is_empty() {
                self.commit(&links, &[])?;
            }
        }
        Ok(true)
    }

    fn commit(&self, links: &[Link], linked: &[RecordId]) -> Result<(), StoreError> {
        let due = Due::unlogged(Housekeeping::Linking);
        let mut transaction = self.store.begin(&due)?;
        transaction.link_late(links, linked)?;
        transaction.commit()
    }
}
