//! The snapshot of one view in the cache: built, brought up to date, merged, made compact.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use super::locked;
use crate::govern::View;
use crate::graph::advance::{Making, advanced};
use crate::graph::compact_snapshot::CompactSnapshot;
use crate::graph::{SharedObjects, Snapshot};
use crate::model::RecordId;
use crate::resolve::Engine;
use crate::store::Changes;

/// The cache entry of one view. The lock of `built` is held while the snapshot is built, so that it is built once.
pub(super) struct Slot {
    pub view: View,
    /// The records about victims that the caller may see unmasked; `None` if the snapshot is not masked at all.
    pub unmasked: Option<BTreeSet<RecordId>>,
    pub built: Mutex<Option<Built>>,
    /// Approximate bytes that the snapshot holds for itself, without shared objects.
    pub bytes: AtomicUsize,
}

/// A snapshot as of a revision of the store.
#[derive(Clone)]
pub(super) struct Built {
    /// The revision of the store up to which the snapshot is known to be current.
    pub revision: u64,
    /// The last revision at which it changed, as far as this process knows.
    pub changed: u64,
    /// The number of classes in the store after that revision: an object of a further class is not part of it.
    pub classes: u32,
    pub kept: Kept,
    /// The merge of the snapshot's changes that is under way.
    pub merging: Option<Merging>,
}

/// A merge of a snapshot's changes.
#[derive(Clone)]
pub(super) struct Merging {
    /// The snapshot that is being merged.
    pub of: Arc<Snapshot>,
    /// The changes that the view took up since the merge began.
    pub since: Vec<Arc<Changes>>,
}

/// A cached snapshot in one of its two forms.
#[derive(Clone)]
pub(super) enum Kept {
    Open(Open),
    Compact(Arc<CompactSnapshot>),
}

/// A cached snapshot in full.
#[derive(Clone)]
pub(super) struct Open {
    pub snapshot: Arc<Snapshot>,
    /// The compact form that it was expanded from, if any, so that it need not be made again.
    pub compact: Option<Arc<CompactSnapshot>>,
    /// Approximate bytes of redacted objects, which it holds for itself.
    pub object_bytes: usize,
}

impl Open {
    /// The snapshot of a compact one.
    pub fn expanded(compact: &Arc<CompactSnapshot>) -> Self {
        Self {
            snapshot: Arc::new(compact.expanded()),
            compact: Some(Arc::clone(compact)),
            object_bytes: compact.own_object_bytes(),
        }
    }
}

impl Kept {
    /// Approximate bytes that the snapshot holds for itself.
    pub fn bytes(&self) -> usize {
        match self {
            Self::Open(Open { snapshot, compact, object_bytes }) => {
                let compact = compact.as_ref().map_or(0, |compact| compact.bytes());
                snapshot.own_bytes() + object_bytes + compact
            }
            Self::Compact(compact) => compact.bytes(),
        }
    }

    /// The snapshot in full.
    pub fn open(self) -> Open {
        match self {
            Self::Open(open) => open,
            Self::Compact(compact) => Open::expanded(&compact),
        }
    }
}

impl Slot {
    /// Tells if there is a snapshot that satisfies the predicate; false while one is being built.
    pub fn is(&self, so: impl Fn(&Kept) -> bool) -> bool {
        self.built.try_lock().is_ok_and(|built| built.as_ref().is_some_and(|it| so(&it.kept)))
    }

    /// Makes the snapshot compact. Returns false, with nothing done, if a snapshot is being built.
    pub fn pack(&self, shared: &SharedObjects) -> bool {
        let Ok(mut built) = self.built.try_lock() else { return false };
        *built = built.take().map(|before| {
            let compact = match before.kept {
                Kept::Open(Open { compact: Some(compact), .. }) | Kept::Compact(compact) => compact,
                Kept::Open(open) => Arc::new(CompactSnapshot::of(&open.snapshot.merged(), shared)),
            };
            Built { kept: Kept::Compact(compact), merging: None, ..before }
        });
        let bytes = built.as_ref().map_or(0, |it| it.kept.bytes());
        self.bytes.store(bytes, Ordering::Relaxed);
        true
    }

    /// The snapshot as that of another view, if nothing that the two show differently was there at its revision.
    pub fn grown_into(&self, view: &View) -> Option<Built> {
        let built = self.built.try_lock().ok()?;
        let built = built.as_ref().filter(|it| view.has_grown_from(&self.view, it.classes))?;
        Some(Built { merging: None, ..built.clone() })
    }

    /// The view, engine and options that the slot's snapshot is made with.
    pub fn making<'a>(&'a self, engine: &'a Engine, shared: &'a SharedObjects) -> Making<'a> {
        Making { view: &self.view, engine, unmasked: self.unmasked.as_ref(), shared }
    }

    /// Merges the snapshot's changes into its lists, and puts the result in its place with what changed meanwhile.
    pub fn merge(&self, snapshot: &Arc<Snapshot>, engine: &Engine, shared: &SharedObjects) {
        let merged = Arc::new(snapshot.merged());
        let mut built = locked(&self.built);
        let Some(current) = built.as_mut() else { return };
        // Another one may have begun, if the snapshot was built anew meanwhile.
        let is_this = |merging: &mut Merging| Arc::ptr_eq(&merging.of, snapshot);
        let Some(merging) = current.merging.take_if(is_this) else { return };
        let caught_up = merging.since.iter().try_fold(merged, |merged, changes| {
            advanced(&merged, changes, self.making(engine, shared))
        });
        if let (Kept::Open(open), Ok(snapshot)) = (&mut current.kept, caught_up) {
            open.snapshot = snapshot;
        }
    }
}
