//! The change log's rows, which both stores keep alike: for each commit that raised the revision, which objects it
//! touched, and in which classes a view saw them before and sees them after.
//!
//! A row is a version byte and groups. A group has what its objects share (their kind, and the classes before and
//! after), their number, and their ids. So a reader of a view passes a group of which it sees nothing in one step, and
//! the row of a batch takes little more than its ids.

use std::collections::{BTreeMap, BTreeSet};

use super::StoreError;
use crate::model::{ClassId, ClassSet, EventId, FormId, RecordId, TieId};

/// The form of a row.
const VERSION: u8 = 1;

/// The approximate bytes that a store needs for a row beside the row's content. They count towards the limit, so that
/// many commits of one object each do not make a long log.
const ROW_BYTES: u64 = 16;

/// Where a log grows past its limit, it is cut to this share of the limit, so that few commits cut it.
const KEPT_PERCENT: u64 = 75;

/// How much of the newest commits a change log keeps.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LogLimits {
    /// The bytes of all rows: older rows are dropped.
    pub bytes: u64,
    /// The entries of one commit: one with more of them empties the log.
    pub entries: usize,
}

impl Default for LogLimits {
    fn default() -> Self {
        Self { bytes: 64 << 20, entries: 200_000 }
    }
}

impl LogLimits {
    /// How many bytes must go from a log of this size.
    pub(super) fn surplus(&self, bytes: u64) -> u64 {
        if bytes <= self.bytes { 0 } else { bytes - self.bytes / 100 * KEPT_PERCENT }
    }
}

/// The bytes that a row is counted with.
pub(super) fn row_bytes(row: &[u8]) -> u64 {
    row.len() as u64 + ROW_BYTES
}

/// Of rows, oldest first, each with its revision and its length, those that go so that a surplus is gone: up to which
/// revision, and how many bytes they were counted with.
pub(super) fn surplus_rows(
    rows: impl Iterator<Item = Result<(u64, u64), StoreError>>,
    surplus: u64,
) -> Result<(u64, u64), StoreError> {
    let (mut up_to, mut bytes) = (0, 0);
    for row in rows {
        if bytes >= surplus {
            break;
        }
        let (revision, length) = row?;
        (up_to, bytes) = (revision, bytes + length + ROW_BYTES);
    }
    Ok((up_to, bytes))
}

/// The kinds of objects, by their numbers in a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Kind {
    Record,
    Tie,
    Event,
    Link,
    Judgement,
}

impl Kind {
    const ALL: [Self; 5] = [Self::Record, Self::Tie, Self::Event, Self::Link, Self::Judgement];

    /// How many ids name an object.
    fn ids(self) -> usize {
        if matches!(self, Self::Link | Self::Judgement) { 2 } else { 1 }
    }
}

/// An object that a commit touched. A judgement is named by its pair.
#[derive(Debug, Clone, Copy)]
pub(super) enum Object {
    Record(RecordId),
    Tie(TieId),
    Event(EventId),
    Link(FormId, FormId),
    Judgement(RecordId, RecordId),
}

/// The classes that a view must hold to show an object: its own and those of the records that it rests on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Basis([Option<ClassId>; 3]);

impl Basis {
    pub fn one(class: ClassId) -> Self {
        Self([Some(class), None, None])
    }

    pub fn two(one: ClassId, other: ClassId) -> Self {
        Self([Some(one), Some(other), None])
    }

    pub fn three(own: ClassId, one: ClassId, other: ClassId) -> Self {
        Self([Some(own), Some(one), Some(other)])
    }

    fn classes(&self) -> impl Iterator<Item = ClassId> + Clone + '_ {
        self.0.iter().copied().flatten()
    }
}

/// What a commit did to an object, by the classes on which its being seen rested before, and rests after. What is put
/// has none before, what is removed none after; what is relabelled, or rests on what is, has both.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Change {
    before: Option<Basis>,
    after: Option<Basis>,
}

impl Change {
    pub fn put(after: Basis) -> Self {
        Self { before: None, after: Some(after) }
    }

    pub fn removed(before: Basis) -> Self {
        Self { before: Some(before), after: None }
    }

    pub fn moved(before: Basis, after: Basis) -> Self {
        Self { before: Some(before), after: Some(after) }
    }
}

/// What a transaction has touched so far.
#[derive(Debug)]
pub(super) struct Noted {
    groups: BTreeMap<(Kind, Change), Vec<u8>>,
    entries: usize,
    most: usize,
}

impl Noted {
    pub fn new(limits: &LogLimits) -> Self {
        Self { groups: BTreeMap::new(), entries: 0, most: limits.entries }
    }

    /// Notes an object. Of too many none is kept: the log then tells nothing of the commit.
    pub fn note(&mut self, object: Object, change: Change) {
        if self.entries >= self.most {
            self.entries = self.most + 1;
            self.groups.clear();
            return;
        }
        let (kind, ids) = match object {
            Object::Record(id) => (Kind::Record, [Some(id.0), None]),
            Object::Tie(id) => (Kind::Tie, [Some(id.0), None]),
            Object::Event(id) => (Kind::Event, [Some(id.0), None]),
            Object::Link(a, b) => (Kind::Link, [Some(a.0), Some(b.0)]),
            Object::Judgement(a, b) => (Kind::Judgement, [Some(a.0), Some(b.0)]),
        };
        let group = self.groups.entry((kind, change)).or_default();
        let name = ids.into_iter().flatten().flatten();
        // An event of which several participants go is named once.
        if !group
            .rchunks(16 * kind.ids())
            .next()
            .is_some_and(|it| it.iter().copied().eq(name.clone()))
        {
            group.extend(name);
            self.entries += 1;
        }
    }

