//! Snapshots in use, one for each set of visible classes.

use std::sync::{Arc, Mutex, PoisonError};

use super::{Snapshot, build};
use crate::govern::View;
use crate::model::IdKey;
use crate::resolve::Engine;
use crate::store::{Store, StoreError};

/// Snapshots kept; the one used longest ago makes room.
const SNAPSHOTS_MAX: usize = 16;
/// Masked forms of one snapshot that are kept, each as large as the snapshot.
const CASES_MAX: usize = 4;

/// Builds snapshots when the store has changed, and shares them between readers. Two callers who
/// see the same classes share one.
pub struct Cache {
    id_key: IdKey,
    engine: Arc<Engine>,
    slots: Mutex<Vec<Arc<Slot>>>,
}

/// One view; its lock is held while its snapshot is built, so that it is built once.
struct Slot {
    view: View,
    built: Mutex<Option<Built>>,
}

/// A snapshot, the revision it is of, and what was masked from it for which case, the latest last.
struct Built {
    revision: u64,
    snapshot: Arc<Snapshot>,
    masked: Vec<(String, Arc<Snapshot>)>,
}

impl Cache {
    /// An empty cache.
    pub fn new(id_key: IdKey, engine: Arc<Engine>) -> Self {
        Self { id_key, engine, slots: Mutex::new(Vec::new()) }
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
        let slot = self.slot(view);
        let mut built = slot.built.lock().unwrap_or_else(PoisonError::into_inner);
        let built = self.current(store, view, &mut built)?;
        Ok((Arc::clone(&built.snapshot), built.revision))
    }

    /// The same, masked for a case (see [`Snapshot::masked`]).
    ///
    /// # Errors
    /// When the store does not answer.
    pub fn masked(
        &self,
        store: &dyn Store,
        view: &View,
        case: &str,
    ) -> Result<(Arc<Snapshot>, u64), StoreError> {
        let slot = self.slot(view);
        let mut built = slot.built.lock().unwrap_or_else(PoisonError::into_inner);
        let built = self.current(store, view, &mut built)?;
        let at = built.masked.iter().position(|(of, _)| of == case);
        let entry = match at {
            Some(at) => built.masked.remove(at),
            None => (case.to_owned(), built.snapshot.masked(case)),
        };
        let masked = Arc::clone(&entry.1);
        if built.masked.len() >= CASES_MAX {
            built.masked.remove(0);
        }
        built.masked.push(entry);
        Ok((masked, built.revision))
    }

    /// What is built, built anew when the store has changed.
    fn current<'a>(
        &self,
        store: &dyn Store,
        view: &View,
        built: &'a mut Option<Built>,
    ) -> Result<&'a mut Built, StoreError> {
        let revision = store.revision()?;
        match built {
            Some(found) if found.revision == revision => {}
            _ => {
                let (snapshot, revision) = build(store, view, &self.id_key, &self.engine)?;
                let (snapshot, masked) = (Arc::new(snapshot), Vec::new());
                *built = Some(Built { revision, snapshot, masked });
            }
        }
        built.as_mut().ok_or_else(|| StoreError::Backend("no snapshot".to_owned()))
    }

    /// The slot of a view, which becomes the one used last. Whom the caller may call changes no
    /// snapshot.
    fn slot(&self, view: &View) -> Arc<Slot> {
        let mut slots = self.slots.lock().unwrap_or_else(PoisonError::into_inner);
        let slot = match slots.iter().position(|slot| slot.view.shows_as(view)) {
            Some(at) => slots.remove(at),
            None => Arc::new(Slot { view: view.clone(), built: Mutex::new(None) }),
        };
        if slots.len() >= SNAPSHOTS_MAX {
            slots.remove(0);
        }
        slots.push(Arc::clone(&slot));
        slot
    }
}
