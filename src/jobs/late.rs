//! Links that are found after the answer to a write: a write links new records with the records visible to its caller,
//! so that the time it takes reveals nothing of hidden ones; the others are linked in the pauses between requests.
//!
//! A link is a function of its two records, so that the time and order in which links are found change none. A caller
//! who sees more than the writer gets all links between records visible to it: they are completed before it is
//! answered, by comparing these records and no others. The remaining work is noted in the store, in the commit of the
//! write, and taken up again at the next start, whatever ended the run before.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

use super::apply::Reach;
use super::gate::{Gate, InProgress, PATIENCE, PAUSE};
use super::link::Linker;
use super::submit::submit_in;
use super::unlinked::Notes;
use super::{SubmitError, SubmitReport};
use crate::audit::{Due, Housekeeping};
use crate::govern::Sight;
use crate::graph::Links;
use crate::ingest::RowOutput;
use crate::model::{ClassSet, FormId, FormLink, Record, Timestamp};
use crate::store::{Store, StoreError, Unlinked};

/// Number of waiting records above which the work continues beside requests.
const WAITING_MAX: usize = 20_000;
/// Comparisons of a slice, and links of a commit, between which the work may pause: a few milliseconds, which is the
/// longest delay of a request that arrives meanwhile.
const SLICE: usize = 64;
/// Comparisons of a slice while a caller waits for them.
const LARGE_SLICE: usize = 4_096;
/// Time after a failure until the next attempt.
const AFTER_FAILURE: Duration = Duration::from_secs(1);

/// Finds the links that writes leave for later.
pub struct LateLinks<L: Linker + Send + 'static> {
    work: Arc<Work<L>>,
    thread: Mutex<Option<JoinHandle<()>>>,
}

struct Work<L> {
    store: Arc<dyn Store>,
    engine: Arc<L>,
    notes: Notes,
    gate: Arc<Gate>,
    /// The forms whose links could not be found or stored at the last attempt.
    failed: Mutex<BTreeSet<FormId>>,
}

impl<L: Linker + Send + 'static> LateLinks<L> {
    /// Reads the notes of work that an earlier run has left.
    ///
    /// # Errors
    /// When the store does not answer.
    pub fn new(store: Arc<dyn Store>, engine: Arc<L>) -> Result<Self, StoreError> {
        let notes = Notes::default();
        notes.read(store.as_ref())?;
        let work = Work { store, engine, notes, gate: Arc::default(), failed: Mutex::default() };
        Ok(Self { work: Arc::new(work), thread: Mutex::default() })
    }

    /// Starts a thread that finds the links in the pauses between requests.
    ///
    /// # Errors
    /// When the system cannot start a thread.
    pub fn running(self) -> std::io::Result<Self> {
        let work = Arc::clone(&self.work);
        let thread = std::thread::Builder::new().name("accord-links".into());
        *self.thread() = Some(thread.spawn(move || work.run())?);
        Ok(self)
    }

    fn thread(&self) -> MutexGuard<'_, Option<JoinHandle<()>>> {
        self.thread.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Registers a request as in progress until the returned value is dropped.
    pub fn in_progress(&self) -> InProgress {
        InProgress::through(&self.work.gate)
    }

    /// Stores rows as [`super::submit()`] does, and links new records with records of the classes `within`, which
    /// should be those whose content the caller may see; the others are linked later.
    ///
    /// # Errors
    /// As [`super::submit()`].
    pub fn submit(
        &self,
        rows: Vec<RowOutput>,
        at: Timestamp,
        within: &ClassSet,
        due: &Due,
    ) -> Result<SubmitReport, SubmitError> {
        let Work { store, engine, notes, .. } = self.work.as_ref();
        let reach = (Reach::Within(within), due);
        let (report, new) = submit_in(store.as_ref(), engine.as_ref(), rows, at, reach)?;
        notes.add(new, within);
        Ok(report)
    }

    /// Tells if no work is left, as far as this process knows.
    #[cfg(test)]
    pub(super) fn is_done(&self) -> bool {
        self.work.notes.len() == 0
    }

    /// Tells if links could not be found or stored at the last attempt. Nothing is lost by it, and another attempt
    /// follows; but the thread that does the work may have ended, and then the next start continues it.
    pub fn is_failing(&self) -> bool {
        let has_ended = self.thread().as_ref().is_some_and(JoinHandle::is_finished);
        has_ended || !self.work.failed().is_empty()
    }

    /// Ends the work; the remaining work is noted in the store.
    pub fn stop(&self) {
        self.work.gate.stop();
        let thread = self.thread().take();
        if let Some(Err(_)) = thread.map(JoinHandle::join) {
            tracing::error!(
                "the thread that finds links had failed; the next start takes up what it left"
            );
        }
    }
}

