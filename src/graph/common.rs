//! What snapshots hold in common: an object that is equal in several views is held once. What is lent is
//! equal to what the view's own stream said, so nothing passes from view to view.

use std::sync::Arc;

use roaring::RoaringBitmap;

use super::{Shared, Snapshot};
use crate::model::{Event, EventId, Link, Record, RecordId, Tie, TieId};

/// Objects that snapshots in use hold.
#[derive(Debug, Clone, Default)]
pub struct Common {
    pub(super) records: Lists<Record>,
    pub(super) ties: Lists<Tie>,
    pub(super) events: Lists<Event>,
    pub(super) links: Lists<Link>,
    first_bytes: usize,
}

impl Common {
    /// Takes in what a snapshot holds and none before it held.
    pub fn add(&mut self, snapshot: &Snapshot) {
        let original = snapshot.original();
        let is_first = self.records.lists.is_empty();
        self.records.add(&original.records);
        self.ties.add(&original.ties);
        self.events.add(&original.events);
        self.links.add(&original.links);
        if !std::ptr::eq(original, snapshot) {
            self.records.add(&snapshot.records);
            self.events.add(&snapshot.events);
        }
        if is_first {
            self.first_bytes = self.bytes();
        }
    }

    /// About how many bytes it holds beside what its first snapshot brought: the lists, and what views say
    /// differently of the same.
    pub(super) fn more_bytes(&self) -> usize {
        self.bytes() - self.first_bytes
    }

    fn bytes(&self) -> usize {
        self.records.bytes() + self.ties.bytes() + self.events.bytes() + self.links.bytes()
    }
}

/// What orders the objects of a list.
pub(super) trait Keyed {
    /// Its type.
    type Key: Ord;
    /// Of two objects in one list never the same.
    fn key(&self) -> Self::Key;
}

impl Keyed for Record {
    type Key = RecordId;
    fn key(&self) -> RecordId {
        self.id
    }
}

impl Keyed for Tie {
    type Key = TieId;
    fn key(&self) -> TieId {
        self.id
    }
}

impl Keyed for Event {
    type Key = EventId;
    fn key(&self) -> EventId {
        self.id
    }
}

impl Keyed for Link {
    type Key = (RecordId, RecordId);
    fn key(&self) -> Self::Key {
        (self.a, self.b)
    }
}

/// Lists in ascending order; no object is in two of them. What several views say differently of the same
/// (an event, of which a view has the visible participants only) are several objects with one key.
#[derive(Debug)]
pub(super) struct Lists<T> {
    lists: Vec<Shared<T>>,
    /// Objects of which another with the same key was there before.
    variants: usize,
}

impl<T> Default for Lists<T> {
    fn default() -> Self {
        Self { lists: Vec::new(), variants: 0 }
    }
}

impl<T> Clone for Lists<T> {
    fn clone(&self) -> Self {
        Self { lists: self.lists.clone(), variants: self.variants }
    }
}

/// Where the objects of a list are held: for each of the lists the positions, ascending.
pub(super) struct Split<T> {
    pub positions: Vec<RoaringBitmap>,
    /// Those that are held nowhere.
    pub rest: Vec<Arc<T>>,
    /// How many of these have the key of one that is held.
    variants: usize,
}

impl<T: Keyed> Lists<T> {
    fn add(&mut self, list: &Shared<T>) {
        if self.lists.iter().any(|held| Arc::ptr_eq(held, list)) {
            return;
        }
        if self.lists.is_empty() {
            self.lists.push(Arc::clone(list));
            return;
        }
        let Split { rest, variants, .. } = self.split(list);
        self.variants += variants;
        if !rest.is_empty() {
            self.lists.push(Arc::new(rest));
        }
    }

    /// Finds the objects of an ascending list.
    pub fn split(&self, list: &[Arc<T>]) -> Split<T> {
        let mut positions = vec![Vec::new(); self.lists.len()];
        let (mut rest, mut variants) = (Vec::new(), 0);
        let mut lender = self.lender();
        for item in list {
            match lender.find(&item.key(), |held| Arc::ptr_eq(held, item)) {
                Some((at, position)) => positions[at].push(position),
                None => {
                    variants += usize::from(lender.knows(&item.key()));
                    rest.push(Arc::clone(item));
                }
            }
        }
        rest.shrink_to_fit();
        let positions = positions.into_iter().map(|it| it.into_iter().collect()).collect();
        Split { positions, rest, variants }
    }

    /// What lends the objects.
    pub fn lender(&self) -> Lender<'_, T> {
        Lender { lists: self.lists.iter().map(|list| Passed { list, passed: 0 }).collect() }
    }

    /// The lists.
    pub fn lists(&self) -> &[Shared<T>] {
        &self.lists
    }

    fn bytes(&self) -> usize {
        let lists = self.lists.iter().map(|list| list.len() * size_of::<Arc<T>>());
        lists.sum::<usize>() + self.variants * size_of::<T>()
    }
}

/// Walks along the lists; objects are asked for in ascending order.
pub(super) struct Lender<'a, T> {
    lists: Vec<Passed<'a, T>>,
}

struct Passed<'a, T> {
    list: &'a [Arc<T>],
    passed: usize,
}

impl<T: Keyed> Lender<'_, T> {
    /// In which list, and where, the object with this key is held that `is` the one sought.
    fn find(&mut self, key: &T::Key, is: impl Fn(&Arc<T>) -> bool) -> Option<(usize, u32)> {
        for (at, Passed { list, passed }) in self.lists.iter_mut().enumerate() {
            let before = list[*passed..].iter().take_while(|held| held.key() < *key).count();
            *passed += before;
            if list.get(*passed).is_some_and(&is) {
                return Some((at, *passed as u32));
            }
        }
        None
    }

    /// Whether one with the key that was sought last is held.
    fn knows(&self, key: &T::Key) -> bool {
        let at = self.lists.iter().filter_map(|it| it.list.get(it.passed));
        at.into_iter().any(|held| held.key() == *key)
    }
}

impl<T: Keyed + PartialEq> Lender<'_, T> {
    /// The object, as it is already held, or else as it came.
    pub fn held(&mut self, fresh: T) -> Arc<T> {
        match self.find(&fresh.key(), |held| **held == fresh) {
            Some((at, position)) => Arc::clone(&self.lists[at].list[position as usize]),
            None => Arc::new(fresh),
        }
    }
}
