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
///
/// A list may be spread: then free numbers lie between the positions of its items, at which [`super::Layered`] puts
/// further items without moving those that are there.
pub struct Indexed<I, T> {
    items: Vec<T>,
    scale: Scale,
    by: PhantomData<fn() -> I>,
}

/// How the items of a list are numbered: item `rank` has the position `rank << bits`, plus half of that step, so that
/// as many free numbers lie before it as after it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Scale {
    bits: u8,
}

/// The most bits that a list is spread by: enough that a list of a few items takes thousands between two of them.
const SPREAD_BITS_MAX: u32 = 24;

impl Scale {
    /// The widest scale for a list of so many items that keeps positions below 2³¹; the bit above is free for lists
    /// that hold positions of two kinds.
    pub fn of(items: usize) -> Self {
        let used = (items as u64 + 1).next_power_of_two().trailing_zeros();
        Self { bits: 31_u32.saturating_sub(used).min(SPREAD_BITS_MAX) as u8 }
    }

    fn half(self) -> u32 {
        (1 << self.bits) >> 1
    }

    /// The position of the item with this rank, counted from 0.
    #[inline]
    pub fn position<I: Position>(self, rank: usize) -> I {
        I::new((rank as u32) << self.bits | self.half())
    }

    /// The rank of the item that this scale gives the position; `None` for a number between two items.
    #[inline]
    pub fn rank(self, position: impl Position) -> Option<usize> {
        let raw = position.raw();
        (raw & ((1 << self.bits) - 1) == self.half()).then_some((raw >> self.bits) as usize)
    }

    /// The number of items that this scale puts before a position.
    pub fn before(self, position: impl Position) -> usize {
        let raw = position.raw();
        (raw >> self.bits) as usize + usize::from(raw & ((1 << self.bits) - 1) > self.half())
    }
}

/// A list that several snapshots can hold in common; its items, too, may be in lists of several snapshots.
pub type Shared<T> = Arc<Indexed<<T as Listed>::Index, Arc<T>>>;

impl<I: Position, T> Indexed<I, T> {
    /// Makes a list of copies of an item, one for each position of another list.
    pub(super) fn filled<U>(item: T, like: &Indexed<I, U>) -> Self
    where
        T: Clone,
    {
        Self { items: vec![item; like.len()], scale: like.scale, by: PhantomData }
    }

    /// Makes a list with an item for each item of this one, at the same position.
    pub(super) fn mapped<U>(&self, item: impl FnMut(&T) -> U) -> Indexed<I, U> {
        self.along(self.items.iter().map(item))
    }

    /// Makes a list of items that belong to those of this one, in their order, at the same positions.
    pub(super) fn along<U>(&self, items: impl Iterator<Item = U>) -> Indexed<I, U> {
        Indexed { items: items.collect(), scale: self.scale, by: PhantomData }
    }

    /// The list with free numbers between the positions of its items, as many as there is room for.
    pub(super) fn spread(self) -> Self {
        Self { scale: Scale::of(self.items.len()), ..self }
    }

    /// How the items are numbered.
    pub(super) fn scale(&self) -> Scale {
        self.scale
    }

    /// The number of items before a position at which there is one.
    #[inline]
    pub fn rank(&self, at: I) -> usize {
        self.scale.before(at)
    }

    /// The position of the item that has so many items before it.
    #[inline]
    pub fn nth(&self, rank: usize) -> I {
        self.scale.position(rank)
    }

    /// The positions, ascending.
    pub fn indexes(
        &self,
    ) -> impl DoubleEndedIterator<Item = I> + ExactSizeIterator + Clone + use<I, T> {
        let scale = self.scale;
        (0..self.items.len()).map(move |rank| scale.position(rank))
    }

    /// The items with their positions, ascending.
    pub fn enumerated(
        &self,
    ) -> impl DoubleEndedIterator<Item = (I, &T)> + ExactSizeIterator + Clone {
        let scale = self.scale;
        self.items.iter().enumerate().map(move |(rank, item)| (scale.position(rank), item))
    }

    /// The item at a position; `None` where there is none.
    pub fn get(&self, at: I) -> Option<&T> {
        self.items.get(self.scale.rank(at)?)
    }

    /// Finds the position of the item with a key; the list must be ascending by this key.
    pub fn find_by_key<K: Ord>(&self, key: &K, of: impl FnMut(&T) -> K) -> Option<I> {
        self.items.binary_search_by_key(key, of).ok().map(|rank| self.nth(rank))
    }

    /// Gives back the spare capacity of the list.
    pub(super) fn trimmed(mut self) -> Arc<Self> {
        self.items.shrink_to_fit();
        Arc::new(self)
    }

    /// The items, by their ranks.
    pub fn as_slice(&self) -> &[T] {
        &self.items
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
        &self.items[(at.raw() >> self.scale.bits) as usize]
    }
}

impl<I: Position, T> IndexMut<I> for Indexed<I, T> {
    #[inline]
    fn index_mut(&mut self, at: I) -> &mut T {
        &mut self.items[(at.raw() >> self.scale.bits) as usize]
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
        Self { items, scale: Scale::default(), by: PhantomData }
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
        Self { items: self.items.clone(), scale: self.scale, by: PhantomData }
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

    pub(super) fn remove(&mut self, at: I) {
        self.of.remove(at.raw());
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