impl<L: Linker + Send + 'static> Links for LateLinks<L> {
    fn complete(&self, among: &Sight) -> Result<(), StoreError> {
        let Work { store, engine, notes, .. } = self.work.as_ref();
        notes.read(store.as_ref())?;
        let to_find = ToFind { store: store.as_ref(), engine: engine.as_ref(), slice: LARGE_SLICE };
        for missing in notes.missing(among.classes()) {
            let form = missing.note.form;
            let found = store.of_forms(among, &[form])?;
            let Some(record) = found.get(&form) else { continue };
            to_find.link((form, record), &Sight::to_link(missing.classes.clone()), || true)?;
            notes.extend(&missing);
        }
        Ok(())
    }
}

impl<L: Linker + Send + 'static> Drop for LateLinks<L> {
    fn drop(&mut self) {
        self.stop();
    }
}

impl<L: Linker> Work<L> {
    fn failed(&self) -> MutexGuard<'_, BTreeSet<FormId>> {
        self.failed.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Works on the notes in turn until it is stopped. A failed one keeps its note and is tried again in its turn; the
    /// others continue.
    fn run(&self) {
        let mut last = None;
        loop {
            let may_go_on = match self.notes.after(last) {
                None => self.gate.wait(PAUSE),
                Some(note) => {
                    last = Some(note.form);
                    self.link_one(&note)
                }
            };
            if !may_go_on {
                return;
            }
        }
    }

    /// Links the form of a note in pauses. Returns false if the work is stopped.
    fn link_one(&self, note: &Unlinked) -> bool {
        let (store, engine) = (self.store.as_ref(), self.engine.as_ref());
        let to_find = ToFind { store, engine, slice: SLICE };
        match to_find.link_with_all(note, || self.wait_for_pause()) {
            Ok(ended) => {
                if ended {
                    self.notes.remove(note);
                    self.failed().remove(&note.form);
                }
                ended
            }
            Err(error) => {
                self.failed().insert(note.form);
                tracing::error!(%error, "links of a form wait to be found; that is tried again");
                self.gate.wait(AFTER_FAILURE)
            }
        }
    }

    fn wait_for_pause(&self) -> bool {
        // What failed before is tried again under steady requests too: until it is done the server says that it is not
        // well.
        let is_pressing = self.notes.len() > WAITING_MAX || !self.failed().is_empty();
        self.gate.wait_for_pause(is_pressing.then_some(PATIENCE))
    }
}

/// Finds all links that an earlier run has left in a store, for a reader of the store without a server.
///
/// # Errors
/// When the store does not answer.
pub fn link_what_is_left<L: Linker>(store: &dyn Store, engine: &L) -> Result<(), StoreError> {
    let to_find = ToFind { store, engine, slice: LARGE_SLICE };
    loop {
        let notes = store.unlinked(0)?;
        if notes.is_empty() {
            return Ok(());
        }
        for note in notes {
            to_find.link_with_all(&note, || true)?;
        }
    }
}

/// The store and engine to find links with, and the number of comparisons between two pauses.
struct ToFind<'a, L> {
    store: &'a dyn Store,
    engine: &'a L,
    slice: usize,
}

impl<L: Linker> ToFind<'_, L> {
    /// Links a form with all others and removes its note; returns true when done. `pause` is called before each slice
    /// and returns false to stop; links found until then stay. If records were moved meanwhile, their notes were
    /// renewed, and stay.
    fn link_with_all(&self, note: &Unlinked, pause: impl Fn() -> bool) -> Result<bool, StoreError> {
        if !pause() {
            return Ok(false);
        }
        let all = self.store.classes()?.into_iter().map(|(class, _)| class).collect();
        let all = Sight::to_link(all);
        // Its records may have been removed since.
        if let Some(record) = self.store.of_forms(&all, &[note.form])?.get(&note.form)
            && !self.link((note.form, record), &all, &pause)?
        {
            return Ok(false);
        }
        if !pause() {
            return Ok(false);
        }
        self.commit(&[], &[*note])?;
        Ok(true)
    }

    /// Links a form, by one of its records, with the forms of some classes that share a key with it. Returns false if
    /// `pause` stopped it.
    fn link(
        &self,
        (form, record): (FormId, &Record),
        among: &Sight,
        pause: impl Fn() -> bool,
    ) -> Result<bool, StoreError> {
        let own = self.engine.prepare(record);
        let mut others = self.store.candidates(among, &self.engine.keys(&own))?;
        others.retain(|other| *other != form);
        for slice in others.chunks(self.slice) {
            if !pause() {
                return Ok(false);
            }
            let others = self.store.of_forms(among, slice)?;
            let link = |(other, record): (&FormId, &Record)| {
                self.engine.link((form, &own), (*other, &self.engine.prepare(record)))
            };
            let links: Vec<FormLink> = others.iter().filter_map(link).collect();
            if !links.is_empty() {
                self.commit(&links, &[])?;
            }
        }
        Ok(true)
    }

    fn commit(&self, links: &[FormLink], linked: &[Unlinked]) -> Result<(), StoreError> {
        let due = Due::unlogged(Housekeeping::Linking);
        let mut transaction = self.store.begin(&due)?;
        transaction.link_late(links, linked)?;
        transaction.commit()
    }
}
