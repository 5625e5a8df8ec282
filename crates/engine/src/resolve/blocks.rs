//! Blocks: the records of a table that share a blocking key, and so which pairs are compared.

use rayon::prelude::*;

use super::keys::{Rule, rules};
use super::similarity_order::ranks;
use super::table::Table;
use crate::model::BlockKey;

/// Records that share one key and are all compared with each other: the first of these numbers at which a
/// rule stays within [`PAIRS_PER_RECORD`]. A key of more is narrowed.
const BLOCK_MAX: [usize; 4] = [40, 20, 10, 5];

/// Pairs for each record of the table that one rule may make; one that makes more is a generic one.
const PAIRS_PER_RECORD: usize = 2;

/// The number of records before and behind it, in the order of similarity, with which each record of a narrowed
/// block is compared at least: the number of pairs stays linear in the number of records.
const NEIGHBOURS: usize = 2;

/// Rules whose keys are held at a time.
const RULES: usize = 6;

/// Records whose keys one thread makes at a time.
const CHUNK: usize = 4096;

/// The blocks of a table: two records are compared if they stand in one block.
pub struct Blocks {
    /// The records of all blocks, one block after another, ascending within each.
    members: Vec<u32>,
    /// For each record, one after another, and each of its blocks: where in `members` the records behind it in
    /// that block begin and end.
    behind: Vec<(u32, u32)>,
    /// Where each record's entries end in `behind`.
    ends: Vec<u32>,
    /// The reports of the rules, in the order of blocking.
    rules: Vec<RuleReport>,
}

/// The figures of one blocking rule on a table.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct RuleReport {
    /// The rule's name: what the records that share a key have in common.
    pub rule: &'static str,
    /// Records that have a key by the rule.
    pub records: usize,
    /// Keys that at least two records share.
    pub blocks: usize,
    /// Records that share the most frequent key.
    pub largest: usize,
    /// Keys shared by so many that not all of their pairs are compared, only those of neighbours.
    pub narrowed: usize,
    /// Pairs of records that the rule has compared, whether other rules have them compared too or not.
    pub pairs: u64,
}

/// The blocks of one rule.
struct Found {
    members: Vec<u32>,
    ends: Vec<u32>,
    report: RuleReport,
}

impl Blocks {
    /// Finds the records that share a key, one rule after another.
    pub fn new(table: &Table) -> Self {
        let ranks = ranks(table);
        let rules = rules(table.entity_type());
        let packing = Packing::of(table.len());
        let mut found: Vec<Found> = Vec::with_capacity(rules.len());
        for rules in rules.chunks(RULES) {
            let of_rules = postings(rules, table, packing)
                .into_par_iter()
                .zip(rules)
                .with_max_len(1)
                .map(|(parts, rule)| blocks_of(rule, parts.concat(), packing, &ranks));
            found.par_extend(of_rules);
        }
        let all = found.iter().map(|found| found.members.len()).sum();
        let (mut members, mut ends, mut reports) =
            (Vec::with_capacity(all), Vec::new(), Vec::new());
        for mut found in found {
            let before = members.len() as u32;
            members.append(&mut found.members);
            ends.extend(found.ends.iter().map(|end| before + end));
            reports.push(found.report);
        }
        let (behind, ends) = turn(table.len(), &members, &ends);
        Self { members, behind, ends, rules: reports }
    }

    /// Returns the reports of the rules, in the order of blocking.
    pub fn rules(&self) -> &[RuleReport] {
        &self.rules
    }

    /// The records behind this one that it is compared with, distinct, ascending.
    pub(super) fn partners(&self, record: u32, out: &mut Vec<u32>) {
        out.clear();
        let record = record as usize;
        let start = if record == 0 { 0 } else { self.ends[record - 1] as usize };
        for (from, to) in &self.behind[start..self.ends[record] as usize] {
            out.extend_from_slice(&self.members[*from as usize..*to as usize]);
        }
        out.sort_unstable();
        out.dedup();
    }
}

/// Returns, for each record, where the records behind it in its blocks stand, and where each record's entries end.
fn turn(records: usize, members: &[u32], ends: &[u32]) -> (Vec<(u32, u32)>, Vec<u32>) {
    let starts = std::iter::once(0).chain(ends.iter().copied());
    // The last record of a block has none behind it.
    let with_some = || {
        starts.clone().zip(ends).flat_map(|(start, end)| {
            (start + 1..*end).map(move |behind| (behind - 1, behind, *end))
        })
    };
    let mut next = vec![0u32; records + 1];
    for (at, ..) in with_some() {
        next[members[at as usize] as usize + 1] += 1;
    }
    for record in 0..records {
        next[record + 1] += next[record];
    }
    let mut all = vec![(0, 0); next[records] as usize];
    for (at, behind, end) in with_some() {
        let place = &mut next[members[at as usize] as usize];
        all[*place as usize] = (behind, end);
        *place += 1;
    }
    // Each record's start has moved to its end.
    next.truncate(records);
    (all, next)
}

