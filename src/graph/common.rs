//! What snapshots hold in common: an object that is equal in several views is held once. What is lent is
//! equal to what the view's own stream said, so nothing passes from view to view.

use std::sync::Arc;

use roaring::RoaringBitmap;

use super::joins::Groups;
use super::{Shared, Snapshot};
use crate::model::{Event, EventId, Link, Record, RecordId, Tie, TieId};

/// Objects that snapshots in use hold.
#[derive(Debug, Clone, Default)]
pub struct Common {
    pub(super) records: Lists<Record>,
    pub(super) ties: Lists<Tie>,
    pub(super) events: Lists<Event>,
    pub(super) links: Lists<Link>,
    pub(super) groups: Groups,
    first_bytes: usize,
}

impl Common {
    /// Takes in what a snapshot holds and none before it held.
    pub fn add(&mut self, snapshot: &Snapshot) {
        let original = snapshot.original();
        let is_first = self.records.lists.is_empty();
        if let Some(brought) = self.records.add(&original.records) {
            let places = self.records.places(&original.records);
            self.groups.add(original, &places, &brought);
        }
        self.ties.add(&original.ties);
        self.events.add(&original.events);
        self.links.add(&original.links);
        if !std::ptr::eq(original, snapshot) {
            if self.records.add(&snapshot.records).is_some() {
                self.groups.add_none();
            }
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
        let lists = self.records.bytes() + self.ties.bytes();
        lists + self.events.bytes() + self.links.bytes() + self.groups.bytes()
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

/// Where an object is held.
#[derive(Debug, Clone, Copy)]
pub(super) struct Place {
    /// In which of the lists.
    pub list: usize,
    /// And where in it.
    pub position: u32,
}

/// Where the objects of a list are held: for each of the lists the positions, ascending.
pub(super) struct Split<T> {
    pub positions: Vec<RoaringBitmap>,
    /// Those that are held nowhere.
    pub rest: Vec<Arc<T>>,
}

impl<T: Keyed> Lists<T> {
    /// Takes in the objects that are held nowhere yet, and tells which list they became.
    fn add(&mut self, list: &Shared<T>) -> Option<Shared<T>> {
        if self.lists.iter().any(|held| Arc::ptr_eq(held, list)) {
            return None;
        }
        let brought = match self.lists.is_empty() {
            true => Arc::clone(list),
            false => Arc::new(self.brought_by(list)),
        };
        if brought.is_empty() {
            return None;
        }
        self.lists.push(Arc::clone(&brought));
        Some(brought)
    }

    fn brought_by(&mut self, list: &[Arc<T>]) -> Vec<Arc<T>> {
        let mut lender = self.lender();
        let (mut brought, mut variants) = (Vec::new(), 0);
        for item in list {
            if lender.find(&item.key(), |held| Arc::ptr_eq(held, item)).is_none() {
                variants += usize::from(lender.knows(&item.key()));
                brought.push(Arc::clone(item));
            }
        }
        self.variants += variants;
        brought.shrink_to_fit();
        brought
    }

    /// Where the objects of an ascending list are held.
    pub fn places(&self, list: &[Arc<T>]) -> Vec<Option<Place>> {
        let mut lender = self.lender();
        let place = |item: &Arc<T>| lender.find(&item.key(), |held| Arc::ptr_eq(held, item));
        list.iter().map(place).collect()
    }

    /// The same by the lists.
    pub fn split(&self, list: &[Arc<T>]) -> Split<T> {
        let mut positions = vec![Vec::new(); self.lists.len()];
        let mut rest = Vec::new();
        for (item, place) in list.iter().zip(self.places(list)) {
            match place {
                Some(Place { list, position }) => positions[list].push(position),
                None => rest.push(Arc::clone(item)),
            }
        }
        rest.shrink_to_fit();
        let positions = positions.into_iter().map(|it| it.into_iter().collect()).collect();
        Split { positions, rest }
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
    fn find(&mut self, key: &T::Key, is: impl Fn(&Arc<T>) -> bool) -> Option<Place> {
        for (at, Passed { list, passed }) in self.lists.iter_mut().enumerate() {
            let before = list[*passed..].iter().take_while(|held| held.key() < *key).count();
            *passed += before;
            if list.get(*passed).is_some_and(&is) {
                return Some(Place { list: at, position: *passed as u32 });
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
            Some(Place { list, position }) => Arc::clone(&self.lists[list].list[position as usize]),
            None => Arc::new(fresh),
        }
    }
}
