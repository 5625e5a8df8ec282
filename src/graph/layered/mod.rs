//! A sorted list that changes without being copied: a base that snapshots share, and the few items that were put,
//! replaced or removed since. Positions stay what they were, and their order stays the order of the items.

pub(super) mod edit;
#[cfg(test)]
mod tests;

use std::cmp::Ordering;
use std::fmt::Debug;
use std::ops::Index;
use std::sync::Arc;

use super::index::{Indexed, Position};
use edit::Edit;

/// A sorted list with a shared base and changes. Making the next list out of one takes time in proportion to the number
/// of changes since the base was made, whatever the size of the base.
pub struct Layered<I, T> {
    base: Arc<Indexed<I, T>>,
    changes: Arc<Changes<T>>,
}

/// The items that differ from the base, ascending by position. An item that was removed stays until the base is made
/// anew, so that its position keeps its place in the order, and no other item gets it.
struct Changes<T> {
    at: Vec<u32>,
    items: Vec<Change<T>>,
    /// For each change how many more items than the base the list has up to and with it.
    more: Vec<i32>,
}

#[derive(Clone)]
struct Change<T> {
    item: T,
    is_there: bool,
}

/// The number of replaced items above which a list gets a base of its own.
const OWN_BASE_MIN: usize = 256;

/// No free number is left between two positions: the base must be made anew.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Crowded;

impl<T> Default for Changes<T> {
    fn default() -> Self {
        Self { at: Vec::new(), items: Vec::new(), more: Vec::new() }
    }
}

impl<T> Changes<T> {
    fn find(&self, raw: u32) -> Result<usize, usize> {
        self.at.binary_search(&raw)
    }

    fn more(&self) -> i32 {
        self.more.last().copied().unwrap_or(0)
    }
}

impl<I: Position, T> Layered<I, T> {
    /// The number of items.
    #[inline]
    pub fn len(&self) -> usize {
        (self.base.len() as i64 + i64::from(self.changes.more())) as usize
    }

    /// Tells if the list has no items.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The item at a position; `None` where there is none.
    #[inline]
    pub fn get(&self, at: I) -> Option<&T> {
        if !self.changes.at.is_empty()
            && let Ok(found) = self.changes.find(at.raw())
        {
            let Change { item, is_there } = &self.changes.items[found];
            return is_there.then_some(item);
        }
        self.base.get(at)
    }

