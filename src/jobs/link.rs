//! Linking: every new record against every record that shares a blocking key with it, those of its
//! own batch and those of the store alike.
//!
//! The links depend on the records alone: a pair is compared when the later of the two arrives, whichever that is, and
//! its score is the engine's function of the two.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use rayon::prelude::*;

use crate::model::{BlockKey, ClassSet, Link, Record, RecordId};
use crate::resolve::{Engine, Prepared};
use crate::store::{StoreError, WriteTxn};

/// New records whose candidates are looked up at once; bounds the list of pairs.
const LOOKUP_RECORDS: usize = 256;
/// Pairs compared at once; bounds how many prepared records are held together.
const ROUND_PAIRS: usize = 20_000;
/// Prepared records kept from batch to batch: two generations of this many, some 100 MB at most.
const CACHE_GENERATION: usize = 25_000;

/// The engine's functions for linking: pure functions of records and a frozen model.
pub trait Linker: Sync {
    /// A record that is prepared for comparison.
    type Prepared: Send + Sync;

    /// Prepares a record for comparison.
    fn prepare(&self, record: &Record) -> Self::Prepared;

    /// The blocking keys of a record.
    fn keys(&self, prepared: &Self::Prepared) -> Vec<BlockKey>;

    /// Returns the link of a pair; `None` if its score is too low to be kept. Symmetric.
    fn link(&self, a: (RecordId, &Self::Prepared), b: (RecordId, &Self::Prepared)) -> Option<Link>;
}

impl Linker for Engine {
    type Prepared = Prepared;

    fn prepare(&self, record: &Record) -> Prepared {
        Engine::prepare(self, record)
    }

    fn keys(&self, prepared: &Prepared) -> Vec<BlockKey> {
        Engine::keys(self, prepared)
    }

    fn link(&self, a: (RecordId, &Prepared), b: (RecordId, &Prepared)) -> Option<Link> {
        Engine::link(self, a, b)
    }
}

/// A new record, prepared for comparison, and its distinct keys, ascending.
pub(super) struct Fresh<P> {
    pub id: RecordId,
    pub prepared: Arc<P>,
    pub keys: Vec<BlockKey>,
}

/// Prepares new records, in their order.
pub(super) fn prepare<L: Linker>(engine: &L, records: &[&Record]) -> Vec<Fresh<L::Prepared>> {
    let ready = |record: &&Record| {
        let prepared = engine.prepare(record);
        let mut keys = engine.keys(&prepared);
        keys.sort_unstable();
        keys.dedup();
        Fresh { id: record.id, prepared: Arc::new(prepared), keys }
    };
    records.par_iter().map(ready).collect()
}

/// A cache of prepared records of the store. It holds committed records only: those never change, so the cache is never
/// wrong and changes no result.
pub(super) struct PreparedCache<P> {
    young: HashMap<RecordId, Arc<P>>,
    old: HashMap<RecordId, Arc<P>>,
}

impl<P> Default for PreparedCache<P> {
    fn default() -> Self {
        Self { young: HashMap::new(), old: HashMap::new() }
    }
}

impl<P> PreparedCache<P> {
    /// Caches a committed record; drops the older generation when the younger is full.
    pub fn keep(&mut self, id: RecordId, prepared: Arc<P>) {
        if self.young.len() >= CACHE_GENERATION {
            self.old = std::mem::take(&mut self.young);
        }
        self.young.insert(id, prepared);
    }

    fn get(&mut self, id: RecordId) -> Option<Arc<P>> {
        if let Some(prepared) = self.young.get(&id) {
            return Some(Arc::clone(prepared));
        }
        let prepared = self.old.remove(&id)?;
        self.keep(id, Arc::clone(&prepared));
        Some(prepared)
    }
}

