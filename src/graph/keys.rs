//! The blocking keys of a snapshot's records, so that who shares a key with a record is known without the store.

use std::fmt;
use std::sync::{Arc, OnceLock};

use rayon::prelude::*;

use super::{RecordIndex, Snapshot};
use crate::model::BlockKey;
use crate::resolve::Engine;

/// The key index of a snapshot, made when it is first asked for; copies of the snapshot share it.
#[derive(Clone, Default)]
pub(super) struct Keys(Arc<OnceLock<KeyIndex>>);

impl Keys {
    /// The index, if it is made.
    pub fn get(&self) -> Option<&KeyIndex> {
        self.0.get()
    }

    /// The index of a snapshot.
    pub fn of(&self, snapshot: &Snapshot, engine: &Engine) -> &KeyIndex {
        self.0.get_or_init(|| KeyIndex::of_nodes(snapshot, engine))
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

/// For each key the records that are held under it: those of a base in one array, and those that came later.
#[derive(Debug, Clone)]
pub(super) struct Held<K> {
    base: Arc<[(K, RecordIndex)]>,
    /// Ascending.
    added: Arc<[(K, RecordIndex)]>,
}

/// For each blocking key the records that carry it and stand for their forms.
pub(super) type KeyIndex = Held<BlockKey>;

impl<K> Default for Held<K> {
    fn default() -> Self {
        Self { base: Arc::default(), added: Arc::default() }
    }
}

impl<K: Copy + Ord + Send> Held<K> {
    /// The index of these pairs, given in any order.
    pub fn of(mut pairs: Vec<(K, RecordIndex)>) -> Self {
        pairs.par_sort_unstable();
        Self { base: pairs.into(), added: Arc::default() }
    }

    /// The records that are held under a key, in the base and later; each run ascends.
    pub fn runs_of_key(&self, key: K) -> [&[(K, RecordIndex)]; 2] {
        let run = |pairs: &[(K, RecordIndex)]| {
            let first = pairs.partition_point(|(other, _)| *other < key);
            let end = first + pairs[first..].partition_point(|(other, _)| *other == key);
            first..end
        };
        [&self.base, &self.added].map(|pairs| &pairs[run(pairs)])
    }

    /// The records that are held under a key. One that has been removed from the snapshot may be among them.
    pub fn of_key(&self, key: K) -> impl Iterator<Item = RecordIndex> {
        self.runs_of_key(key).into_iter().flatten().map(|(_, record)| *record)
    }

    /// The index with further pairs.
    pub fn with(&self, more: impl IntoIterator<Item = (K, RecordIndex)>) -> Self {
        let mut more = more.into_iter().peekable();
        if more.peek().is_none() {
            return self.clone();
        }
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
        base.dedup();
        Self { base: base.into(), added: Arc::default() }
    }

    /// Bytes that the index takes.
    pub fn bytes(&self) -> usize {
        size_of_val(&*self.base) + size_of_val(&*self.added)
    }
}

impl KeyIndex {
    /// Derives the keys of the records of a list that stand for their forms.
    fn of_nodes(snapshot: &Snapshot, engine: &Engine) -> Self {
        let all: Vec<RecordIndex> = snapshot.records.indexes().collect();
        let nodes = all.into_par_iter().filter(|at| snapshot.node_named(*at) == *at);
        let keys = |at: RecordIndex| {
            let keys = engine.keys(&engine.prepare(&snapshot.records[at]));
            keys.into_iter().map(move |key| (key, at))
        };
        Self::of(nodes.flat_map_iter(keys).collect())
    }
}

impl Snapshot {
    /// The records that carry one of these blocking keys and stand for their forms, ascending. The first call goes
    /// through all records.
    pub fn holders(&self, engine: &Engine, keys: &[BlockKey]) -> Vec<RecordIndex> {
        let index = self.keys.of(self, engine);
        let mut found: Vec<_> = keys.iter().flat_map(|key| index.of_key(*key)).collect();
        found.sort_unstable();
        found.dedup();
        found.retain(|at| self.records.get(*at).is_some() && self.node_named(*at) == *at);
        found
    }
}
