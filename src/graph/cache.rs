//! The cache of snapshots: one for each set of visible classes. Equal objects are shared between the snapshots, and
//! snapshots that were not asked lately are kept in compact form, so that one more view costs little: the positions of
//! its objects and its clustering.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::compact_snapshot::CompactSnapshot;
use super::linked::{self, Links};
use super::{Joined, Setting, SharedObjects, Snapshot, build_in};
use crate::govern::View;
use crate::model::{IdKey, RecordId};
use crate::resolve::Engine;
use crate::store::{Store, StoreError};

/// The most views kept; beyond it the least recently used is dropped.
const SLOTS_MAX: usize = 256;
/// The default of the bytes that all kept views but the largest may hold for themselves. Beyond it the least recently
/// used view is made compact, and where all are compact dropped.
pub const VIEW_BYTES_MAX: usize = 128 << 20;

/// Builds snapshots when the store has changed, and shares them between readers. Two callers who see the same classes
/// and fields share one snapshot; a masked one only if they are of one agency. The case that a caller asks about
/// changes pseudonyms and ids only, so it needs no snapshot of its own.
pub struct Cache {
    id_key: IdKey,
    engine: Arc<Engine>,
    links: Option<Arc<dyn Links>>,
    bytes_max: usize,
    slots: Mutex<Vec<Arc<Slot>>>,
    shared: Mutex<InCommon>,
}

/// The objects shared by the snapshots of one revision.
#[derive(Clone, Default)]
struct InCommon {
    revision: u64,
    held: SharedObjects,
}

/// The cache entry of one view. The lock of `built` is held while the snapshot is built, so that it is built once.
struct Slot {
    view: View,
    /// The records about victims that the caller may see unmasked; `None` if the snapshot is not masked at all.
    unmasked: Option<BTreeSet<RecordId>>,
    built: Mutex<Option<Built>>,
    /// Approximate bytes that the snapshot holds for itself, without shared objects.
    bytes: AtomicUsize,
}

/// A snapshot with the store revision and the late-link revision that it was built at.
struct Built {
    revision: u64,
    /// The revision of the view's late links (see [`linked::late_revision`]).
    late: u64,
    kept: Kept,
}

/// A cached snapshot in one of its two forms.
enum Kept {
    Open(Open),
    Compact(Arc<CompactSnapshot>),
}

/// A cached snapshot in full.
struct Open {
    snapshot: Arc<Snapshot>,
    /// The compact form that it was expanded from, if any, so that it need not be made again.
    compact: Option<Arc<CompactSnapshot>>,
    /// Approximate bytes of redacted objects, which it holds for itself.
    object_bytes: usize,
}

impl Open {
    fn expanded(compact: &Arc<CompactSnapshot>) -> Self {
        Self {
            snapshot: Arc::new(compact.expanded()),
            compact: Some(Arc::clone(compact)),
            object_bytes: compact.own_object_bytes(),
        }
    }
}

impl Kept {
    fn bytes(&self) -> usize {
        match self {
            Self::Open(Open { snapshot, compact, object_bytes }) => {
                let compact = compact.as_ref().map_or(0, |compact| compact.bytes());
                snapshot.own_bytes() + object_bytes + compact
            }
            Self::Compact(compact) => compact.bytes(),
        }
    }
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Slot {
    /// Tells if there is a snapshot that satisfies the predicate; false while one is being built.
    fn is(&self, so: impl Fn(&Kept) -> bool) -> bool {
        self.built.try_lock().is_ok_and(|built| built.as_ref().is_some_and(|it| so(&it.kept)))
    }

    /// Makes the snapshot compact if it is of this revision, and drops it otherwise. Returns false, with nothing done,
    /// if a snapshot is being built.
    fn pack(&self, shared: &SharedObjects, revision: u64) -> bool {
        let Ok(mut built) = self.built.try_lock() else { return false };
        *built = built.take().filter(|it| it.revision == revision);
        *built = built.take().map(|Built { revision, late, kept }| {
            let compact = match kept {
                Kept::Open(Open { compact: Some(compact), .. }) | Kept::Compact(compact) => compact,
                Kept::Open(open) => Arc::new(CompactSnapshot::of(&open.snapshot, shared)),
            };
            Built { revision, late, kept: Kept::Compact(compact) }
        });
        let bytes = built.as_ref().map_or(0, |it| it.kept.bytes());
        self.bytes.store(bytes, Ordering::Relaxed);
        true
    }

    fn forget_before(&self, revision: u64) {
        if let Ok(mut built) = self.built.try_lock()
            && built.as_ref().is_some_and(|it| it.revision < revision)
        {
            *built = None;
            self.bytes.store(0, Ordering::Relaxed);
        }
    }
}

impl Cache {
    /// An empty cache.
    pub fn new(id_key: IdKey, engine: Arc<Engine>) -> Self {
        let (slots, shared) = (Mutex::default(), Mutex::default());
        Self { id_key, engine, links: None, bytes_max: VIEW_BYTES_MAX, slots, shared }
    }

