//! Counts of agreement patterns, the comparison levels that pairs of records reach: all that expectation
//! maximization needs to see of the pairs.

use std::collections::BTreeMap;

use hashbrown::HashMap;
use rayon::prelude::*;

use super::blocks::Blocks;
use super::compare::{self, Agreement};
use super::lexicon::Mix;
use super::table::Table;

/// Pairs taken at random for u.
const RANDOM_PAIRS: u64 = 500_000;
/// Pairs of one session, about, and of the candidates from which the prior is estimated: a sample where
/// there are more.
const PAIRS_MAX: u64 = 150_000;
/// Records of one value that take part in a session: a value shared by more is no evidence.
const SESSION_BLOCK_MAX: usize = 60;
/// Pairs that one thread compares at a time.
const CHUNK: usize = 20_000;

/// The levels of a pair, four bits for each attribute; 15 where a value is missing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Pattern(u64);

const MISSING: u64 = 15;

impl Pattern {
    fn of(agreement: &Agreement) -> Self {
        let place = |(attribute, level): (usize, &Option<u8>)| {
            level.map_or(MISSING, u64::from) << (4 * attribute)
        };
        Self(agreement.levels.iter().enumerate().map(place).sum())
    }

    /// The level that an attribute reaches; `None` where it is missing.
    pub fn level(self, attribute: usize) -> Option<usize> {
        let level = self.0 >> (4 * attribute) & MISSING;
        (level != MISSING).then_some(level as usize)
    }
}

/// How often each pattern was seen, and the term frequency that its names shared in all.
#[derive(Default)]
pub(super) struct Histogram(Vec<(Pattern, f64, f64)>);

impl Histogram {
    /// The patterns, ascending, their counts and sums of term frequencies.
    pub fn iter(&self) -> impl Iterator<Item = (Pattern, f64, f64)> + '_ {
        self.0.iter().copied()
    }

    /// Counts the patterns of pairs, in parallel; sums in a fixed order.
    fn of(table: &Table, pairs: &[(u32, u32)]) -> Self {
        let parts = pairs.par_chunks(CHUNK).map(|pairs| {
            let mut part: HashMap<Pattern, (f64, f64)> = HashMap::new();
            for (a, b) in pairs {
                let Some(agreement) = table.compare(*a, *b) else { continue };
                let entry = part.entry(Pattern::of(&agreement)).or_default();
                entry.0 += 1.0;
                entry.1 += agreement.term_frequency_bits;
            }
            part
        });
        let mut all: BTreeMap<Pattern, (f64, f64)> = BTreeMap::new();
        // The parts come in the order of the pairs, so that each sum is added up in that order.
        for (pattern, (count, term_frequency_bits)) in
            parts.collect::<Vec<_>>().into_iter().flatten()
        {
            let entry = all.entry(pattern).or_default();
            entry.0 += count;
            entry.1 += term_frequency_bits;
        }
        Self(
            all.into_iter()
                .map(|(pattern, (count, term_frequency_bits))| {
                    (pattern, count, term_frequency_bits)
                })
                .collect(),
        )
    }

    /// Returns the histogram with all counts and sums multiplied by `factor`.
    fn times(mut self, factor: f64) -> Self {
        for (_, count, term_frequency_bits) in &mut self.0 {
            (*count, *term_frequency_bits) = (*count * factor, *term_frequency_bits * factor);
        }
        self
    }
}

/// Pairs taken by hash of a counter; all pairs where there are fewer.
pub(super) fn random_pairs(table: &Table) -> Histogram {
    const DRAW: Mix = Mix::new("random pairs");
    let count = table.len() as u64;
    if count < 2 {
        return Histogram::default();
    }
    let drawn = |round: u64| {
        let (a, b) = (DRAW.with(2 * round).end() % count, DRAW.with(2 * round + 1).end() % count);
        (a != b).then_some((a.min(b) as u32, a.max(b) as u32))
    };
    let pairs: Vec<(u32, u32)> = if count * (count - 1) / 2 <= RANDOM_PAIRS {
        let count = count as u32;
        (0..count).flat_map(|a| (a + 1..count).map(move |b| (a, b))).collect()
    } else {
        (0..RANDOM_PAIRS).into_par_iter().filter_map(drawn).collect()
    };
    Histogram::of(table, &pairs)
}

/// Pairs that agree wholly on one attribute, which is then no evidence.
pub(super) struct Session {
    pub attribute: usize,
    pub seen: Histogram,
    /// The number of all such pairs over the number in `seen`, which may be of a sample.
    pub times: f64,
}

/// A session for each attribute on whose values records agree.
pub(super) fn sessions(table: &Table) -> Vec<Session> {
    (0..compare::attributes(table.entity_type()).len())
        .map(|attribute| {
            let (pairs, times) = agreeing(attribute, table);
            let mut seen = Histogram::of(table, &pairs);
            seen.0.retain(|(pattern, ..)| pattern.level(attribute) == Some(0));
            Session { attribute, seen, times }
        })
        .filter(|session| !session.seen.0.is_empty())
        .collect()
}

/// Returns pairs of records that share a value of an attribute, and the number of all such pairs over the number
/// returned: where there are many, the pairs are those of a sample of values.
pub(super) fn agreeing(attribute: usize, table: &Table) -> (Vec<(u32, u32)>, f64) {
    let lexicon = table.lexicon();
    let mut values: Vec<(u64, u32)> = table
        .rows()
        .par_iter()
        .enumerate()
        .flat_map_iter(|(index, row)| {
            let values = compare::agreements(row, attribute, lexicon);
            values.into_iter().map(move |value| (value, index as u32))
        })
        .collect();
    values.par_sort_unstable();
    values.dedup();
    let blocks = || {
        let blocks = values.chunk_by(|a, b| a.0 == b.0);
        blocks.filter(|block| (2..=SESSION_BLOCK_MAX).contains(&block.len()))
    };
    let all: u64 = blocks().map(|block| (block.len() * (block.len() - 1) / 2) as u64).sum();
    let mut pairs = Vec::new();
    for block in blocks().filter(|block| is_drawn(block[0].0, all)) {
        for (at, (_, a)) in block.iter().enumerate() {
            pairs.extend(block[at + 1..].iter().map(|(_, b)| (*a, *b)));
        }
    }
    let times = all as f64 / pairs.len().max(1) as f64;
    pairs.sort_unstable();
    pairs.dedup();
    (pairs, times)
}

/// Returns true if the item of this hash is drawn for the sample of about [`PAIRS_MAX`] out of `all` pairs.
fn is_drawn(hash: u64, all: u64) -> bool {
    const DRAW: Mix = Mix::new("sample");
    all <= PAIRS_MAX || DRAW.with(hash).end() % all < PAIRS_MAX
}

/// The candidate pairs; where there are many, those of a sample of records, counted as if they were all.
pub(super) fn found(table: &Table, blocks: &Blocks) -> Histogram {
    // At least as many as there are, since some pairs have several keys.
    let all: u64 = blocks.rules().iter().map(|rule| rule.pairs).sum();
    let (mut pairs, mut others) = (Vec::new(), Vec::new());
    let (mut drawn, mut records) = (0u64, 0u64);
    for a in 0..table.len() as u32 {
        records += 1;
        if is_drawn(u64::from(a), all) {
            drawn += 1;
            blocks.partners(a, &mut others);
            pairs.extend(others.iter().map(|b| (a, *b)));
        }
    }
    Histogram::of(table, &pairs).times(records as f64 / drawn.max(1) as f64)
}