fn blocks_of(rule: &Rule, mut postings: Vec<u64>, packing: Packing, ranks: &[u32]) -> Found {
    postings.sort_unstable();
    let records = ranks.len();
    let blocks = || postings.chunk_by(|a, b| packing.key(*a) == packing.key(*b));
    let block_max = block_max(blocks().map(<[_]>::len), records);
    let mut found = Found {
        members: Vec::new(),
        ends: Vec::new(),
        report: RuleReport {
            rule: rule.name,
            records: 0,
            blocks: 0,
            largest: 0,
            narrowed: 0,
            pairs: 0,
        },
    };
    let mut bears = vec![false; records];
    postings.iter().for_each(|posting| bears[packing.record(*posting) as usize] = true);
    found.report.records = bears.into_iter().filter(|bears| *bears).count();
    for block in blocks().filter(|block| block.len() > 1) {
        found.report.blocks += 1;
        found.report.largest = found.report.largest.max(block.len());
        let records = block.iter().map(|posting| packing.record(*posting));
        if block.len() <= block_max {
            found.add(records);
        } else {
            found.report.narrowed += 1;
            found.add_narrowed(records.collect(), ranks);
        }
    }
    found.members.shrink_to_fit();
    found
}

/// The largest block whose pairs are all compared, among blocks of these sizes.
fn block_max(sizes: impl Iterator<Item = usize> + Clone, records: usize) -> usize {
    let pairs = |most: usize| -> usize {
        let pairs = |size: usize| {
            size * (size - 1).min(if size > most { 2 * NEIGHBOURS } else { size }) / 2
        };
        sizes.clone().map(pairs).sum()
    };
    let fits = |most: &&usize| pairs(**most) <= PAIRS_PER_RECORD * records;
    *BLOCK_MAX.iter().find(fits).unwrap_or(&BLOCK_MAX[BLOCK_MAX.len() - 1])
}

/// Packs a key and a record that has it into one number, which sorts by the key and then by the record: as many
/// first bits of the key as the record leaves. Two keys may look the same then, which costs a comparison that finds
/// nothing.
#[derive(Clone, Copy)]
struct Packing {
    record_bits: u32,
}

impl Packing {
    fn of(records: usize) -> Self {
        Self { record_bits: usize::BITS - records.leading_zeros() }
    }

    fn pack(self, key: BlockKey, record: u32) -> u64 {
        key.0 >> self.record_bits << self.record_bits | u64::from(record)
    }

    fn key(self, posting: u64) -> u64 {
        posting >> self.record_bits
    }

    fn record(self, posting: u64) -> u32 {
        (posting & ((1 << self.record_bits) - 1)) as u32
    }
}

/// Returns for each rule its keys, each packed with its record, in parts. Every record is looked at once, for all
/// rules.
fn postings(rules: &[Rule], table: &Table, packing: Packing) -> Vec<Vec<Vec<u64>>> {
    let chunks: Vec<Vec<Vec<u64>>> = table
        .rows()
        .par_chunks(CHUNK)
        .enumerate()
        .map(|(chunk, rows)| {
            let (mut postings, mut keys) = (vec![Vec::new(); rules.len()], Vec::new());
            for (row, record) in rows.iter().zip((chunk * CHUNK) as u32..) {
                for (rule, postings) in rules.iter().zip(&mut postings) {
                    rule.keys(row, table.lexicon(), &mut keys);
                    postings.extend(keys.iter().map(|key| packing.pack(*key, record)));
                }
            }
            postings
        })
        .collect();
    let mut parts: Vec<Vec<Vec<u64>>> = rules.iter().map(|_| Vec::new()).collect();
    for chunk in chunks {
        parts.iter_mut().zip(chunk).for_each(|(parts, part)| parts.push(part));
    }
    parts
}

impl Found {
    /// Adds a block of records, ascending.
    fn add(&mut self, records: impl Iterator<Item = u32>) {
        let before = self.members.len();
        self.members.extend(records);
        let count = (self.members.len() - before) as u64;
        self.report.pairs += count * (count - 1) / 2;
        self.ends.push(self.members.len() as u32);
    }

    /// Adds a block as overlapping windows over its records in the order of what they say: any two that
    /// are at most a neighbourhood apart meet in one.
    fn add_narrowed(&mut self, mut records: Vec<u32>, ranks: &[u32]) {
        records.sort_unstable_by_key(|record| ranks[*record as usize]);
        let mut start = 0;
        while start == 0 || start + NEIGHBOURS < records.len() {
            let end = (start + 2 * NEIGHBOURS).min(records.len());
            let mut window = records[start..end].to_vec();
            window.sort_unstable();
            self.add(window.into_iter());
            start += NEIGHBOURS;
        }
    }
}
