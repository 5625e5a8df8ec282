//! Snapshots in use: one for each set of visible classes. They hold what is equal in common, and those
//! that were not asked lately are compact, so that another view costs little: which objects are its, and
//! how they join.

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

/// Views kept; the one used longest ago makes room.
const SLOTS_MAX: usize = 256;
/// Bytes that all kept views but the largest may hold for themselves, unless said otherwise; beyond it
/// the one used longest ago is compact, and where all are compact dropped.
pub const VIEW_BYTES_MAX: usize = 128 << 20;

/// Builds snapshots when the store has changed, and shares them between readers. Two callers who see the same
/// share one, where it is masked those of one agency; the case that they ask about changes no more than
/// pseudonyms and ids.
pub struct Cache {
    id_key: IdKey,
    engine: Arc<Engine>,
    links: Option<Arc<dyn Links>>,
    bytes_max: usize,
    slots: Mutex<Vec<Arc<Slot>>>,
    shared: Mutex<InCommon>,
}

/// What the snapshots of a revision hold in common.
#[derive(Clone, Default)]
struct InCommon {
    revision: u64,
    held: SharedObjects,
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

/// A snapshot, and the revisions it is of.
struct Built {
    revision: u64,
    /// That of the view's late links.
    late: u64,
    kept: Kept,
}

/// How a snapshot is kept.
enum Kept {
    Open(Open),
    Compact(Arc<CompactSnapshot>),
}

/// A snapshot that is not compact.
struct Open {
    snapshot: Arc<Snapshot>,
    /// As it was compact before: that need not be done again.
    compact: Option<Arc<CompactSnapshot>>,
    /// Bytes of objects that it holds for itself.
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
    /// Whether what is kept is so; what is being built is not.
    fn is(&self, so: impl Fn(&Kept) -> bool) -> bool {
        self.built.try_lock().is_ok_and(|built| built.as_ref().is_some_and(|it| so(&it.kept)))
    }

    /// Compacts what is kept of a revision, and drops what is kept of another; tells whether that could be
    /// done.
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

    /// A cache of a store whose links may not be there yet when they are read.
    #[must_use]
    pub fn with_links(self, links: Arc<dyn Links>) -> Self {
        Self { links: Some(links), ..self }
    }

    /// A cache of which all views but the largest hold so many bytes for themselves.
    #[must_use]
    pub fn with_bytes_max(self, bytes_max: usize) -> Self {
        Self { bytes_max, ..self }
    }

    /// The snapshot of a view as of now, and a number that grows with each change that the view may see.
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
        let (snapshot, revision) = self.current(store, view, Some(&BTreeSet::new()))?;
        Ok((Arc::new(snapshot.in_case(case)), revision))
    }

    /// The same for a caller who may see these records about victims unmasked: they join with all that the caller
    /// sees, and are shown. `None` where the view holds none of them. `mark` notes for the log that they are shown,
    /// before they are: nothing that is masked is seen in another way.
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

    /// The view with all links, made anew and not kept (see [`Joined`]).
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

    /// Lets go of everything: what was removed from the store shall not stay in memory until somebody asks.
    pub fn clear(&self) {
        locked(&self.slots).clear();
        locked(&self.shared).held = SharedObjects::default();
    }

    /// Views that are kept, and how many of them compact.
    pub fn kept(&self) -> (usize, usize) {
        let slots = locked(&self.slots);
        let compact = slots.iter().filter(|slot| slot.is(|kept| matches!(kept, Kept::Compact(_))));
        (slots.len(), compact.count())
    }

    /// What is kept, expanded where it is compact, and built anew when the store has changed.
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

    /// Lends what a snapshot holds to those that come, and tells about how many bytes of objects it holds for
    /// itself. What is of a revision before is asked no more.
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

    /// Compacts what was used longest ago while there is too much, and drops it where all is compact. The
    /// snapshot asked last stays.
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

    /// The open view used longest ago, but for the one used last, if there is too much.
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

    /// The slot of a view, which becomes the one used last. Whom the caller may call changes no
    /// snapshot.
    fn slot(&self, view: &View, unmasked: Option<&BTreeSet<RecordId>>) -> Arc<Slot> {
        let mut slots = locked(&self.slots);
        // What is masked joins in another way for each agency.
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