    /// Sets the provider that completes a store's late links before a view is read.
    #[must_use]
    pub fn with_links(self, links: Arc<dyn Links>) -> Self {
        Self { links: Some(links), ..self }
    }

    /// Sets the bytes that all kept views but the largest may hold for themselves (see [`VIEW_BYTES_MAX`]).
    #[must_use]
    pub fn with_bytes_max(self, bytes_max: usize) -> Self {
        Self { bytes_max, ..self }
    }

    /// Returns the current snapshot of a view, and a number that grows with each change that the view may see.
    ///
    /// # Errors
    /// When the store does not answer.
    pub fn snapshot(
        &self,
        store: &dyn Store,
        view: &View,
    ) -> Result<(Arc<Snapshot>, u64), StoreError> {
        self.current(store, view, None)
    }

    /// Returns the current snapshot of a view, masked for a case (see [`Snapshot::masked`]), and a number that grows
    /// with each change that the view may see.
    ///
    /// # Errors
    /// When the store does not answer.
    pub fn masked(
        &self,
        store: &dyn Store,
        view: &View,
        case: &str,
    ) -> Result<(Arc<Snapshot>, u64), StoreError> {
        let (snapshot, revision) = self.current(store, view, Some(&BTreeSet::new()))?;
        Ok((Arc::new(snapshot.in_case(case)), revision))
    }

    /// Returns the snapshot of a view masked for a case, but for records about victims that the caller may see
    /// unmasked: `unmasked` names them, and they are shown and linked with all that the caller sees. `None` if the view
    /// holds none of them. `mark` writes to the log that they are shown, before they are: masked content is never seen
    /// in another way.
    ///
    /// # Errors
    /// When the store does not answer.
    pub fn reveal(
        &self,
        store: &dyn Store,
        view: &View,
        (unmasked, case): (&BTreeSet<RecordId>, &str),
        mark: impl FnOnce(),
    ) -> Result<Option<(Arc<Snapshot>, u64)>, StoreError> {
        if unmasked.is_empty() {
            return Ok(None);
        }
        let (snapshot, revision) = self.current(store, view, Some(unmasked))?;
        if !snapshot.is_unmasking() {
            return Ok(None);
        }
        mark();
        Ok(Some((Arc::new(snapshot.in_case(case)), revision)))
    }

    /// Builds the view's snapshot with all links (see [`Joined`]), which is not cached.
    ///
    /// # Errors
    /// When the store does not answer.
    pub fn joined(&self, store: &dyn Store, view: &View) -> Result<Joined, StoreError> {
        let parts = linked::parts(view, None);
        let build = || Joined::build(store, view, &self.id_key, &self.engine);
        Ok(linked::read((store, self.links()), &parts, build)?.0)
    }

    fn links(&self) -> Option<&dyn Links> {
        self.links.as_deref()
    }

    /// Drops all snapshots and shared objects: data removed from the store must not stay in memory until the next
    /// query.
    pub fn clear(&self) {
        locked(&self.slots).clear();
        locked(&self.shared).held = SharedObjects::default();
    }

    /// The number of kept views, and how many of them are compact.
    pub fn kept(&self) -> (usize, usize) {
        let slots = locked(&self.slots);
        let compact = slots.iter().filter(|slot| slot.is(|kept| matches!(kept, Kept::Compact(_))));
        (slots.len(), compact.count())
    }

