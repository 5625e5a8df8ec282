//! Snapshots in use: one for each set of visible classes. They hold what is equal in common, so that
//! another view costs its own part only: which objects are its, and how they join.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use super::{Setting, Snapshot, build, build_in};
use crate::govern::View;
use crate::model::{IdKey, RecordId};
use crate::resolve::Engine;
use crate::store::{Store, StoreError};

/// Views kept; the one used longest ago makes room.
const SLOTS_MAX: usize = 256;
/// Bytes that all kept views but the largest may hold for themselves, unless said otherwise; beyond it
/// the one used longest ago makes room.
pub const VIEW_BYTES_MAX: usize = 200 << 20;

/// Builds snapshots when the store has changed, and shares them between readers. Two callers who
/// see the same share one; the case that they ask about changes no more than pseudonyms.
pub struct Cache {
    id_key: IdKey,
    engine: Arc<Engine>,
    bytes_max: usize,
    slots: Mutex<Vec<Arc<Slot>>>,
}

/// One view; its lock is held while its snapshot is built, so that it is built once.
struct Slot {
    view: View,
    /// The records about victims that are not masked; `None` where nothing is.
    unmasked: Option<BTreeSet<RecordId>>,
    built: Mutex<Option<Built>>,
    /// Bytes that the snapshot holds for itself.
    bytes: AtomicUsize,
}

/// A snapshot, and the revision it is of.
#[derive(Clone)]
struct Built {
    revision: u64,
    snapshot: Arc<Snapshot>,
}

impl Cache {
    /// An empty cache.
    pub fn new(id_key: IdKey, engine: Arc<Engine>) -> Self {
        Self { id_key, engine, bytes_max: VIEW_BYTES_MAX, slots: Mutex::new(Vec::new()) }
    }

    /// A cache of which all views but the largest hold so many bytes for themselves.
    #[must_use]
    pub fn with_bytes_max(self, bytes_max: usize) -> Self {
        Self { bytes_max, ..self }
    }

    /// The snapshot of a view as of now, and the store's revision that it is of.
    ///
    /// # Errors
    /// When the store does not answer.
    pub fn snapshot(
        &self,
        store: &dyn Store,
        view: &View,
    ) -> Result<(Arc<Snapshot>, u64), StoreError> {
        let built = self.current(store, view, None)?;
        Ok((built.snapshot, built.revision))
    }

    /// The same, masked for a case (see [`Snapshot::masked`]) and for a caller who may see these records
    /// about victims unmasked.
    ///
    /// # Errors
    /// When the store does not answer.
    pub fn masked(
        &self,
        store: &dyn Store,
        view: &View,
        unmasked: &BTreeSet<RecordId>,
        case: &str,
    ) -> Result<(Arc<Snapshot>, u64), StoreError> {
        let built = self.current(store, view, Some(unmasked))?;
        Ok((Arc::new(built.snapshot.in_case(case)), built.revision))
    }

    /// Views that are kept.
    pub fn len(&self) -> usize {
        self.slots.lock().unwrap_or_else(PoisonError::into_inner).len()
    }

    /// Whether none is.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// What is built, built anew when the store has changed.
    fn current(
        &self,
        store: &dyn Store,
        view: &View,
        unmasked: Option<&BTreeSet<RecordId>>,
    ) -> Result<Built, StoreError> {
        let slot = self.slot(view, unmasked);
        let mut built = slot.built.lock().unwrap_or_else(PoisonError::into_inner);
        let revision = store.revision()?;
        if let Some(found) = built.as_ref().filter(|found| found.revision == revision) {
            return Ok(found.clone());
        }
        let donors = self.donors(built.take());
        let new = self.build(store, view, unmasked, &donors)?;
        *built = Some(new.clone());
        slot.bytes.store(new.snapshot.own_bytes(), Ordering::Relaxed);
        self.make_room();
        Ok(new)
    }

    fn build(
        &self,
        store: &dyn Store,
        view: &View,
        unmasked: Option<&BTreeSet<RecordId>>,
        donors: &[Arc<Snapshot>],
    ) -> Result<Built, StoreError> {
        if unmasked.is_none() && donors.is_empty() {
            let (snapshot, revision) = build(store, view, &self.id_key, &self.engine)?;
            return Ok(Built { revision, snapshot: Arc::new(snapshot) });
        }
        let setting = Setting { unmasked, donors };
        let (snapshot, revision) = build_in(store, view, &self.id_key, &self.engine, &setting)?;
        let snapshot = Arc::new(snapshot);
        let snapshot = match unmasked {
            Some(_) => Arc::new(snapshot.masked_sharing(donors)),
            None => snapshot,
        };
        Ok(Built { revision, snapshot })
    }

    /// Snapshots that a new one may hold things in common with: those of other views that are not being
    /// built at the moment, and the view's own of before.
    fn donors(&self, before: Option<Built>) -> Vec<Arc<Snapshot>> {
        let slots = self.slots.lock().unwrap_or_else(PoisonError::into_inner);
        let others = slots.iter().filter_map(|slot| slot.built.try_lock().ok()?.clone());
        before.into_iter().chain(others).map(|built| built.snapshot).collect()
    }

    /// Drops what was used longest ago while there is too much.
    fn make_room(&self) {
        let mut slots = self.slots.lock().unwrap_or_else(PoisonError::into_inner);
        let bytes = |slot: &Arc<Slot>| slot.bytes.load(Ordering::Relaxed);
        let mut total: usize = slots.iter().map(bytes).sum();
        let largest = slots.iter().map(bytes).max().unwrap_or(0);
        while slots.len() > 1 && total > largest + self.bytes_max {
            total -= bytes(&slots.remove(0));
        }
    }

    /// The slot of a view, which becomes the one used last. Whom the caller may call changes no
    /// snapshot.
    fn slot(&self, view: &View, unmasked: Option<&BTreeSet<RecordId>>) -> Arc<Slot> {
        let mut slots = self.slots.lock().unwrap_or_else(PoisonError::into_inner);
        let same =
            |slot: &Arc<Slot>| slot.view.shows_as(view) && slot.unmasked.as_ref() == unmasked;
        let slot = match slots.iter().position(same) {
            Some(at) => slots.remove(at),
            None => Arc::new(Slot {
                view: view.clone(),
                unmasked: unmasked.cloned(),
                built: Mutex::new(None),
                bytes: AtomicUsize::new(0),
            }),
        };
        if slots.len() >= SLOTS_MAX {
            slots.remove(0);
        }
        slots.push(Arc::clone(&slot));
        slot
    }
}
