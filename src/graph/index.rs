//! Positions in the lists of a snapshot, each list with a type of its own: a record is not looked up by the position of
//! an entity. A position is a `u32` and costs no more; it has no form in text, so it cannot get into an answer.

use std::fmt::Debug;
use std::hash::Hash;
use std::marker::PhantomData;
use std::ops::{Deref, Index, IndexMut};
use std::sync::Arc;

use roaring::RoaringBitmap;

use crate::model::{Event, Link, Record, Tie};

/// A position in one kind of list.
pub trait Position: Copy + Ord + Hash + Debug + Send + Sync + 'static {
    /// Makes the position from its number, counted from 0.
    fn new(raw: u32) -> Self;

    /// The number of the position, counted from 0.
    fn raw(self) -> u32;
}

macro_rules! positions {
    ($($(#[$doc:meta])* $name:ident;)*) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[repr(transparent)]
        pub struct $name(u32);

        impl Position for $name {
            #[inline]
            fn new(raw: u32) -> Self {
                Self(raw)
            }

            #[inline]
            fn raw(self) -> u32 {
                self.0
            }
        }
    )*};
}

positions! {
    /// The position of a record in a snapshot.
    RecordIndex;
    /// The position of an entity in a snapshot.
    EntityIndex;
    /// The position of a relationship in a snapshot.
    RelationshipIndex;
    /// The position of a tie in a snapshot.
    TieIndex;
    /// The position of an event in a snapshot.
    EventIndex;
    /// The position of a link in a snapshot.
    LinkIndex;
    /// The position of a judgement in a snapshot.
    JudgementIndex;
}

/// A type of object that snapshots hold in a list.
pub trait Listed {
    /// The type of positions in the list.
    type Index: Position;
}

impl Listed for Record {
    type Index = RecordIndex;
}

impl Listed for Tie {
    type Index = TieIndex;
}

impl Listed for Event {
    type Index = EventIndex;
}

impl Listed for Link {
    type Index = LinkIndex;
}

/// A list whose items are looked up by one type of position only:
///
/// ```
/// use accord::graph::{EntityIndex, Indexed, Position, RecordIndex};
/// let records: Indexed<RecordIndex, &str> = vec!["one", "two"].into();
/// assert_eq!(records[RecordIndex::new(1)], "two");
/// ```
///
/// Neither the position of something else nor a bare number compiles:
///
/// ```compile_fail,E0308
/// # use accord::graph::{EntityIndex, Indexed, Position, RecordIndex};
/// # let records: Indexed<RecordIndex, &str> = vec!["one", "two"].into();
/// records[EntityIndex::new(1)];
/// ```
///
/// ```compile_fail,E0308
/// # use accord::graph::{Indexed, RecordIndex};
/// # let records: Indexed<RecordIndex, &str> = vec!["one", "two"].into();
/// records[1_usize];
/// ```
pub struct Indexed<I, T> {
    items: Vec<T>,
    by: PhantomData<fn() -> I>,
}

/// A list that several snapshots can hold in common; its items, too, may be in lists of several snapshots.
pub type Shared<T> = Arc<Indexed<<T as Listed>::Index, Arc<T>>>;

/// Makes a shared list of some items.
pub fn shared<T: Listed>(items: Vec<T>) -> Shared<T> {
    Arc::new(items.into_iter().map(Arc::new).collect())
}

impl<I: Position, T> Indexed<I, T> {
    /// Makes a list of `count` copies of an item.
    pub(super) fn filled(item: T, count: usize) -> Self
    where
        T: Clone,
    {
        vec![item; count].into()
    }

    /// The positions, ascending.
    pub fn indexes(
        &self,
    ) -> impl DoubleEndedIterator<Item = I> + ExactSizeIterator + Clone + use<I, T> {
        (0..self.items.len()).map(|at| I::new(at as u32))
    }

    /// The items with their positions, ascending.
    pub fn enumerated(
        &self,
    ) -> impl DoubleEndedIterator<Item = (I, &T)> + ExactSizeIterator + Clone {
        self.items.iter().enumerate().map(|(at, item)| (I::new(at as u32), item))
    }

    /// The item at a position; `None` where the list ends before it.
    pub fn get(&self, at: I) -> Option<&T> {
        self.items.get(at.raw() as usize)
    }

    /// Finds the position of the item with a key; the list must be ascending by this key.
    pub fn find_by_key<K: Ord>(&self, key: &K, of: impl FnMut(&T) -> K) -> Option<I> {
        self.items.binary_search_by_key(key, of).ok().map(|at| I::new(at as u32))
    }

    /// The items with their positions, from the first on for which `before` is false; all items for which it is true
    /// must come first in the list.
    pub fn starting(&self, before: impl FnMut(&T) -> bool) -> impl Iterator<Item = (I, &T)> {
        let first = self.items.partition_point(before);
        let items = self.items[first..].iter().enumerate();
        items.map(move |(at, item)| (I::new((first + at) as u32), item))
    }

    /// Gives back the spare capacity of the list.
    pub(super) fn trimmed(mut self) -> Arc<Self> {
        self.items.shrink_to_fit();
        Arc::new(self)
    }

    pub(super) fn push(&mut self, item: T) {
        self.items.push(item);
    }

    pub(super) fn iter_mut(&mut self) -> std::slice::IterMut<'_, T> {
        self.items.iter_mut()
    }
}

