//! Linking: every new form against every form that shares a blocking key with it, those of its own batch and those of
//! the store alike. Records that say the same as others of their class are of one form, and are compared with nothing:
//! ten thousand reads of one plate cost as many records, and no link but that of the form with itself.
//!
//! The links depend on the records alone: a pair of forms is compared when the later of the two arrives, whichever that
//! is, and its score is the engine's function of the two.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use rayon::prelude::*;

use crate::model::{BlockKey, ClassSet, Content, FormId, FormLink, Record};
use crate::resolve::{Engine, Prepared};
use crate::store::{FormSize, StoreError, WriteTxn, class_of};

/// New forms whose candidates are looked up at once: their keys are sought in the order of keys, so that the more they are
/// the fewer pages of the store each of them turns.
const LOOKUP_FORMS: usize = 8_192;
/// New forms whose pairs are listed at once; bounds the list of pairs.
const PAIRED_FORMS: usize = 256;
/// Pairs compared at once; bounds how many prepared forms are held together.
const ROUND_PAIRS: usize = 20_000;
/// Prepared forms kept from batch to batch where nothing else is said: two generations of this many, some 100 MB at most.
pub(super) const CACHE_GENERATION: usize = 25_000;

/// The engine's functions for linking: pure functions of records and a frozen model.
pub trait Linker: Sync {
    /// A record that is prepared for comparison.
    type Prepared: Send + Sync;

    /// Prepares a record for comparison.
    fn prepare(&self, record: &Record) -> Self::Prepared;

    /// The hash of a record's comparable content.
    fn content(&self, prepared: &Self::Prepared) -> Content;

    /// The blocking keys of a record.
    fn keys(&self, prepared: &Self::Prepared) -> Vec<BlockKey>;

    /// Returns the link of two forms, by a record of each; `None` if its score is too low to be kept. Symmetric.
    fn link(&self, a: (FormId, &Self::Prepared), b: (FormId, &Self::Prepared)) -> Option<FormLink>;
}

impl Linker for Engine {
    type Prepared = Prepared;

    fn prepare(&self, record: &Record) -> Prepared {
        Engine::prepare(self, record)
    }

    fn content(&self, prepared: &Prepared) -> Content {
        Engine::content(self, prepared)
    }

    fn keys(&self, prepared: &Prepared) -> Vec<BlockKey> {
        Engine::keys(self, prepared)
    }

    fn link(&self, a: (FormId, &Prepared), b: (FormId, &Prepared)) -> Option<FormLink> {
        Engine::form_link(self, a, b)
    }
}

/// A new record, prepared for comparison, with its form.
pub(super) struct Fresh<P> {
    pub form: FormId,
    pub content: Content,
    pub prepared: Arc<P>,
}

/// A new form, by one of its records, with its distinct keys, ascending.
pub(super) struct NewForm<P> {
    pub form: FormId,
    pub prepared: Arc<P>,
    pub keys: Vec<BlockKey>,
}

/// Prepares new records, in their order.
pub(super) fn prepare<L: Linker>(engine: &L, records: &[&Record]) -> Vec<Fresh<L::Prepared>> {
    let ready = |record: &&Record| {
        let prepared = engine.prepare(record);
        let content = engine.content(&prepared);
        let form = FormId::of(&class_of(record), content);
        Fresh { form, content, prepared: Arc::new(prepared) }
    };
    records.par_iter().map(ready).collect()
}

/// The forms of a batch of new records that are new, and those that have several records with this batch and had not
/// before; both ascending.
pub(super) struct Forms<P> {
    pub new: Vec<NewForm<P>>,
    pub doubled: Vec<(FormId, Arc<P>)>,
}

