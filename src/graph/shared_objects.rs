//! Interning of records, ties, events and links: an object that is equal in several views' snapshots is held in memory
//! once. An interned object is equal to the one that the view's own stream brought, so that nothing passes from one
//! view to another.

use std::collections::BTreeMap;
use std::convert::Infallible;
use std::fmt::Debug;
use std::sync::{Arc, Mutex, PoisonError, Weak};

use roaring::RoaringBitmap;

use super::groups::{Groups, Place};
use super::times::{is_untimed, undated, untimed};
use super::{Indexed, Listed, Shared, Snapshot};
use crate::model::{Event, EventId, Link, Record, RecordId, Tie, TieId};

/// Objects of the snapshots in use, each held once, and how the records among them were clustered.
#[derive(Debug, Clone, Default)]
pub struct SharedObjects {
    pub(super) records: Lists<Record>,
    pub(super) ties: Lists<Tie>,
    pub(super) events: Lists<Event>,
    pub(super) links: Lists<Link>,
    pub(super) groups: Groups,
    first_bytes: usize,
}

impl SharedObjects {
    /// Adds the objects of a snapshot that no snapshot before it brought. Returns about how many bytes of objects the
    /// snapshot goes on holding for itself: its redacted ties and events, which are not added.
    pub fn add(&mut self, snapshot: &Snapshot) -> usize {
        let original = snapshot.original();
        let is_first = self.records.lists.is_empty();
        let records = original.records.flat();
        if let Some(brought) = self.records.add(&records) {
            let places = self.records.places(&records);
            self.groups.add(original, &places, &brought);
        }
        let before = (self.ties.redacted, self.events.redacted);
        self.ties.add(&original.ties.flat());
        self.events.add(&original.events.flat());
        self.links.add(&original.links.flat());
        if !std::ptr::eq(original, snapshot) {
            if self.records.add(&snapshot.records.flat()).is_some() {
                self.groups.add_none();
            }
            self.ties.add(&snapshot.ties.flat());
            self.events.add(&snapshot.events.flat());
            self.links.add(&snapshot.links.flat());
        }
        if is_first {
            self.first_bytes = self.bytes();
        }
        own_bytes(self.ties.redacted - before.0, self.events.redacted - before.1)
    }

    /// Approximate bytes held beyond those of the first snapshot: the lists that later snapshots added, and objects
    /// whose content differs between views.
    pub(super) fn more_bytes(&self) -> usize {
        self.bytes() - self.first_bytes
    }

    fn bytes(&self) -> usize {
        let lists = self.records.bytes() + self.ties.bytes();
        lists + self.events.bytes() + self.links.bytes() + self.groups.bytes()
    }
}

/// An object with a key by which its list is sorted. Some types have redactions: objects that equal a whole one with
/// the same key but for parts that are left out.
pub(super) trait Keyed: Listed + Sized {
    /// The type of the key.
    type Key: Ord + Debug;
    /// The description of a redaction: which parts of a whole object are left out. `Infallible` for types without
    /// redactions.
    type Redaction: Copy;

    /// The key, which is unique within one list.
    fn key(&self) -> Self::Key;

    /// Returns the redaction that makes this object out of a whole one, or `None` if they differ in anything else.
    fn redaction_of(&self, whole: &Self) -> Option<Self::Redaction>;

    /// Returns a copy of this whole object with the parts left out that the redaction names.
    fn redacted(&self, redacted: Self::Redaction) -> Self;
}

impl Keyed for Record {
    type Key = RecordId;
    type Redaction = Infallible;
    fn key(&self) -> RecordId {
        self.id
    }
    fn redaction_of(&self, _: &Self) -> Option<Infallible> {
        None
    }
    fn redacted(&self, redacted: Infallible) -> Self {
        match redacted {}
    }
}

/// The only redaction of a tie: its time span is left out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Undated;

impl Keyed for Tie {
    type Key = TieId;
    type Redaction = Undated;
    fn key(&self) -> TieId {
        self.id
    }
    fn redaction_of(&self, whole: &Self) -> Option<Undated> {
        (undated(whole) == *self).then_some(Undated)
    }
    fn redacted(&self, Undated: Undated) -> Self {
        undated(self)
    }
}

/// A redaction of an event: the participants that it keeps, and which of the other parts it keeps.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct EventRedaction {
    /// The participants that are kept: bit `n` stands for participant `n` of the whole event.
    participants: u32,
    has_time: bool,
    has_place: bool,
    has_text: bool,
    has_amount: bool,
    has_local_id: bool,
}

impl Keyed for Event {
    type Key = EventId;
    type Redaction = EventRedaction;

    fn key(&self) -> EventId {
        self.id
    }