/// Returns the links of new records, which the transaction has written already, with each other and with the records of
/// the store, or with those of the classes `within`; ascending by their pair.
pub(super) fn links<L: Linker>(
    engine: &L,
    cache: &mut PreparedCache<L::Prepared>,
    txn: &mut dyn WriteTxn,
    fresh: &[Fresh<L::Prepared>],
    within: Option<&ClassSet>,
) -> Result<Vec<Link>, StoreError> {
    let own: HashMap<RecordId, &Arc<L::Prepared>> =
        fresh.iter().map(|fresh| (fresh.id, &fresh.prepared)).collect();
    let mut links = Vec::new();
    for chunk in fresh.chunks(LOOKUP_RECORDS) {
        // Ascending by the other record, so that each is loaded in one round only.
        let mut holders = Holders::new();
        // Records of the batch are candidates of each other, in whatever classes.
        for fresh in fresh.iter().filter(|_| within.is_some()) {
            for key in &fresh.keys {
                holders.entry(*key).or_default().insert(fresh.id);
            }
        }
        let pairs = pairs(txn, chunk, within, holders, |id| own.contains_key(&id))?;
        for round in pairs.chunks(ROUND_PAIRS) {
            let others = load(engine, cache, txn, round, &own)?;
            let found = round.par_iter().filter_map(|&(other, position)| {
                let new = &chunk[position];
                let (a, b) =
                    ((other, others.get(&other)?.as_ref()), (new.id, new.prepared.as_ref()));
                if a.0 < b.0 { engine.link(a, b) } else { engine.link(b, a) }
            });
            links.extend(found.collect::<Vec<_>>());
        }
    }
    links.sort_unstable_by_key(|link| (link.a, link.b));
    Ok(links)
}

/// The records that carry each key.
type Holders = BTreeMap<BlockKey, BTreeSet<RecordId>>;

/// Each record to compare and the position in `chunk` of the new record to compare it with,
/// distinct and ascending. Of two new ones only the greater lists the other.
fn pairs<P>(
    txn: &mut dyn WriteTxn,
    chunk: &[Fresh<P>],
    within: Option<&ClassSet>,
    mut holders: Holders,
    is_new: impl Fn(RecordId) -> bool,
) -> Result<Vec<(RecordId, usize)>, StoreError> {
    let mut keys: Vec<BlockKey> = chunk.iter().flat_map(|fresh| fresh.keys.clone()).collect();
    keys.sort_unstable();
    keys.dedup();
    for (key, record) in txn.candidates(within, &keys)? {
        holders.entry(key).or_default().insert(record);
    }
    let mut pairs = Vec::new();
    for (position, fresh) in chunk.iter().enumerate() {
        let sharing = fresh.keys.iter().filter_map(|key| holders.get(key)).flatten();
        let wanted = sharing.filter(|&&id| id < fresh.id || (id != fresh.id && !is_new(id)));
        let mut others: Vec<RecordId> = wanted.copied().collect();
        others.sort_unstable();
        others.dedup();
        pairs.extend(others.into_iter().map(|other| (other, position)));
    }
    pairs.sort_unstable();
    Ok(pairs)
}

/// Returns the prepared records that a round compares with.
fn load<L: Linker>(
    engine: &L,
    cache: &mut PreparedCache<L::Prepared>,
    txn: &mut dyn WriteTxn,
    round: &[(RecordId, usize)],
    own: &HashMap<RecordId, &Arc<L::Prepared>>,
) -> Result<HashMap<RecordId, Arc<L::Prepared>>, StoreError> {
    let mut others = HashMap::new();
    let mut missing = Vec::new();
    for &(id, _) in round {
        if others.contains_key(&id) || missing.last() == Some(&id) {
            continue;
        }
        match own.get(&id).map(|prepared| Arc::clone(prepared)).or_else(|| cache.get(id)) {
            Some(prepared) => drop(others.insert(id, prepared)),
            None => missing.push(id),
        }
    }
    let stored = txn.known(&missing)?;
    if stored.len() != missing.len() {
        let what = "a blocking key names a record that is not there";
        return Err(StoreError::Damaged(what.to_owned()));
    }
    let stored: Vec<Record> = stored.into_values().collect();
    let prepared: Vec<_> =
        stored.par_iter().map(|record| (record.id, Arc::new(engine.prepare(record)))).collect();
    for (id, prepared) in prepared {
        cache.keep(id, Arc::clone(&prepared));
        others.insert(id, prepared);
    }
    Ok(others)
}