impl<P: Send + Sync> Forms<P> {
    /// Looks up which forms the store has, before the records are put into it.
    pub fn of<L: Linker<Prepared = P>>(
        engine: &L,
        txn: &mut dyn WriteTxn,
        fresh: &[Fresh<P>],
    ) -> Result<Self, StoreError> {
        let mut held: BTreeMap<FormId, (usize, &Arc<P>)> = BTreeMap::new();
        for fresh in fresh {
            held.entry(fresh.form).or_insert((0, &fresh.prepared)).0 += 1;
        }
        let sizes = txn.sizes(&held.keys().copied().collect::<Vec<_>>())?;
        let is_doubled = |(form, (count, _)): &(&FormId, &(usize, _))| match sizes.get(form) {
            None => *count > 1,
            Some(FormSize::One) => true,
            Some(FormSize::Several) => false,
        };
        let doubled = held.iter().filter(is_doubled);
        let doubled = doubled.map(|(form, (_, prepared))| (*form, Arc::clone(prepared))).collect();
        let new: Vec<_> = held.iter().filter(|(form, _)| !sizes.contains_key(form)).collect();
        let new_form = |(form, (_, prepared)): &(&FormId, &(usize, &Arc<P>))| {
            let mut keys = engine.keys(prepared);
            keys.sort_unstable();
            keys.dedup();
            NewForm { form: **form, prepared: Arc::clone(prepared), keys }
        };
        Ok(Self { new: new.par_iter().map(new_form).collect(), doubled })
    }
}

/// A cache of prepared forms of the store. It holds committed ones only: what a form says never changes, so the cache is
/// never wrong and changes no result.
pub(super) struct PreparedCache<P> {
    /// Forms of a generation.
    most: usize,
    young: HashMap<FormId, Arc<P>>,
    old: HashMap<FormId, Arc<P>>,
}

impl<P> PreparedCache<P> {
    /// An empty cache of two generations of so many forms.
    pub fn of(most: usize) -> Self {
        Self { most, young: HashMap::new(), old: HashMap::new() }
    }

    /// Caches a committed form; drops the older generation when the younger is full.
    pub fn keep(&mut self, form: FormId, prepared: Arc<P>) {
        if self.young.len() >= self.most {
            self.old = std::mem::take(&mut self.young);
        }
        self.young.insert(form, prepared);
    }

    fn get(&mut self, form: FormId) -> Option<Arc<P>> {
        if let Some(prepared) = self.young.get(&form) {
            return Some(Arc::clone(prepared));
        }
        let prepared = self.old.remove(&form)?;
        self.keep(form, Arc::clone(&prepared));
        Some(prepared)
    }
}

/// Returns the links of new forms, whose records the transaction has written already, with each other and with the forms
/// of the store, or with those of the classes `within`, and the links with themselves of forms that have a second record
/// now; ascending by their pair.
pub(super) fn links<L: Linker>(
    engine: &L,
    cache: &mut PreparedCache<L::Prepared>,
    txn: &mut dyn WriteTxn,
    forms: &Forms<L::Prepared>,
    within: Option<&ClassSet>,
) -> Result<Vec<FormLink>, StoreError> {
    let own: HashMap<FormId, &Arc<L::Prepared>> =
        forms.new.iter().map(|new| (new.form, &new.prepared)).collect();
    let with_itself = |(form, prepared): &(FormId, Arc<L::Prepared>)| {
        engine.link((*form, prepared.as_ref()), (*form, prepared.as_ref()))
    };
    let mut links: Vec<FormLink> = forms.doubled.par_iter().filter_map(with_itself).collect();
    for looked_up in forms.new.chunks(LOOKUP_FORMS) {
        // Forms of the batch are candidates of each other, in whatever classes.
        let among = if within.is_some() { &forms.new[..] } else { &[] };
        let holders = Holders::of(txn, looked_up, within, among)?;
        for chunk in looked_up.chunks(PAIRED_FORMS) {
            // Ascending by the other form, so that each is loaded in one round only.
            let pairs = pairs(chunk, &holders, |form| own.contains_key(&form));
            for round in pairs.chunks(ROUND_PAIRS) {
                let others = load(engine, cache, txn, round, &own)?;
                let found = round.par_iter().filter_map(|&(other, position)| {
                    let new = &chunk[position];
                    let other = (other, others.get(&other)?.as_ref());
                    engine.link(other, (new.form, new.prepared.as_ref()))
                });
                links.extend(found.collect::<Vec<_>>());
            }
        }
    }
    links.sort_unstable_by_key(|link| (link.a, link.b));
    Ok(links)
}