    fn redaction_of(&self, whole: &Self) -> Option<EventRedaction> {
        if whole.participants.len() > u32::BITS as usize {
            return None;
        }
        let here = |part| self.participants.contains(part);
        let bits = whole.participants.iter().enumerate();
        let bits = bits.filter(|(_, part)| here(part)).map(|(at, _)| 1 << at);
        let redacted = EventRedaction {
            participants: bits.fold(0, |bits, bit| bits | bit),
            has_time: !is_untimed(self),
            has_place: self.place.is_some(),
            has_text: self.text.is_some(),
            has_amount: self.amount.is_some(),
            has_local_id: !self.local_id.is_empty(),
        };
        (whole.redacted(redacted) == *self).then_some(redacted)
    }

    fn redacted(&self, redacted: EventRedaction) -> Self {
        let parts = self.participants.iter().enumerate();
        let parts = parts.filter(|(at, _)| redacted.participants >> at & 1 == 1);
        Self {
            participants: parts.map(|(_, part)| *part).collect(),
            place: self.place.clone().filter(|_| redacted.has_place),
            text: self.text.clone().filter(|_| redacted.has_text),
            amount: self.amount.clone().filter(|_| redacted.has_amount),
            local_id: if redacted.has_local_id { self.local_id.clone() } else { String::new() },
            ..if redacted.has_time { self.clone() } else { untimed(self) }
        }
    }
}

impl Keyed for Link {
    type Key = (RecordId, RecordId);
    type Redaction = Infallible;
    fn key(&self) -> Self::Key {
        (self.a, self.b)
    }
    fn redaction_of(&self, _: &Self) -> Option<Infallible> {
        None
    }
    fn redacted(&self, redacted: Infallible) -> Self {
        match redacted {}
    }
}

/// The interned objects of one type: a list for each snapshot that brought new ones, in ascending order of key. No
/// object is in two lists. Objects with one key and different content (variants, as of several views) are all held, but
/// redactions of a held object are not (such as an event with the visible participants of a view only): each snapshot
/// holds its own redactions.
#[derive(Debug)]
pub(super) struct Lists<T: Keyed> {
    lists: Vec<Shared<T>>,
    /// Objects that came since by changes of the store. They are dropped with the last snapshot that has them.
    recent: Arc<Mutex<Recent<T>>>,
    /// Number of variants: objects that were added although another with the same key was held already.
    variants: usize,
    /// Number of objects that were not added because they are redactions of a held object.
    redacted: usize,
}

/// Objects by their keys, of each all that differ.
type Recent<T> = BTreeMap<<T as Keyed>::Key, Vec<Weak<T>>>;

/// The number of recent objects at which those that nobody holds any more are forgotten.
const RECENT_MAX: usize = 16_384;

/// Approximate bytes of so many ties and events that a snapshot holds for itself.
pub(super) fn own_bytes(ties: usize, events: usize) -> usize {
    // The place and the participants of an event lie on the heap and take about as much again.
    ties * size_of::<Tie>() + events * 2 * size_of::<Event>()
}

impl<T: Keyed> Default for Lists<T> {
    fn default() -> Self {
        Self { lists: Vec::new(), recent: Arc::default(), variants: 0, redacted: 0 }
    }
}

impl<T: Keyed> Clone for Lists<T> {
    fn clone(&self) -> Self {
        Self { lists: self.lists.clone(), recent: Arc::clone(&self.recent), ..*self }
    }
}

impl<T: Keyed + PartialEq> Lists<T> {
    /// Returns the held object that is equal to a fresh one, or else the fresh one itself, which is held from now on as
    /// long as a snapshot has it.
    pub fn hold(&self, fresh: T) -> Arc<T> {
        let key = fresh.key();
        for list in &self.lists {
            if let Some(at) = list.find_by_key(&key, |held| held.key())
                && *list[at] == fresh
            {
                return Arc::clone(&list[at]);
            }
        }
        let mut recent = self.recent.lock().unwrap_or_else(PoisonError::into_inner);
        if recent.len() >= RECENT_MAX {
            recent.retain(|_, held| held.iter().any(|held| held.strong_count() > 0));
        }
        let held = recent.entry(key).or_default();
        if let Some(equal) = held.iter().filter_map(Weak::upgrade).find(|held| **held == fresh) {
            return equal;
        }
        let fresh = Arc::new(fresh);
        held.retain(|held| held.strong_count() > 0);
        held.push(Arc::downgrade(&fresh));
        fresh
    }
}

/// The objects of a snapshot's list, divided by where they are held.
pub(super) struct Split<T: Keyed> {
    pub positions: Vec<RoaringBitmap>,
    /// Redactions of a held object: the place of the whole one, and the redaction.
    pub redacted: Vec<(Place, T::Redaction)>,
    /// Objects that are held in no list.
    pub rest: Vec<Arc<T>>,
}

impl<T: Keyed> Lists<T> {
    /// Adds the objects that are not held yet as a new list, and returns that list; `None` if there are none.
    fn add(&mut self, list: &Shared<T>) -> Option<Shared<T>> {
        if self.lists.iter().any(|held| Arc::ptr_eq(held, list)) {
            return None;
        }
        let brought = match self.lists.is_empty() {
            true => Arc::clone(list),
            false => Arc::new(Indexed::from(self.brought_by(list)).spread()),
        };
        if brought.is_empty() {
            return None;
        }
        self.lists.push(Arc::clone(&brought));
        Some(brought)
    }