    /// Returns the cached snapshot, expanded if it is compact, or builds a new one if the store has changed.
    fn current(
        &self,
        store: &dyn Store,
        view: &View,
        unmasked: Option<&BTreeSet<RecordId>>,
    ) -> Result<(Arc<Snapshot>, u64), StoreError> {
        let slot = self.slot(view, unmasked);
        let mut built = locked(&slot.built);
        let parts = linked::parts(view, unmasked);
        linked::complete(self.links(), &parts)?;
        let mut late = linked::late_revision(store, &parts)?;
        let now = store.revision()?;
        *built = built.take().filter(|found| (found.revision, found.late) == (now, late));
        let (open, revision) = match built.as_ref() {
            Some(Built { revision, kept: Kept::Open(open), .. }) => {
                return Ok((Arc::clone(&open.snapshot), *revision + late));
            }
            Some(Built { revision, kept: Kept::Compact(compact), .. }) => {
                (Open::expanded(compact), *revision)
            }
            None => {
                let build = || self.build(store, view, unmasked);
                let (made, links) = linked::read((store, self.links()), &parts, build)?;
                late = links;
                made
            }
        };
        let snapshot = Arc::clone(&open.snapshot);
        let kept = Kept::Open(open);
        slot.bytes.store(kept.bytes(), Ordering::Relaxed);
        *built = Some(Built { revision, late, kept });
        drop(built);
        self.make_room(&snapshot);
        Ok((snapshot, revision + late))
    }

    fn build(
        &self,
        store: &dyn Store,
        view: &View,
        unmasked: Option<&BTreeSet<RecordId>>,
    ) -> Result<(Open, u64), StoreError> {
        let shared = locked(&self.shared).held.clone();
        let setting = Setting { unmasked, shared: Some(&shared) };
        let (snapshot, revision) = build_in(store, view, &self.id_key, &self.engine, &setting)?;
        let snapshot = Arc::new(snapshot);
        let snapshot = match unmasked {
            Some(_) => Arc::new(snapshot.masked_sharing(&shared)),
            None => snapshot,
        };
        drop(shared);
        let object_bytes = self.hold_in_common(&snapshot, revision);
        Ok((Open { snapshot, compact: None, object_bytes }, revision))
    }

    /// Adds the objects of a snapshot to the shared ones, and returns about how many bytes of objects it holds for
    /// itself. With the first snapshot of a newer revision the shared objects and snapshots of older ones are dropped.
    fn hold_in_common(&self, snapshot: &Snapshot, revision: u64) -> usize {
        let mut shared = locked(&self.shared);
        let is_new = revision > shared.revision;
        if is_new {
            *shared = InCommon { revision, held: SharedObjects::default() };
        }
        let is_current = revision == shared.revision;
        let object_bytes = if is_current { shared.held.add(snapshot) } else { 0 };
        drop(shared);
        if is_new {
            let slots = locked(&self.slots).clone();
            slots.iter().for_each(|slot| slot.forget_before(revision));
        }
        object_bytes
    }

    /// Makes the least recently used snapshots compact while the limit of bytes is exceeded, and drops them once all
    /// are compact. The snapshot asked last stays.
    fn make_room(&self, last: &Snapshot) {
        while let Some(slot) = self.to_pack() {
            let InCommon { revision, held } = locked(&self.shared).clone();
            if !slot.pack(&held, revision) {
                return;
            }
        }
        let mut slots = locked(&self.slots);
        while self.is_too_much(&slots) && slots.len() > 1 {
            slots.remove(0);
        }
        if self.is_too_much(&slots) {
            let mut held = SharedObjects::default();
            held.add(last);
            locked(&self.shared).held = held;
        }
    }

    /// Returns the least recently used slot with a full snapshot if the limit of bytes is exceeded; never the slot used
    /// last.
    fn to_pack(&self) -> Option<Arc<Slot>> {
        let slots = locked(&self.slots);
        let (_, before) = slots.split_last()?;
        let open = |slot: &&Arc<Slot>| slot.is(|kept| matches!(kept, Kept::Open(..)));
        let slot = before.iter().find(open).filter(|_| self.is_too_much(&slots));
        slot.cloned()
    }

    fn is_too_much(&self, slots: &[Arc<Slot>]) -> bool {
        let bytes = slots.iter().map(|slot| slot.bytes.load(Ordering::Relaxed));
        let (total, largest) =
            bytes.fold((0, 0), |(total, largest), it| (total + it, largest.max(it)));
        total + locked(&self.shared).held.more_bytes() > largest + self.bytes_max
    }

    /// Returns the slot of a view and marks it as the most recently used. The view's contacts change no snapshot, so
    /// views that differ in nothing else share a slot.
    fn slot(&self, view: &View, unmasked: Option<&BTreeSet<RecordId>>) -> Arc<Slot> {
        let mut slots = locked(&self.slots);
        // Masked records are linked in another way for each agency.
        let same = |slot: &Arc<Slot>| {
            let masked = (unmasked.is_none() || slot.view.agency() == view.agency())
                && slot.unmasked.as_ref() == unmasked;
            masked && slot.view.shows_as(view)
        };
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
