//! The blocking keys of a snapshot's records, so that who shares a key with a record is known without the store.

use std::collections::BTreeSet;
use std::fmt;
use std::sync::{Arc, OnceLock};

use rayon::prelude::*;

use super::{List, RecordIndex, Snapshot};
use crate::model::{BlockKey, Record};
use crate::resolve::Engine;

/// The key index of a snapshot, made when it is first asked for; copies of the snapshot share it.
#[derive(Clone, Default)]
pub(super) struct Keys(Arc<OnceLock<KeyIndex>>);

impl Keys {
    /// The index, if it is made.
    pub fn get(&self) -> Option<&KeyIndex> {
        self.0.get()
    }

    /// The index.
    pub fn of(&self, records: &List<Record>, engine: &Engine) -> &KeyIndex {
        self.0.get_or_init(|| KeyIndex::of(records, engine))
    }
}

impl From<KeyIndex> for Keys {
    fn from(index: KeyIndex) -> Self {
        Self(Arc::new(OnceLock::from(index)))
    }
}

/// The index follows from the records, and is not there before it is asked for, so it tells nothing.
impl fmt::Debug for Keys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Keys(..)")
    }
}

/// For each blocking key the records that carry it: those of a base in one array, and those that came later.
#[derive(Debug, Clone, Default)]
pub(super) struct KeyIndex {
    base: Arc<[(BlockKey, RecordIndex)]>,
    /// Ascending.
    added: Arc<[(BlockKey, RecordIndex)]>,
}

impl KeyIndex {
    /// Derives the keys of all records of a list.
    pub fn of(records: &List<Record>, engine: &Engine) -> Self {
        let all: Vec<(RecordIndex, &Arc<Record>)> = records.enumerated().collect();
        let keys = |&(at, record): &(RecordIndex, &Arc<Record>)| {
            engine.keys(&engine.prepare(record)).into_iter().map(move |key| (key, at))
        };
        Self::of_keys(all.par_iter().flat_map_iter(keys).collect())
    }

    /// The index of these keys, given in any order.
    pub fn of_keys(mut keys: Vec<(BlockKey, RecordIndex)>) -> Self {
        keys.par_sort_unstable();
        Self { base: keys.into(), added: Arc::default() }
    }

    /// The pairs of a record that carries one of these keys and another record with the same key, the one with the
    /// smaller id first; distinct, ascending.
    pub fn pairs(
        &self,
        keys: impl IntoIterator<Item = (BlockKey, RecordIndex)>,
    ) -> BTreeSet<(RecordIndex, RecordIndex)> {
        let pairs = keys.into_iter().flat_map(|(key, one)| {
            let others = self.holders(key).filter(move |other| *other != one);
            others.map(move |other| (one.min(other), one.max(other)))
        });
        pairs.collect()
    }

    /// The records that carry a key. One that has been removed from the snapshot may be among them.
    pub fn holders(&self, key: BlockKey) -> impl Iterator<Item = RecordIndex> {
        let of = |pairs: &[(BlockKey, RecordIndex)]| {
            let first = pairs.partition_point(|(other, _)| *other < key);
            let end = first + pairs[first..].iter().take_while(|(other, _)| *other == key).count();
            first..end
        };
        let (base, added) = (&self.base[of(&self.base)], &self.added[of(&self.added)]);
        base.iter().chain(added).map(|(_, record)| *record)
    }

    /// The index with further keys.
    pub fn with(&self, more: impl IntoIterator<Item = (BlockKey, RecordIndex)>) -> Self {
        let mut added = self.added.to_vec();
        added.extend(more);
        // Stable, since that sort is linear where two ascending runs are merged.
        added.sort();
        added.dedup();
        Self { base: Arc::clone(&self.base), added: added.into() }
    }

    /// The index of the same records at other positions, in the same order; those without one are left out.
    pub fn moved(&self, to: impl Fn(RecordIndex) -> Option<RecordIndex>) -> Self {
        let all = self.base.iter().chain(&*self.added);
        let moved = all.filter_map(|(key, record)| Some((*key, to(*record)?)));
        let mut base: Vec<_> = moved.collect();
        base.sort();
        Self { base: base.into(), added: Arc::default() }
    }

    /// Bytes that the index takes.
    pub fn bytes(&self) -> usize {
        size_of_val(&*self.base) + size_of_val(&*self.added)
    }
}

impl Snapshot {
    /// The records that carry one of these blocking keys, ascending. The first call goes through all records.
    pub fn holders(&self, engine: &Engine, keys: &[BlockKey]) -> Vec<RecordIndex> {
        let index = self.keys.of(&self.records, engine);
        let found = keys.iter().flat_map(|key| index.holders(*key));
        let mut found: Vec<_> = found.filter(|at| self.records.get(*at).is_some()).collect();
        found.sort_unstable();
        found.dedup();
        found
    }
}