impl<I: Position, T> Index<I> for Indexed<I, T> {
    type Output = T;

    #[inline]
    fn index(&self, at: I) -> &T {
        &self.items[at.raw() as usize]
    }
}

impl<I: Position, T> IndexMut<I> for Indexed<I, T> {
    #[inline]
    fn index_mut(&mut self, at: I) -> &mut T {
        &mut self.items[at.raw() as usize]
    }
}

/// Access to the items as a slice, for iteration. Indexing goes through [`Index`], which comes before the slice's.
impl<I, T> Deref for Indexed<I, T> {
    type Target = [T];

    #[inline]
    fn deref(&self) -> &[T] {
        &self.items
    }
}

impl<I, T> From<Vec<T>> for Indexed<I, T> {
    fn from(items: Vec<T>) -> Self {
        Self { items, by: PhantomData }
    }
}

impl<I, T> FromIterator<T> for Indexed<I, T> {
    fn from_iter<Items: IntoIterator<Item = T>>(items: Items) -> Self {
        Vec::from_iter(items).into()
    }
}

impl<'a, I, T> IntoIterator for &'a Indexed<I, T> {
    type Item = &'a T;
    type IntoIter = std::slice::Iter<'a, T>;

    fn into_iter(self) -> Self::IntoIter {
        self.items.iter()
    }
}

impl<I, T> Default for Indexed<I, T> {
    fn default() -> Self {
        Vec::new().into()
    }
}

impl<I, T: Clone> Clone for Indexed<I, T> {
    fn clone(&self) -> Self {
        self.items.clone().into()
    }
}

impl<I, T: PartialEq> PartialEq for Indexed<I, T> {
    fn eq(&self, other: &Self) -> bool {
        self.items == other.items
    }
}

impl<I, T: Debug> Debug for Indexed<I, T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.items.fmt(f)
    }
}

/// A set of positions of one type.
#[derive(Clone, PartialEq)]
pub struct IndexSet<I> {
    of: RoaringBitmap,
    by: PhantomData<fn() -> I>,
}

impl<I: Position> IndexSet<I> {
    /// Tells if a position is in the set.
    pub fn contains(&self, at: I) -> bool {
        self.of.contains(at.raw())
    }

    /// The positions, ascending.
    pub fn iter(&self) -> impl Iterator<Item = I> {
        self.of.iter().map(I::new)
    }

    /// Tells if the set is empty.
    pub fn is_empty(&self) -> bool {
        self.of.is_empty()
    }

    pub(super) fn insert(&mut self, at: I) {
        self.of.insert(at.raw());
    }

    /// Bytes that the set takes when serialized, which is about its size in memory.
    pub(super) fn bytes(&self) -> usize {
        self.of.serialized_size()
    }
}

impl<I> Default for IndexSet<I> {
    fn default() -> Self {
        Self { of: RoaringBitmap::new(), by: PhantomData }
    }
}

impl<I: Position> FromIterator<I> for IndexSet<I> {
    fn from_iter<Items: IntoIterator<Item = I>>(items: Items) -> Self {
        Self { of: items.into_iter().map(I::raw).collect(), by: PhantomData }
    }
}

impl<I: Debug> Debug for IndexSet<I> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.of.fmt(f)
    }
}