    /// The items with their positions, ascending.
    #[inline]
    pub fn enumerated(&self) -> Enumerated<'_, I, T> {
        self.starting_at(0, 0)
    }

    fn starting_at(&self, rank: usize, change: usize) -> Enumerated<'_, I, T> {
        Enumerated { list: self, rank, change }
    }

    /// The positions, ascending.
    pub fn indexes(&self) -> impl Iterator<Item = I> + Clone + use<'_, I, T> {
        self.enumerated().map(|(at, _)| at)
    }

    /// The items, ascending.
    pub fn iter(&self) -> Items<'_, I, T> {
        Items(self.enumerated())
    }

    /// The first item.
    pub fn first(&self) -> Option<&T> {
        self.iter().next()
    }

    /// Finds the position of the item with a key; the list must be ascending by this key.
    pub fn find_by_key<K: Ord>(&self, key: &K, of: impl Fn(&T) -> K) -> Option<I> {
        match self.place(|item| of(item).cmp(key)) {
            Place::At(at) => Some(at).filter(|at| self.get(*at).is_some()),
            Place::Between(..) => None,
        }
    }

    /// The items with their positions, from the first on for which `is_before` is false; all items for which it is true
    /// must come first in the list.
    pub fn starting(&self, is_before: impl Fn(&T) -> bool) -> Enumerated<'_, I, T> {
        let rank = self.base.partition_point(&is_before);
        let change = self.changes.items.partition_point(|change| is_before(&change.item));
        self.starting_at(rank, change)
    }

    /// The number of items before a position at which there is one.
    #[inline]
    pub fn rank(&self, at: I) -> usize {
        let rank = self.before(at);
        if self.changes.at.is_empty() {
            return rank;
        }
        let change = self.changes.at.partition_point(|other| *other < at.raw());
        let more = change.checked_sub(1).map_or(0, |last| self.changes.more[last]);
        (rank as i64 + i64::from(more)) as usize
    }

    /// The number of items of the base before a position.
    fn before(&self, at: I) -> usize {
        self.base.scale().before(at).min(self.base.len())
    }

    /// The position of the item that has so many items before it.
    pub fn nth(&self, rank: usize) -> Option<I> {
        if self.changes.at.is_empty() {
            return (rank < self.base.len()).then(|| self.base.nth(rank));
        }
        // The first change that has more than `rank` items up to and with it, or none that has as many.
        let up_to = |change: usize| {
            let at = I::new(self.changes.at[change]);
            let in_base = self.before(at) as i64 + i64::from(self.base.get(at).is_some());
            in_base + i64::from(self.changes.more[change])
        };
        let (mut low, mut high) = (0, self.changes.at.len());
        while low < high {
            let middle = (low + high) / 2;
            if up_to(middle) > rank as i64 { high = middle } else { low = middle + 1 }
        }
        let (first, passed) = match low.checked_sub(1) {
            Some(last) => {
                let at = I::new(self.changes.at[last]);
                let base_rank = self.before(at) + usize::from(self.base.get(at).is_some());
                (base_rank, up_to(last))
            }
            None => (0, 0),
        };
        let mut rest = self.starting_at(first, low);
        rest.nth((rank as i64 - passed) as usize).map(|(at, _)| at)
    }

    /// How many items were put, replaced or removed since the base was made.
    pub(super) fn changed(&self) -> usize {
        self.changes.at.len()
    }

    /// The base, if nothing has changed since.
    pub(super) fn base(&self) -> Option<&Arc<Indexed<I, T>>> {
        self.changes.at.is_empty().then_some(&self.base)
    }

    /// Tells if both are one and the same list, not only equal.
    pub fn is_same(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.base, &other.base) && Arc::ptr_eq(&self.changes, &other.changes)
    }

    /// Where an item belongs that compares so with the others.
    fn place(&self, compare: impl Fn(&T) -> Ordering) -> Place<I> {
        let base = match self.base.binary_search_by(&compare) {
            Ok(rank) => return Place::At(self.base.nth(rank)),
            Err(rank) => rank,
        };
        let change = match self.changes.items.binary_search_by(|it| compare(&it.item)) {
            Ok(change) => return Place::At(I::new(self.changes.at[change])),
            Err(change) => change,
        };
        let of_base = |rank: usize| (rank < self.base.len()).then(|| self.base.nth(rank).raw());
        let of_change = |change: usize| self.changes.at.get(change).copied();
        let before =
            base.checked_sub(1).and_then(of_base).max(change.checked_sub(1).and_then(of_change));
        let after = [of_base(base), of_change(change)].into_iter().flatten().min();
        Place::Between(before, after)
    }
}

/// Where an item belongs in a list.
enum Place<I> {
    /// At this position, where an item with its key is or was.
    At(I),
    /// Between two positions that items have or had; `None` at an end of the list.
    Between(Option<u32>, Option<u32>),
}

