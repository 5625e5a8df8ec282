//! Nineteen deliberate leaks, one at a time, that the tests with twin databases must catch. Each seam of the
//! program calls one function of this module; in a program without the feature these are `none.rs`, which changes
//! nothing. Compiled with a feature for tests only, which does not build without debug assertions.

mod answer;
mod page;
mod snapshot;
mod store;
mod write;

use std::sync::atomic::{AtomicU8, Ordering};

use crate::govern::{StoreHolder, View};
use crate::graph::{self, Snapshot};
use crate::model::{ClassId, Event, FormId, FormLink, IdKey, Judgement, Record, Tie};
use crate::resolve::Engine;
use crate::store::{SnapshotSink, Store, StoreError};

pub(crate) use answer::{answer, pair, rows};
pub(crate) use page::page;
pub(crate) use snapshot::{hidden, hides, joins, tag, unmasks};
pub(crate) use store::{candidates, store};
pub(crate) use write::submitted;

#[cfg(not(debug_assertions))]
compile_error!("deliberate leaks are for tests only");

/// A deliberate leak.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub enum Leak {
    /// Entities are computed on everything and filtered afterwards.
    ClustersBeforeFiltering = 1,
    /// An entity's neighbours are counted in the whole graph.
    GlobalDegree,
    /// The hits of a search are counted in the whole store.
    TotalCount,
    /// Scores depend on the number of objects in the store.
    LiveTermFrequency,
    /// A block that is too large in the store is left out.
    BlockCap,
    /// Another agency's record of the same local id is a conflict.
    ConflictStatus,
    /// Cursors hold a position in the store.
    OffsetCursor,
    /// An ETag over the whole store.
    Etag,
    /// Snapshots are named by a number that all changes raise.
    EventId,
    /// Hits are sorted by hidden attributes.
    HiddenSort,
    /// Rows are computed on the whole graph and filtered afterwards.
    Export,
    /// Judgements are shown to callers that see only their records.
    History,
    /// The audit log marks an answer as unmasked where the request is spelt so.
    SpellingMark,
    /// A pair is scored although one of its records is masked.
    MaskedScore,
    /// A caller's own writes join masked records into entities.
    GuessByWriting,
    /// Only the person of a victim's row is masked, not the row's other records.
    OpenSibling,
    /// Refused rows are stored all the same.
    RefusedWrite,
    /// Ties and events of a victim's row keep their times and places.
    OpenEvent,
    /// Callers that may unmask are shown masked data without asking for it.
    UnaskedUnmasking,
}

impl Leak {
    /// All leaks.
    pub const ALL: [Self; 19] = [
        Self::ClustersBeforeFiltering,
        Self::GlobalDegree,
        Self::TotalCount,
        Self::LiveTermFrequency,
        Self::BlockCap,
        Self::ConflictStatus,
        Self::OffsetCursor,
        Self::Etag,
        Self::EventId,
        Self::HiddenSort,
        Self::Export,
        Self::History,
        Self::SpellingMark,
        Self::MaskedScore,
        Self::GuessByWriting,
        Self::OpenSibling,
        Self::RefusedWrite,
        Self::OpenEvent,
        Self::UnaskedUnmasking,
    ];
}

static ON: AtomicU8 = AtomicU8::new(0);

/// Switches one leak on, or all off.
pub fn switch(leak: Option<Leak>) {
    ON.store(leak.map_or(0, |leak| leak as u8), Ordering::SeqCst);
}

fn is_on(leak: Leak) -> bool {
    ON.load(Ordering::SeqCst) == leak as u8
}

/// The store, engine and key out of which the snapshot of everything is built.
pub(crate) type Whole<'a> = (&'a dyn Store, &'a Engine, &'a IdKey);

/// The view of everything.
fn whole_view(store: &dyn Store) -> Result<View, StoreError> {
    Ok(View::whole_store(&StoreHolder::of_the_command_line(), &store.classes()?))
}

/// The snapshot of everything, and its revision.
fn whole_snapshot((store, engine, id_key): Whole<'_>) -> Result<(Snapshot, u64), StoreError> {
    graph::build(store, &whole_view(store)?, id_key, engine)
}

/// Reads all objects of a store, without regard to any view.
fn everything(store: &dyn Store) -> Everything {
    let mut everything = Everything::default();
    let _ = whole_view(store).and_then(|all| store.stream(all.sight(), &mut everything));
    everything
}

/// Counts the objects of a store, without regard to any view.
fn objects(store: &dyn Store) -> u64 {
    everything(store).objects
}

/// The objects of a store: their count, the records and the judgements.
#[derive(Default)]
struct Everything {
    objects: u64,
    records: Vec<Record>,
    judgements: Vec<Judgement>,
}

impl SnapshotSink for Everything {
    fn record(&mut self, _: ClassId, _: FormId, record: Record) {
        self.objects += 1;
        self.records.push(record);
    }

    fn tie(&mut self, _: Tie) {
        self.objects += 1;
    }

    fn event(&mut self, _: Event) {
        self.objects += 1;
    }

    fn link(&mut self, _: FormLink) {
        self.objects += 1;
    }

    fn judgement(&mut self, judgement: Judgement) {
        self.objects += 1;
        self.judgements.push(judgement);
    }
}
