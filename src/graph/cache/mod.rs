//! The cache of snapshots: one for each set of visible classes, brought up to date with the changes of the store when it
//! is asked for. Equal objects are shared between the snapshots, and snapshots that were not asked lately are kept in
//! compact form, so that one more view costs little: the positions of its objects and its clustering.

mod slot;

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::advance::advanced;
use super::linked::{self, Links};
use super::{Joined, Setting, SharedObjects, Snapshot, build_in};
use crate::govern::View;
use crate::model::{IdKey, RecordId};
use crate::resolve::Engine;
use crate::store::{Store, StoreError};
use slot::{Built, Kept, Merging, Open, Slot};

/// The most views kept; beyond it the least recently used is dropped.
const SLOTS_MAX: usize = 256;
/// The most objects of a view that are put into its snapshot one by one; beyond it the view is built anew.
const CHANGES_MAX: usize = 20_000;
/// The number of changes below which they are not merged into the lists of a snapshot. Each costs every further change
/// a little, and merging takes time in proportion to the view.
const MERGE_MIN: usize = 4_096;
/// A snapshot has at most one change for so many records before the changes are merged.
const MERGE_SHARE: usize = 256;
/// The default of the bytes that all kept views but the largest may hold for themselves. Beyond it the least recently
/// used view is made compact, and where all are compact dropped.
pub const VIEW_BYTES_MAX: usize = 128 << 20;

