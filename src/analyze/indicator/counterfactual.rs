//! The smallest set of people's records that a finding hangs on, by branch and bound.

use std::collections::{BTreeMap, BTreeSet};

use super::links::Link;
use super::{Counterfactual, window};
use crate::model::RecordId;

/// The links of a thing, and the count from which it is a finding.
pub(super) struct Counted<'a> {
    /// The links of people with the thing.
    pub links: &'a [Link],
    /// For each link the block of its person.
    pub block_of: &'a [u32],
    /// The length of the window in microseconds.
    pub length: i64,
    /// The number of blocks in one window from which the thing is a finding.
    pub firing: usize,
}

/// Finds a smallest set of people's records without which the thing has fewer than `firing` blocks in every window.
/// After so many steps the set returned need not be the smallest.
///
/// With one busy window the set is the records of the `u - firing + 1` blocks with the fewest records. When the blocks
/// are spread, taking those out leaves another window: the search goes on from there. Removing a record takes out all
/// its links with the thing.
pub(super) fn smallest(counted: &Counted<'_>, steps: usize) -> Counterfactual {
    let mut search = Search { counted, steps, removed: BTreeSet::new(), best: None };
    let first = search.dive();
    search.best = Some(first);
    search.branch(&BTreeSet::new());
    let exact = search.steps > 0;
    let records = search.best.unwrap_or_default().into_iter().collect();
    Counterfactual { records, exact }
}

struct Search<'a> {
    counted: &'a Counted<'a>,
    steps: usize,
    removed: BTreeSet<RecordId>,
    best: Option<BTreeSet<RecordId>>,
}

/// A block that may be taken out of a window, and its records there, which are the cost.
type Cut = (u32, BTreeSet<RecordId>);

impl Search<'_> {
    /// Finds a set that suffices by cutting the cheapest blocks first: the first bound of the search, and its result if
    /// it runs out of steps at once.
    fn dive(&mut self) -> BTreeSet<RecordId> {
        while let Some((cuts, surplus)) = self.violated() {
            cuts.into_iter().take(surplus).for_each(|(_, records)| self.removed.extend(records));
        }
        std::mem::take(&mut self.removed)
    }

    /// Tries all ways to remove more records, except those in `kept`.
    fn branch(&mut self, kept: &BTreeSet<RecordId>) {
        if self.steps == 0 {
            return;
        }
        self.steps -= 1;
        let best = self.best.as_ref().map_or(usize::MAX, BTreeSet::len);
        let Some((cuts, surplus)) = self.violated() else {
            if self.removed.len() < best {
                self.best = Some(self.removed.clone());
            }
            return;
        };
        // A block with a record that must stay cannot be cut from this window.
        let open: Vec<Cut> =
            cuts.into_iter().filter(|(_, records)| records.is_disjoint(kept)).collect();
        let cheapest: usize = open.iter().take(surplus).map(|(_, records)| records.len()).sum();
        if open.len() < surplus || self.removed.len() + cheapest >= best {
            return;
        }
        // Some block must go. Either the first goes, or it stays and one of the others goes. That a
        // block stays means that one of its records does: which one is left open unless it has
        // only one, so that nothing is lost.
        let mut kept = kept.clone();
        for (nth, (_, records)) in open.iter().enumerate() {
            if open.len() - nth < surplus {
                break;
            }
            self.removed.extend(records);
            self.branch(&kept);
            records.iter().for_each(|record| {
                self.removed.remove(record);
            });
            if records.len() == 1 {
                kept.extend(records);
            }
        }
    }

    /// Looks at the best window of the links that are left. If it still has `firing` blocks, returns the cost of
    /// cutting each of its blocks, ascending, and how many must be cut; else `None`.
    fn violated(&self) -> Option<(Vec<Cut>, usize)> {
        let left = || {
            let pairs = self.counted.links.iter().zip(self.counted.block_of.iter().copied());
            pairs.filter(|(link, _)| !self.removed.contains(&link.person_record))
        };
        let best = window::best_of(left(), self.counted.length);
        if best.u < self.counted.firing {
            return None;
        }
        let from = best.window.map(|window| window.0);
        let mut cuts: BTreeMap<u32, BTreeSet<RecordId>> = BTreeMap::new();
        let inside = |link: &&Link| window::meets(link, from, self.counted.length);
        for (link, block) in left().filter(|(link, _)| inside(link)) {
            cuts.entry(block).or_default().insert(link.person_record);
        }
        let mut cuts: Vec<Cut> = cuts.into_iter().collect();
        cuts.sort_by(|(a, a_records), (b, b_records)| {
            a_records.len().cmp(&b_records.len()).then(a_records.cmp(b_records)).then(a.cmp(b))
        });
        Some((cuts, best.u - self.counted.firing + 1))
    }
}
