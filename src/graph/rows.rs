//! Compressed rows: for each item of a list a few positions or numbers, in one array; and the rows that changed since.

use std::sync::Arc;

use super::index::{Indexed, Position, Scale};
use super::layered::Layered;
use super::layered::edit::Edit;

/// Rows by the positions of a list. A row that changed, or that belongs to an item that came later, lies apart.
#[derive(Debug)]
pub(super) struct Rows<I: Position, T> {
    base: Arc<Base<T>>,
    changed: Layered<I, Arc<[T]>>,
}

#[derive(Debug)]
struct Base<T> {
    scale: Scale,
    /// The row of rank `r` is `items[offsets[r]..offsets[r + 1]]`.
    offsets: Box<[u32]>,
    items: Box<[T]>,
}

impl<I: Position, T: Copy + Ord> Rows<I, T> {
    /// Packs rows from pairs of a position of the list and an entry of its row, in any order and also
    /// repeated; each row ascends.
    pub fn of<U>(list: &Indexed<I, U>, mut pairs: Vec<(I, T)>) -> Self
    where
        T: Send,
    {
        use rayon::prelude::*;
        pairs.par_sort_unstable();
        pairs.dedup();
        let mut offsets = vec![0_u32; list.len() + 1];
        pairs.iter().for_each(|(at, _)| offsets[list.rank(*at) + 1] += 1);
        for rank in 0..list.len() {
            offsets[rank + 1] += offsets[rank];
        }
        let items = pairs.into_iter().map(|(_, item)| item).collect();
        Self::from_parts(list.scale(), offsets, items)
    }

    /// Packs rows that are given one after the other, one for each item of a list of this scale.
    pub fn in_order<R: IntoIterator<Item = T>>(
        scale: Scale,
        rows: impl Iterator<Item = R>,
    ) -> Self {
        let (mut offsets, mut items) = (vec![0], Vec::new());
        for row in rows {
            items.extend(row);
            offsets.push(items.len() as u32);
        }
        Self::from_parts(scale, offsets, items)
    }

    fn from_parts(scale: Scale, offsets: Vec<u32>, items: Vec<T>) -> Self {
        let base = Base { scale, offsets: offsets.into(), items: items.into() };
        Self { base: Arc::new(base), changed: Layered::default() }
    }

    /// The row of an item, ascending; empty where there is no such item.
    #[inline]
    pub fn at(&self, at: I) -> &[T] {
        if self.changed.changed() > 0
            && let Some(row) = self.changed.get(at)
        {
            return row;
        }
        let Base { scale, offsets, items } = &*self.base;
        let Some(rank) = scale.rank(at).filter(|rank| rank + 1 < offsets.len()) else { return &[] };
        &items[offsets[rank] as usize..offsets[rank + 1] as usize]
    }

    /// Bytes that the rows take.
    pub fn bytes(&self) -> usize {
        let rows = self.changed.iter().map(|row| size_of_val(&**row) + size_of::<Arc<[T]>>());
        size_of_val(&*self.base.offsets) + size_of_val(&*self.base.items) + rows.sum::<usize>()
    }

    /// Starts to make other rows out of these.
    pub fn edit(&self) -> RowsEdit<'_, I, T> {
        RowsEdit { rows: self, edit: self.changed.edit() }
    }
}

/// Changes of rows, from which the next ones are made.
pub(super) struct RowsEdit<'a, I: Position, T> {
    rows: &'a Rows<I, T>,
    edit: Edit<'a, I, Arc<[T]>>,
}

impl<I: Position, T: Copy + Ord> RowsEdit<'_, I, T> {
    /// The row of an item, with the changes so far.
    pub fn at(&self, at: I) -> &[T] {
        match self.edit.get(at) {
            Some(row) => row,
            None => self.rows.at(at),
        }
    }

    /// Sets the row of an item, which must ascend.
    pub fn set(&mut self, at: I, row: Vec<T>) {
        self.edit.put_at(at, row.into());
    }

    /// Adds an entry to the row of an item, if it is not there.
    pub fn add(&mut self, at: I, entry: T) {
        if let Err(place) = self.at(at).binary_search(&entry) {
            let mut row = self.at(at).to_vec();
            row.insert(place, entry);
            self.set(at, row);
        }
    }

    /// Takes an entry from the row of an item, if it is there.
    pub fn take(&mut self, at: I, entry: T) {
        if let Ok(place) = self.at(at).binary_search(&entry) {
            let mut row = self.at(at).to_vec();
            row.remove(place);
            self.set(at, row);
        }
    }

    /// The rows with these changes.
    pub fn done(self) -> Rows<I, T> {
        Rows { base: Arc::clone(&self.rows.base), changed: self.edit.done() }
    }
}

impl<I: Position, T> Clone for Rows<I, T> {
    fn clone(&self) -> Self {
        Self { base: Arc::clone(&self.base), changed: self.changed.clone() }
    }
}

impl<I: Position, T> Default for Rows<I, T> {
    fn default() -> Self {
        let base = Base { scale: Scale::default(), offsets: [0].into(), items: [].into() };
        Self { base: Arc::new(base), changed: Layered::default() }
    }
}
