//! Changes of a list, from which the next one is made.

use std::sync::Arc;

use super::{Change, Changes, Crowded, Layered, Place};
use crate::graph::index::Position;

/// Changes of a list, from which the next one is made.
pub struct Edit<'a, I, T> {
    list: &'a Layered<I, T>,
    /// Ascending by position.
    puts: Vec<(u32, Change<T>)>,
}

impl<'a, I: Position, T: Clone> Edit<'a, I, T> {
    /// No changes of a list yet.
    pub(super) fn of(list: &'a Layered<I, T>) -> Self {
        Self { list, puts: Vec::new() }
    }

    /// Puts items in their places, or in place of those with their keys; returns their positions. The items must ascend
    /// by their keys. Those that come between the same two others are spread evenly.
    ///
    /// # Errors
    /// When there is no free position where an item belongs.
    pub fn put<K: Ord>(&mut self, items: Vec<T>, of: impl Fn(&T) -> K) -> Result<Vec<I>, Crowded> {
        let places: Vec<Gap> = items.iter().map(|item| self.gap(&of(item), &of)).collect();
        let mut positions = Vec::with_capacity(items.len());
        for gap in places.chunk_by(|one, other| one == other && matches!(one, Gap::Free(..))) {
            match gap[0] {
                Gap::At(at) => positions.push(at),
                Gap::Free(before, after) => spread(before, after, gap.len(), &mut positions)?,
            }
        }
        for (at, item) in positions.iter().zip(items) {
            self.put_at(I::new(*at), item);
        }
        Ok(positions.into_iter().map(I::new).collect())
    }

    /// Where an item with a key belongs, with the changes so far.
    fn gap<K: Ord>(&self, key: &K, of: impl Fn(&T) -> K) -> Gap {
        let (before, after) = match self.list.place(|other| of(other).cmp(key)) {
            Place::At(at) => return Gap::At(at.raw()),
            Place::Between(before, after) => (before, after),
        };
        let put = match self.puts.binary_search_by(|(_, put)| of(&put.item).cmp(key)) {
            Ok(put) => return Gap::At(self.puts[put].0),
            Err(put) => put,
        };
        let at_put = |put: usize| self.puts.get(put).map(|(at, _)| *at);
        let before = before.max(put.checked_sub(1).and_then(at_put));
        Gap::Free(before, [after, at_put(put)].into_iter().flatten().min())
    }

    /// Puts an item at a position: in a list that follows another one's positions, or in place of another item.
    pub fn put_at(&mut self, at: I, item: T) {
        self.change(at.raw(), Change { item, is_there: true });
    }

    /// Removes the item at a position.
    pub fn remove(&mut self, at: I) {
        let item = match self.get(at) {
            Some(item) => item.clone(),
            None => return,
        };
        self.change(at.raw(), Change { item, is_there: false });
    }

    /// The item at a position, with the changes so far.
    pub fn get(&self, at: I) -> Option<&T> {
        match self.puts.binary_search_by_key(&at.raw(), |(at, _)| *at) {
            Ok(put) => Some(&self.puts[put].1).filter(|put| put.is_there).map(|put| &put.item),
            Err(_) => self.list.get(at),
        }
    }

    /// Finds the position of the item with a key, with the changes so far.
    pub fn find_by_key<K: Ord>(&self, key: &K, of: impl Fn(&T) -> K) -> Option<I> {
        let at = match self.list.place(|item| of(item).cmp(key)) {
            Place::At(at) => at,
            Place::Between(..) => {
                let found = self.puts.binary_search_by(|(_, put)| of(&put.item).cmp(key));
                I::new(self.puts[found.ok()?].0)
            }
        };
        Some(at).filter(|at| self.get(*at).is_some())
    }

    fn change(&mut self, at: u32, change: Change<T>) {
        match self.puts.binary_search_by_key(&at, |(at, _)| *at) {
            Ok(put) => self.puts[put].1 = change,
            Err(put) => self.puts.insert(put, (at, change)),
        }
    }

    /// The list with these changes.
    pub fn done(self) -> Layered<I, T> {
        let Layered { base, changes } = self.list;
        if self.puts.is_empty() {
            return Layered { base: Arc::clone(base), changes: Arc::clone(changes) };
        }
        let count = changes.at.len() + self.puts.len();
        let mut next = Changes {
            at: Vec::with_capacity(count),
            items: Vec::with_capacity(count),
            more: Vec::with_capacity(count),
        };
        let mut more = 0;
        let mut push = |at: u32, change: Change<T>| {
            let was_there = base.get(I::new(at)).is_some();
            more += i32::from(change.is_there) - i32::from(was_there);
            next.at.push(at);
            next.items.push(change);
            next.more.push(more);
        };
        let mut before = changes.at.iter().zip(&changes.items).peekable();
        for (at, change) in self.puts {
            while let Some((earlier, kept)) = before.next_if(|(earlier, _)| **earlier < at) {
                push(*earlier, kept.clone());
            }
            before.next_if(|(same, _)| **same == at);
            push(at, change);
        }
        before.for_each(|(at, kept)| push(*at, kept.clone()));
        Layered { base: Arc::clone(base), changes: Arc::new(next) }
    }
}

/// Where an item is put: at a position, or anywhere between two that are taken.
#[derive(Clone, Copy, PartialEq)]
enum Gap {
    At(u32),
    Free(Option<u32>, Option<u32>),
}

/// Adds so many free positions between two taken ones, at equal distances.
fn spread(
    before: Option<u32>,
    after: Option<u32>,
    count: usize,
    positions: &mut Vec<u32>,
) -> Result<(), Crowded> {
    // Positions stay below 2³¹ (see `Scale::of`).
    let first = before.map_or(0, |before| u64::from(before) + 1);
    let free = u64::from(after.unwrap_or(1 << 31)).saturating_sub(first);
    let count = count as u64;
    if free < count {
        return Err(Crowded);
    }
    positions
        .extend((0..count).map(|number| (first + free * (2 * number + 1) / (2 * count)) as u32));
    Ok(())
}
