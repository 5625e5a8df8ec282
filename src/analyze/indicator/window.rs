//! The window of time in which a thing has the most blocks of people.

use std::collections::{BTreeMap, BTreeSet};

use super::links::Link;

/// The best window of a thing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Best {
    /// The number of blocks with evidence in the window, undated evidence included.
    pub u: usize,
    /// `[from, to)` in microseconds; `None` when no evidence is dated.
    pub window: Option<(i64, i64)>,
}

/// Finds the window `[t, t + length)` with the most blocks, the earliest of equal ones.
pub(super) fn best(links: &[Link], block_of: &[u32], length: i64) -> Best {
    best_of(links.iter().zip(block_of.iter().copied()), length)
}

/// Finds the best window as [`best`] does, for links given together with their blocks.
///
/// Evidence `[from, to)` meets the window when `from - length < t < to`. The number of blocks falls
/// only as t passes the last instant of some evidence, so that one of those is a best t.
pub(super) fn best_of<'a>(links: impl Iterator<Item = (&'a Link, u32)>, length: i64) -> Best {
    let (mut enter, mut leave, mut count) = (Vec::new(), Vec::new(), Counter::default());
    for (link, block) in links {
        match link.when {
            None => count.add(block),
            Some((from, to)) => {
                enter.push((from.saturating_sub(length), block));
                leave.push((to - 1, block));
            }
        }
    }
    enter.sort_unstable();
    leave.sort_unstable();
    let mut best = Best { u: count.blocks(), window: None };
    let mut entered = 0;
    for (t, block) in leave {
        while let Some((_, entering)) = enter.get(entered).filter(|(after, _)| *after < t) {
            count.add(*entering);
            entered += 1;
        }
        if best.window.is_none() || count.blocks() > best.u {
            best = Best { u: count.blocks(), window: Some((t, t.saturating_add(length))) };
        }
        count.take(block);
    }
    best
}

/// Counts distinct blocks while their evidence comes and goes.
#[derive(Default)]
struct Counter(BTreeMap<u32, usize>);

impl Counter {
    fn add(&mut self, block: u32) {
        *self.0.entry(block).or_default() += 1;
    }

    fn take(&mut self, block: u32) {
        if let Some(count) = self.0.get_mut(&block) {
            *count -= 1;
            if *count == 0 {
                self.0.remove(&block);
            }
        }
    }

    fn blocks(&self) -> usize {
        self.0.len()
    }
}

/// Tells if a link counts in the window of a length that begins at `from`. Undated links always do.
pub(super) fn meets(link: &Link, from: Option<i64>, length: i64) -> bool {
    match (link.when, from) {
        (Some((first, after)), Some(t)) => first < t.saturating_add(length) && after > t,
        (None, _) => true,
        (Some(_), None) => false,
    }
}

/// Returns the most blocks between two silences of a thing longer than `gap`. Undated evidence counts in each interval.
/// A block is taken to use the thing from its first to its last evidence.
pub(super) fn successive_users(links: &[Link], block_of: &[u32], gap: i64) -> usize {
    let mut undated = BTreeSet::new();
    let mut uses: BTreeMap<u32, (i64, i64)> = BTreeMap::new();
    for (link, block) in links.iter().zip(block_of) {
        match link.when {
            None => {
                undated.insert(*block);
            }
            Some((from, to)) => {
                let span = uses.entry(*block).or_insert((from, to));
                *span = (span.0.min(from), span.1.max(to));
            }
        }
    }
    let mut spans: Vec<(i64, i64, u32)> =
        uses.into_iter().map(|(block, (from, to))| (from, to, block)).collect();
    spans.sort_unstable();
    let (mut most, mut until) = (undated.len(), i64::MIN);
    let mut users = undated.clone();
    for (from, to, block) in spans {
        if from.saturating_sub(gap) > until {
            users.clone_from(&undated);
        }
        users.insert(block);
        until = until.max(to);
        most = most.max(users.len());
    }
    most
}
