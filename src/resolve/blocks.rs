//! Blocks: the records of a table that share a blocking key, and so which pairs are compared.

use rayon::prelude::*;

use super::keys::{Rule, rules};
use super::table::Table;
use crate::model::BlockKey;

/// Records that share one key and are all compared with each other: the first of these numbers at which a
/// rule stays within [`PAIRS_PER_RECORD`]. A key of more is narrowed.
const BLOCK_MAX: [usize; 3] = [40, 20, 10];

/// Pairs for each record of the table that one rule may make; one that makes more is a generic one.
const PAIRS_PER_RECORD: usize = 5;

/// In a narrowed block each record is compared with so many before and behind it in the order of what they
/// say, or a few more: the number of pairs stays linear in the number of records.
const NEIGHBOURS: usize = 4;

/// Records whose keys one thread makes at a time.
const CHUNK: usize = 4096;

/// Which records are compared with which.
pub struct Blocks {
    /// The records of all blocks, one block after another, ascending within each.
    members: Vec<u32>,
    /// Where each block ends in `members`.
    ends: Vec<u32>,
    /// For each record the blocks that it is in, one record after another.
    of_record: Vec<u32>,
    /// Where each record's blocks end in `of_record`.
    of_record_ends: Vec<u32>,
    /// What each rule made.
    rules: Vec<RuleReport>,
}

/// What one blocking rule made of a table.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct RuleReport {
    /// What the records that share a key have in common.
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
        let mut ranks = None;
        let (mut members, mut ends, mut reports) = (Vec::new(), Vec::new(), Vec::new());
        for rule in rules(table.entity_type()) {
            let mut found = blocks_of(rule, table, &mut ranks);
            let before = members.len() as u32;
            members.append(&mut found.members);
            ends.extend(found.ends.iter().map(|end| before + end));
            reports.push(found.report);
        }
        let (of_record, of_record_ends) = turn(table.len(), &members, &ends);
        Self { members, ends, of_record, of_record_ends, rules: reports }
    }

    /// What each rule made.
    pub fn rules(&self) -> &[RuleReport] {
        &self.rules
    }

    /// The records behind this one that it is compared with, distinct, ascending.
    pub(super) fn partners(&self, record: u32, out: &mut Vec<u32>) {
        out.clear();
        for block in self.blocks_of_record(record) {
            let block = self.block(*block);
            let behind = block.partition_point(|other| *other <= record);
            out.extend_from_slice(&block[behind..]);
        }
        out.sort_unstable();
        out.dedup();
    }

    fn blocks_of_record(&self, record: u32) -> &[u32] {
        between(&self.of_record, &self.of_record_ends, record)
    }

    fn block(&self, block: u32) -> &[u32] {
        between(&self.members, &self.ends, block)
    }
}

/// The `nth` of several runs that stand one after another.
fn between<'a>(all: &'a [u32], ends: &[u32], nth: u32) -> &'a [u32] {
    let nth = nth as usize;
    let start = if nth == 0 { 0 } else { ends[nth - 1] as usize };
    &all[start..ends[nth] as usize]
}

/// For each record the blocks that it is in.
fn turn(records: usize, members: &[u32], ends: &[u32]) -> (Vec<u32>, Vec<u32>) {
    let mut starts = vec![0u32; records + 1];
    for record in members {
        starts[*record as usize + 1] += 1;
    }
    for record in 0..records {
        starts[record + 1] += starts[record];
    }
    let mut of_record = vec![0u32; members.len()];
    let mut start = 0;
    for (block, end) in ends.iter().enumerate() {
        for record in &members[start..*end as usize] {
            let at = &mut starts[*record as usize];
            of_record[*at as usize] = block as u32;
            *at += 1;
        }
        start = *end as usize;
    }
    // Each record's start has moved to its end.
    starts.truncate(records);
    (of_record, starts)
}

fn blocks_of(rule: &Rule, table: &Table, ranks: &mut Option<Vec<u32>>) -> Found {
    let mut postings = postings(rule, table);
    postings.par_sort_unstable();
    let block_max = block_max(&postings, table.len());
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
    let mut bears = vec![false; table.len()];
    postings.iter().for_each(|(_, record)| bears[*record as usize] = true);
    found.report.records = bears.into_iter().filter(|bears| *bears).count();
    for block in postings.chunk_by(|a, b| a.0 == b.0).filter(|block| block.len() > 1) {
        found.report.blocks += 1;
        found.report.largest = found.report.largest.max(block.len());
        let records = block.iter().map(|(_, record)| *record);
        if block.len() <= block_max {
            found.add(records);
        } else {
            found.report.narrowed += 1;
            let ranks = ranks.get_or_insert_with(|| table.ranks());
            found.add_narrowed(records.collect(), ranks);
        }
    }
    found.members.shrink_to_fit();
    found
}

/// The largest block whose pairs are all compared.
fn block_max(postings: &[(BlockKey, u32)], records: usize) -> usize {
    let pairs = |most: usize| -> usize {
        let sizes = postings.chunk_by(|a, b| a.0 == b.0).map(<[_]>::len);
        sizes
            .map(|size| size * (size - 1).min(if size > most { 2 * NEIGHBOURS } else { size }) / 2)
            .sum()
    };
    let fits = |most: &&usize| pairs(**most) <= PAIRS_PER_RECORD * records;
    *BLOCK_MAX.iter().find(fits).unwrap_or(&BLOCK_MAX[BLOCK_MAX.len() - 1])
}

/// Each key of the rule with its record.
fn postings(rule: &Rule, table: &Table) -> Vec<(BlockKey, u32)> {
    let parts: Vec<Vec<(BlockKey, u32)>> = table
        .rows()
        .par_chunks(CHUNK)
        .enumerate()
        .map(|(chunk, rows)| {
            let (mut postings, mut keys) = (Vec::new(), Vec::new());
            for (row, record) in rows.iter().zip((chunk * CHUNK) as u32..) {
                rule.keys(row, table.lexicon(), &mut keys);
                postings.extend(keys.iter().map(|key| (*key, record)));
            }
            postings
        })
        .collect();
    let mut postings = Vec::with_capacity(parts.iter().map(Vec::len).sum());
    parts.into_iter().for_each(|mut part| postings.append(&mut part));
    postings
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
        let reach = NEIGHBOURS;
        records.sort_unstable_by_key(|record| ranks[*record as usize]);
        let mut start = 0;
        while start == 0 || start + reach < records.len() {
            let end = (start + 2 * reach).min(records.len());
            let mut window = records[start..end].to_vec();
            window.sort_unstable();
            self.add(window.into_iter());
            start += reach;
        }
    }
}
