//! Twelve deliberate leaks, one at a time, that the tests with twin databases must catch. Compiled with
//! the feature `seeded-leaks` only, which does not build without debug assertions.

use std::sync::atomic::{AtomicU8, Ordering};

use crate::govern::View;
use crate::model::{ClassId, Event, Judgement, Link, Record, Tie};
use crate::store::{SnapshotSink, Store};

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
    /// Scores follow how much there is in the store.
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
    /// Hits are sorted by what is hidden.
    HiddenSort,
    /// Rows are computed on the whole graph and filtered afterwards.
    Export,
    /// Judgements of others are told.
    History,
}

impl Leak {
    /// All of them.
    pub const ALL: [Self; 12] = [
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
    ];
}

static ON: AtomicU8 = AtomicU8::new(0);

/// Switches one leak on, or all off.
pub fn switch(leak: Option<Leak>) {
    ON.store(leak.map_or(0, |leak| leak as u8), Ordering::SeqCst);
}

/// Whether a leak is on.
pub fn is_on(leak: Leak) -> bool {
    ON.load(Ordering::SeqCst) == leak as u8
}

/// How many objects a store holds, whoever may see them.
pub fn objects(store: &dyn Store) -> u64 {
    let mut count = Count(0);
    let all = store.classes().map(|classes| {
        View::whole_store(&crate::govern::StoreHolder::of_the_command_line(), &classes).classes
    });
    let _ = all.and_then(|all| store.stream(&all, &mut count));
    count.0
}

struct Count(u64);

impl SnapshotSink for Count {
    fn record(&mut self, _: ClassId, _: Record) {
        self.0 += 1;
    }

    fn tie(&mut self, _: Tie) {
        self.0 += 1;
    }

    fn event(&mut self, _: Event) {
        self.0 += 1;
    }

    fn link(&mut self, _: Link) {
        self.0 += 1;
    }

    fn judgement(&mut self, _: Judgement) {
        self.0 += 1;
    }
}