impl<I, T: Clone> Layered<I, T>
where
    I: Position,
{
    /// Starts to make another list out of this one.
    pub(super) fn edit(&self) -> Edit<'_, I, T> {
        Edit::of(self)
    }

    /// The list with other items at some of its positions, which ascend. Where they are many they become part of a
    /// base of its own, since changes are looked up and copied one by one.
    pub(super) fn replaced(&self, items: Vec<(I, T)>) -> Self {
        let mut own = (items.len() > OWN_BASE_MIN).then(|| Indexed::clone(&self.base));
        let mut edit = self.edit();
        for (at, item) in items {
            let is_changed = self.changes.find(at.raw()).is_ok();
            match own.as_mut().filter(|base| !is_changed && base.get(at).is_some()) {
                Some(base) => base[at] = item,
                None => edit.put_at(at, item),
            }
        }
        let changed = edit.done();
        match own {
            Some(base) => Self { base: Arc::new(base), ..changed },
            None => changed,
        }
    }

    /// The items in one list without changes, at new positions.
    pub(super) fn flat(&self) -> Arc<Indexed<I, T>> {
        match self.base() {
            Some(base) => Arc::clone(base),
            None => Arc::new(Indexed::from(self.iter().cloned().collect::<Vec<_>>()).spread()),
        }
    }
}

/// The items of a list with their positions, ascending.
pub struct Enumerated<'a, I, T> {
    list: &'a Layered<I, T>,
    rank: usize,
    change: usize,
}

impl<I, T> Clone for Enumerated<'_, I, T> {
    fn clone(&self) -> Self {
        Self { ..*self }
    }
}

impl<'a, I: Position, T> Iterator for Enumerated<'a, I, T> {
    type Item = (I, &'a T);

    #[inline]
    fn next(&mut self) -> Option<(I, &'a T)> {
        let Layered { base, changes } = self.list;
        loop {
            let of_base = (self.rank < base.len()).then(|| base.nth(self.rank));
            let of_change = changes.at.get(self.change).map(|raw| I::new(*raw));
            if let Some(at) = of_base
                && of_change.is_none_or(|change| at < change)
            {
                self.rank += 1;
                return Some((at, &base[at]));
            }
            let at = of_change?;
            self.rank += usize::from(of_base == Some(at));
            let Change { item, is_there } = &changes.items[self.change];
            self.change += 1;
            if *is_there {
                return Some((at, item));
            }
        }
    }
}

impl<I: Position, T> Index<I> for Layered<I, T> {
    type Output = T;

    #[inline]
    fn index(&self, at: I) -> &T {
        if self.changes.at.is_empty() {
            return &self.base[at];
        }
        match self.changes.find(at.raw()) {
            Ok(found) => &self.changes.items[found].item,
            Err(_) => &self.base[at],
        }
    }
}

impl<'a, I: Position, T> IntoIterator for &'a Layered<I, T> {
    type Item = &'a T;
    type IntoIter = Items<'a, I, T>;

    fn into_iter(self) -> Items<'a, I, T> {
        self.iter()
    }
}

/// The items of a list, ascending.
pub struct Items<'a, I, T>(Enumerated<'a, I, T>);

impl<I, T> Clone for Items<'_, I, T> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

impl<'a, I: Position, T> Iterator for Items<'a, I, T> {
    type Item = &'a T;

    #[inline]
    fn next(&mut self) -> Option<&'a T> {
        self.0.next().map(|(_, item)| item)
    }
}

impl<I, T> Clone for Layered<I, T> {
    fn clone(&self) -> Self {
        Self { base: Arc::clone(&self.base), changes: Arc::clone(&self.changes) }
    }
}

impl<I, T> Default for Layered<I, T> {
    fn default() -> Self {
        Arc::new(Indexed::default()).into()
    }
}

impl<I, T> From<Arc<Indexed<I, T>>> for Layered<I, T> {
    fn from(base: Arc<Indexed<I, T>>) -> Self {
        Self { base, changes: Arc::default() }
    }
}

impl<I, T> From<Indexed<I, T>> for Layered<I, T> {
    fn from(base: Indexed<I, T>) -> Self {
        Arc::new(base).into()
    }
}

impl<I: Position, T: Debug> Debug for Layered<I, T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_list().entries(self.iter()).finish()
    }
}

/// Equal lists have equal items in the same order, wherever they stand.
impl<I: Position, T: PartialEq> PartialEq for Layered<I, T> {
    fn eq(&self, other: &Self) -> bool {
        self.iter().eq(other.iter())
    }
}