    fn brought_by(&mut self, list: &[Arc<T>]) -> Vec<Arc<T>> {
        let mut interner = self.interner();
        let (mut brought, mut variants, mut redacted) = (Vec::new(), 0, 0);
        for item in list {
            let is_held = interner.find(&item.key(), |held| Arc::ptr_eq(held, item)).is_some();
            if is_held {
                continue;
            }
            if interner.whole_of(item).is_some() {
                redacted += 1;
            } else {
                variants += usize::from(interner.knows(&item.key()));
                brought.push(Arc::clone(item));
            }
        }
        self.variants += variants;
        self.redacted += redacted;
        brought.shrink_to_fit();
        brought
    }

    /// Returns the place of each object of an ascending list; `None` for an object that is not held.
    pub fn places(&self, list: &Shared<T>) -> Indexed<T::Index, Option<Place>> {
        let mut interner = self.interner();
        let place = |item: &Arc<T>| interner.find(&item.key(), |held| Arc::ptr_eq(held, item));
        list.mapped(place)
    }

    /// Divides an ascending list into objects that are held, redactions of held ones, and the rest.
    pub fn split(&self, list: &[Arc<T>]) -> Split<T> {
        let mut positions = vec![Vec::new(); self.lists.len()];
        let (mut redacted, mut rest) = (Vec::new(), Vec::new());
        let mut interner = self.interner();
        for item in list {
            if let Some(place) = interner.find(&item.key(), |held| Arc::ptr_eq(held, item)) {
                positions[place.list as usize].push(place.position);
            } else if let Some(of) = interner.whole_of(item) {
                redacted.push(of);
            } else {
                rest.push(Arc::clone(item));
            }
        }
        redacted.shrink_to_fit();
        rest.shrink_to_fit();
        let positions = positions.into_iter().map(|it| it.into_iter().collect()).collect();
        Split { positions, redacted, rest }
    }

    /// An interner over the lists, at their beginning.
    pub fn interner(&self) -> Interner<'_, T> {
        let recent = Arc::clone(&self.recent);
        let is_empty = recent.lock().unwrap_or_else(PoisonError::into_inner).is_empty();
        Interner {
            lists: self.lists.iter().map(|list| Passed { list, passed: 0 }).collect(),
            recent: (!is_empty).then_some(recent),
        }
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

/// Finds held objects in one pass over the lists; keys must be asked for in ascending order.
pub(super) struct Interner<'a, T: Keyed> {
    lists: Vec<Passed<'a, T>>,
    /// The recent objects, if there were any when the pass began.
    recent: Option<Arc<Mutex<Recent<T>>>>,
}

struct Passed<'a, T> {
    list: &'a [Arc<T>],
    passed: usize,
}

impl<T: Keyed> Interner<'_, T> {
    /// Returns the place of the held object that has this key and satisfies `is`, if there is one.
    fn find(&mut self, key: &T::Key, is: impl Fn(&Arc<T>) -> bool) -> Option<Place> {
        for (at, Passed { list, passed }) in self.lists.iter_mut().enumerate() {
            let before = list[*passed..].iter().take_while(|held| held.key() < *key).count();
            *passed += before;
            if list.get(*passed).is_some_and(&is) {
                return Some(Place { list: at as u32, position: *passed as u32 });
            }
        }
        None
    }

    /// Returns the place of a held object of which the item is a redaction, and the redaction. The last call of
    /// [`Self::find`] must have been for the item's key.
    fn whole_of(&self, item: &T) -> Option<(Place, T::Redaction)> {
        let key = item.key();
        let at = (0u32..).zip(&self.lists).filter_map(|(list, it)| {
            let held = it.list.get(it.passed).filter(|held| held.key() == key)?;
            let place = Place { list, position: it.passed as u32 };
            Some((place, item.redaction_of(held)?))
        });
        at.into_iter().next()
    }

    /// Tells if an object with this key is held. The last call of [`Self::find`] must have been for this key.
    fn knows(&self, key: &T::Key) -> bool {
        let at = self.lists.iter().filter_map(|it| it.list.get(it.passed));
        at.into_iter().any(|held| held.key() == *key)
    }
}

impl<T: Keyed + PartialEq> Interner<'_, T> {
    /// Returns the held object that is equal to the fresh one, or else the fresh one itself.
    pub fn intern(&mut self, fresh: T) -> Arc<T> {
        match self.find(&fresh.key(), |held| **held == fresh) {
            Some(Place { list, position }) => {
                Arc::clone(&self.lists[list as usize].list[position as usize])
            }
            None => self.recent_one(&fresh).unwrap_or_else(|| Arc::new(fresh)),
        }
    }

    fn recent_one(&self, fresh: &T) -> Option<Arc<T>> {
        let recent = self.recent.as_ref()?.lock().unwrap_or_else(PoisonError::into_inner);
        let held = recent.get(&fresh.key())?.iter().filter_map(Weak::upgrade);
        held.into_iter().find(|held| **held == *fresh)
    }
}