/// The forms that carry each key: pairs of a key and a form, ascending.
struct Holders(Vec<(BlockKey, FormId)>);

impl Holders {
    /// Looks up who carries a key of these forms, in the store and `among` new ones.
    fn of<P>(
        txn: &mut dyn WriteTxn,
        forms: &[NewForm<P>],
        within: Option<&ClassSet>,
        among: &[NewForm<P>],
    ) -> Result<Self, StoreError> {
        let mut keys: Vec<BlockKey> = forms.iter().flat_map(|new| new.keys.clone()).collect();
        keys.sort_unstable();
        keys.dedup();
        let mut holders = txn.candidates(within, &keys)?;
        let own = |new: &NewForm<P>| {
            let form = new.form;
            new.keys.iter().map(move |key| (*key, form)).collect::<Vec<_>>()
        };
        holders.extend(among.iter().flat_map(own));
        holders.par_sort_unstable();
        holders.dedup();
        Ok(Self(holders))
    }

    fn carrying(&self, key: BlockKey) -> impl Iterator<Item = FormId> + '_ {
        let first = self.0.partition_point(|(other, _)| *other < key);
        let with_key = self.0[first..].iter().take_while(move |(other, _)| *other == key);
        with_key.map(|(_, form)| *form)
    }
}

/// Each form to compare and the position in `chunk` of the new form to compare it with, distinct and ascending. Of two
/// new ones only the greater lists the other.
fn pairs<P: Send + Sync>(
    chunk: &[NewForm<P>],
    holders: &Holders,
    is_new: impl Fn(FormId) -> bool + Sync,
) -> Vec<(FormId, usize)> {
    let others = |(position, new): (usize, &NewForm<P>)| {
        let sharing = new.keys.iter().flat_map(|key| holders.carrying(*key));
        let wanted =
            sharing.filter(|form| *form < new.form || (*form != new.form && !is_new(*form)));
        let mut others: Vec<FormId> = wanted.collect();
        others.sort_unstable();
        others.dedup();
        others.into_iter().map(|other| (other, position)).collect::<Vec<_>>()
    };
    let mut pairs: Vec<(FormId, usize)> =
        chunk.par_iter().enumerate().flat_map_iter(others).collect();
    pairs.par_sort_unstable();
    pairs
}

/// Returns the prepared forms that a round compares with.
fn load<L: Linker>(
    engine: &L,
    cache: &mut PreparedCache<L::Prepared>,
    txn: &mut dyn WriteTxn,
    round: &[(FormId, usize)],
    own: &HashMap<FormId, &Arc<L::Prepared>>,
) -> Result<HashMap<FormId, Arc<L::Prepared>>, StoreError> {
    let mut others = HashMap::new();
    let mut missing = Vec::new();
    for &(form, _) in round {
        if others.contains_key(&form) || missing.last() == Some(&form) {
            continue;
        }
        match own.get(&form).map(|prepared| Arc::clone(prepared)).or_else(|| cache.get(form)) {
            Some(prepared) => drop(others.insert(form, prepared)),
            None => missing.push(form),
        }
    }
    let stored = txn.of_forms(&missing)?;
    if stored.len() != missing.len() {
        let what = "a blocking key names a form that has no record";
        return Err(StoreError::Damaged(what.to_owned()));
    }
    let stored: Vec<(FormId, Record)> = stored.into_iter().collect();
    let prepared: Vec<_> =
        stored.par_iter().map(|(form, record)| (*form, Arc::new(engine.prepare(record)))).collect();
    for (form, prepared) in prepared {
        cache.keep(form, Arc::clone(&prepared));
        others.insert(form, prepared);
    }
    Ok(others)
}
