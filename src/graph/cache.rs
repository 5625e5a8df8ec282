//! Snapshots in use, one for each set of visible classes.

use std::sync::{Arc, Mutex, PoisonError};

use super::{Snapshot, build};
use crate::govern::View;
use crate::model::{ClassSet, IdKey};
use crate::resolve::Engine;
use crate::store::{Store, StoreError};

/// Snapshots kept; the one used longest ago makes room.
const SNAPSHOTS_MAX: usize = 16;

/// Builds snapshots when the store has changed, and shares them between readers. Two callers who
/// see the same classes share one.
pub struct Cache {
    id_key: IdKey,
    engine: Arc<Engine>,
    slots: Mutex<Vec<Arc<Slot>>>,
}

/// One set of classes; its lock is held while its snapshot is built, so that it is built once.
struct Slot {
    classes: ClassSet,
    built: Mutex<Option<(u64, Arc<Snapshot>)>>,
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
        let slot = self.slot(&view.classes);
        let mut built = slot.built.lock().unwrap_or_else(PoisonError::into_inner);
        let revision = store.revision()?;
        if let Some((of, snapshot)) = built.as_ref()
            && *of == revision
        {
            return Ok((Arc::clone(snapshot), revision));
        }
        let (snapshot, revision) = build(store, view, &self.id_key, &self.engine)?;
        let snapshot = Arc::new(snapshot);
        *built = Some((revision, Arc::clone(&snapshot)));
        Ok((snapshot, revision))
    }

    /// The slot of a set of classes, which becomes the one used last.
    fn slot(&self, classes: &ClassSet) -> Arc<Slot> {
        let mut slots = self.slots.lock().unwrap_or_else(PoisonError::into_inner);
        let slot = match slots.iter().position(|slot| slot.classes == *classes) {
            Some(at) => slots.remove(at),
            None => Arc::new(Slot { classes: classes.clone(), built: Mutex::new(None) }),
        };
        if slots.len() >= SNAPSHOTS_MAX {
            slots.remove(0);
        }
        slots.push(Arc::clone(&slot));
        slot
    }
}