    /// How many objects must be read to be noted: all, or one more than there is room for.
    pub fn room(&self) -> usize {
        (self.most + 1).saturating_sub(self.entries)
    }

    /// The row of the commit; none if it touched too many objects.
    pub fn row(&self) -> Option<Vec<u8>> {
        if self.entries > self.most {
            return None;
        }
        let mut row = vec![VERSION];
        for ((kind, change), ids) in &self.groups {
            row.push(*kind as u8);
            for basis in [change.before, change.after] {
                let classes = basis.iter().flat_map(Basis::classes);
                row.push(classes.clone().count() as u8);
                classes.for_each(|class| put_number(&mut row, u64::from(class.0)));
            }
            put_number(&mut row, (ids.len() / (16 * kind.ids())) as u64);
            row.extend_from_slice(ids);
        }
        Some(row)
    }
}

/// Appends a number, seven bits a byte, the lowest first; every byte but the last has its highest bit set.
fn put_number(row: &mut Vec<u8>, mut number: u64) {
    while number >= 0x80 {
        row.push(number as u8 | 0x80);
        number >>= 7;
    }
    row.push(number as u8);
}

/// The objects of a view that rows name.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Touched {
    pub records: BTreeSet<RecordId>,
    pub ties: BTreeSet<TieId>,
    pub events: BTreeSet<EventId>,
    pub links: BTreeSet<(FormId, FormId)>,
    pub judged: BTreeSet<(RecordId, RecordId)>,
}

impl Touched {
    /// Tells if nothing was touched: then a store need not be read any further.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    fn len(&self) -> usize {
        let ones = self.records.len() + self.ties.len() + self.events.len();
        ones + self.links.len() + self.judged.len()
    }

    /// Adds the objects of a row that the view saw before, or sees after. `None` if the row is damaged.
    fn add(&mut self, row: &[u8], view: &ClassSet) -> Option<()> {
        let mut rest = Rest(row);
        if rest.byte()? != VERSION {
            return None;
        }
        while !rest.0.is_empty() {
            let kind = *Kind::ALL.get(usize::from(rest.byte()?))?;
            let seen = [rest.sees(view)?, rest.sees(view)?].contains(&true);
            let length = usize::try_from(rest.number()?).ok()?.checked_mul(16 * kind.ids())?;
            let ids = rest.take(length)?;
            if seen {
                self.name(kind, ids);
            }
        }
        Some(())
    }

    fn name(&mut self, kind: Kind, ids: &[u8]) {
        let (ids, _) = ids.as_chunks::<16>();
        let pairs = || ids.as_chunks::<2>().0.iter();
        match kind {
            Kind::Record => self.records.extend(ids.iter().copied().map(RecordId)),
            Kind::Tie => self.ties.extend(ids.iter().copied().map(TieId)),
            Kind::Event => self.events.extend(ids.iter().copied().map(EventId)),
            Kind::Link => self.links.extend(pairs().map(|[a, b]| (FormId(*a), FormId(*b)))),
            Kind::Judgement => {
                self.judged.extend(pairs().map(|[a, b]| (RecordId(*a), RecordId(*b))));
            }
        }
    }
}

/// What is left of a row.
struct Rest<'r>(&'r [u8]);

impl<'r> Rest<'r> {
    fn take(&mut self, length: usize) -> Option<&'r [u8]> {
        let (taken, rest) = self.0.split_at_checked(length)?;
        self.0 = rest;
        Some(taken)
    }

    fn byte(&mut self) -> Option<u8> {
        self.take(1)?.first().copied()
    }

    fn number(&mut self) -> Option<u64> {
        let mut number = 0;
        for shift in (0..64).step_by(7) {
            let byte = self.byte()?;
            number |= u64::from(byte & 0x7f) << shift;
            if byte < 0x80 {
                return Some(number);
            }
        }
        None
    }

    /// Reads a basis; returns true if there is one and the view holds all of it.
    fn sees(&mut self, view: &ClassSet) -> Option<bool> {
        let classes = self.byte()?;
        let mut all = classes > 0;
        for _ in 0..classes {
            all &= view.contains(ClassId(u32::try_from(self.number()?).ok()?));
        }
        Some(all)
    }
}

/// A reading of the rows after a revision for a view.
pub(super) struct Reading<'v> {
    view: &'v ClassSet,
    most: usize,
    read: u64,
    touched: Touched,
}

impl<'v> Reading<'v> {
    pub fn after(revision: u64, view: &'v ClassSet, most: usize) -> Self {
        Self { view, most, read: revision, touched: Touched::default() }
    }

    /// Reads the next row. `false` if the log does not tell: a revision lacks its row, or the objects are too many.
    pub fn row(&mut self, revision: u64, row: &[u8]) -> Result<bool, StoreError> {
        if revision != self.read + 1 {
            return Ok(false);
        }
        self.read = revision;
        self.touched
            .add(row, self.view)
            .ok_or_else(|| StoreError::Damaged("a row of the change log".into()))?;
        Ok(self.touched.len() <= self.most)
    }

    /// The objects, if every revision up to this one was read.
    pub fn up_to(self, revision: u64) -> Option<Touched> {
        (self.read == revision).then_some(self.touched)
    }
}

#[cfg(test)]
mod tests;