/// Keeps the snapshot of each view and brings it up to date as the store changes, and shares it between readers. Two
/// callers who see the same classes and fields share one snapshot; a masked one only if they are of one agency. The case
/// that a caller asks about changes pseudonyms and ids only, so it needs no snapshot of its own.
pub struct Cache {
    id_key: IdKey,
    engine: Arc<Engine>,
    links: Option<Arc<dyn Links>>,
    bytes_max: usize,
    merge_min: usize,
    slots: Mutex<Vec<Arc<Slot>>>,
    shared: Mutex<SharedObjects>,
    builds: AtomicU64,
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Cache {
    /// An empty cache.
    pub fn new(id_key: IdKey, engine: Arc<Engine>) -> Self {
        let (slots, shared) = (Mutex::default(), Mutex::default());
        let (bytes_max, merge_min) = (VIEW_BYTES_MAX, MERGE_MIN);
        let builds = AtomicU64::default();
        Self { id_key, engine, links: None, bytes_max, merge_min, slots, shared, builds }
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

    /// Sets the number of changes below which they are not merged into a snapshot's lists, for tests.
    #[must_use]
    pub fn with_merge_min(self, merge_min: usize) -> Self {
        Self { merge_min, ..self }
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
        linked::read((store, self.links()), &parts, build)
    }

    fn links(&self) -> Option<&dyn Links> {
        self.links.as_deref()
    }

    /// Drops all snapshots and shared objects: data removed from the store must not stay in memory until the next
    /// query.
    pub fn clear(&self) {
        locked(&self.slots).clear();
        *locked(&self.shared) = SharedObjects::default();
    }

    /// How many snapshots were built from the whole of a view since the cache was made, for metrics and tests: all
    /// others followed the changes of the store.
    pub fn builds(&self) -> u64 {
        self.builds.load(Ordering::Relaxed)
    }

    /// The number of kept views, and how many of them are compact.
    pub fn kept(&self) -> (usize, usize) {
        let slots = locked(&self.slots);
        let compact = slots.iter().filter(|slot| slot.is(|kept| matches!(kept, Kept::Compact(_))));
        (slots.len(), compact.count())
    }

    /// Returns the current snapshot: the cached one with what changed since put in, or a new one if there is none or
    /// too much has changed.
    fn current(
        &self,
        store: &dyn Store,
        view: &View,
        unmasked: Option<&BTreeSet<RecordId>>,
    ) -> Result<(Arc<Snapshot>, u64), StoreError> {
        let slot = self.slot(view, unmasked);
        let mut built = locked(&slot.built);
        let now = store.revision()?;
        if let Some(Built { revision, changed, kept: Kept::Open(open), .. }) = built.as_ref()
            && *revision == now
        {
            return Ok((Arc::clone(&open.snapshot), *changed));
        }
        let caught_up = match built.clone() {
            Some(before) => self.caught_up(store, &slot, before, now)?,
            None => None,
        };
        let current = match caught_up {
            Some(current) => current,
            None => self.build(store, view, unmasked)?,
        };
        slot.bytes.store(current.kept.bytes(), Ordering::Relaxed);
        let (changed, Open { snapshot, .. }) = (current.changed, current.kept.clone().open());
        *built = Some(current);
        self.merge_if_due(&slot, &mut built);
        drop(built);
        self.make_room(&snapshot);
        Ok((snapshot, changed))
    }

    /// Puts what changed since into a snapshot; `None` if it must be built anew.
    fn caught_up(
        &self,
        store: &dyn Store,
        slot: &Slot,
        before: Built,
        now: u64,
    ) -> Result<Option<Built>, StoreError> {
        let Built { revision, changed, classes, kept, merging } = before;
        let open = kept.open();
        if revision == now {
            return Ok(Some(Built { revision, changed, classes, kept: Kept::Open(open), merging }));
        }
        let changes = store.changes_since(slot.view.sight(), revision, CHANGES_MAX)?;
        let Some(changes) = changes else { return Ok(None) };
        let shared = locked(&self.shared).clone();
        let making = slot.making(&self.engine, &shared);
        // Where the positions were crowded, merging makes room.
        let crowded = |_| advanced(&Arc::new(open.snapshot.merged()), &changes, making);
        let Ok(snapshot) = advanced(&open.snapshot, &changes, making).or_else(crowded) else {
            return Ok(None);
        };
        let is_same = Arc::ptr_eq(&snapshot, &open.snapshot);
        let revision = changes.revision;
        let merging = merging.map(|mut merging| {
            merging.since.push(Arc::new(changes));
            merging
        });
        let (changed, open) = match is_same {
            true => (changed, open),
            false => (revision, Open { snapshot, compact: None, ..open }),
        };
        let classes = store.classes()?.len() as u32;
        Ok(Some(Built { revision, changed, classes, kept: Kept::Open(open), merging }))
    }

    fn build(
        &self,
        store: &dyn Store,
        view: &View,
        unmasked: Option<&BTreeSet<RecordId>>,
    ) -> Result<Built, StoreError> {
        let parts = linked::parts(view, unmasked);
        let shared = locked(&self.shared).clone();
        let setting = Setting { unmasked, shared: Some(&shared) };
        let build = || build_in(store, view, &self.id_key, &self.engine, &setting);
        let (snapshot, revision) = linked::read((store, self.links()), &parts, build)?;
        self.builds.fetch_add(1, Ordering::Relaxed);
        let snapshot = Arc::new(snapshot);
        let snapshot = match unmasked {
            Some(_) => Arc::new(snapshot.masked_sharing(&shared)),
            None => snapshot,
        };
        let object_bytes = locked(&self.shared).add(&snapshot);
        let kept = Kept::Open(Open { snapshot, compact: None, object_bytes });
        let classes = store.classes()?.len() as u32;
        Ok(Built { revision, changed: revision, classes, kept, merging: None })
    }

    /// Begins to merge the changes of a snapshot beside the requests, once they are many.
    fn merge_if_due(&self, slot: &Arc<Slot>, built: &mut Option<Built>) {
        let Some(Built { kept: Kept::Open(open), merging, .. }) = built.as_mut() else { return };
        let most = self.merge_min.max(open.snapshot.records().len() / MERGE_SHARE);
        if merging.is_some() || open.snapshot.changed() < most {
            return;
        }
        let (slot, engine) = (Arc::clone(slot), Arc::clone(&self.engine));
        let shared = locked(&self.shared).clone();
        let snapshot = Arc::clone(&open.snapshot);
        let thread = std::thread::Builder::new().name("accord-merge".into());
        match thread.spawn(move || slot.merge(&snapshot, &engine, &shared)) {
            Ok(_) => *merging = Some(Merging { of: Arc::clone(&open.snapshot), since: Vec::new() }),
            Err(error) => tracing::error!(%error, "the changes of a view wait to be merged"),
        }
    }

    /// Makes the least recently used snapshots compact while the limit of bytes is exceeded, and drops them once all
    /// are compact. The snapshot asked last stays.
    fn make_room(&self, last: &Snapshot) {
        while let Some(slot) = self.to_pack() {
            let shared = locked(&self.shared).clone();
            if !slot.pack(&shared) {
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
            *locked(&self.shared) = held;
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
        total + locked(&self.shared).more_bytes() > largest + self.bytes_max
    }

    /// Returns the slot of a view and marks it as the most recently used. The view's contacts change no snapshot, so
    /// views that differ in nothing else share a slot. A view that has grown by new classes begins with the snapshot of
    /// the one before.
    fn slot(&self, view: &View, unmasked: Option<&BTreeSet<RecordId>>) -> Arc<Slot> {
        let mut slots = locked(&self.slots);
        // Masked records are linked in another way for each agency.
        let same = |slot: &Arc<Slot>| {
            let masked = (unmasked.is_none() || slot.view.agency() == view.agency())
                && slot.unmasked.as_ref() == unmasked;
            masked && slot.view.shows_as(view)
        };
        let (slot, others) = match slots.iter().position(same) {
            Some(at) => (slots.remove(at), Vec::new()),
            None => {
                let slot = Arc::new(Slot {
                    view: view.clone(),
                    unmasked: unmasked.cloned(),
                    built: Mutex::new(None),
                    bytes: AtomicUsize::new(0),
                });
                (slot, slots.clone())
            }
        };
        if slots.len() >= SLOTS_MAX {
            slots.remove(0);
        }
        slots.push(Arc::clone(&slot));
        drop(slots);
        let before = others.iter().rev().filter(|other| other.unmasked.as_ref() == unmasked);
        if let Some(before) = before.filter_map(|other| other.grown_into(view)).next() {
            locked(&slot.built).get_or_insert(before);
        }
        slot
    }
}
