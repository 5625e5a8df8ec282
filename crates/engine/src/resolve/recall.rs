//! The recall of blocking: for each rule the share of the pairs found that it reaches, and an estimate, without
//! labels, of the share of all pairs of one thing that the rules reach together.
//!
//! The estimate is that of capture and recapture (Chapman 1951): rules by name alone and rules without a
//! name catch pairs for different reasons. Of n1 caught by the one and n2 by the other, with m by both,
//! there are (n1 + 1)(n2 + 1) / (m + 1) − 1 in all. What makes a pair hard for both (much missing, much
//! wrong) makes the estimate too high; it is an upper hint and says where keys are missing.

use rayon::prelude::*;

use super::blocks::{Blocks, RuleReport};
use super::keys::rules;
use super::lexicon::Mix;
use super::table::Table;

/// Pairs looked at: a sample where there are more.
const PAIRS_MAX: u64 = 100_000;

/// The recall of one blocking rule.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
pub struct RuleRecall {
    /// The figures of the rule on the table.
    #[serde(flatten)]
    pub report: RuleReport,
    /// Share of the pairs found that have a key of the rule in common, 0 to 1.
    pub recall: f64,
    /// Share of the pairs found that have a key of no other rule in common, 0 to 1.
    pub alone: f64,
}

/// The recall of all blocking rules, one by one and together.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
pub struct BlockingReport {
    /// The rules, in the order of blocking.
    pub rules: Vec<RuleRecall>,
    /// Pairs found that were looked at.
    pub pairs: usize,
    /// Estimated share of all pairs of one thing that the rules reach, 0 to 1; absent where no rule goes by
    /// name alone, or none without.
    pub estimated_recall: Option<f64>,
}

/// Reports what the rules reach of the pairs that were found: links of at least `least_bits`.
pub fn blocking_report(
    table: &Table,
    blocks: &Blocks,
    links: &[(u32, u32, f64)],
    least_bits: f64,
) -> BlockingReport {
    let rules = rules(table.entity_type());
    let reached = reached(table, links, least_bits);
    let count = |wanted: &dyn Fn(u64) -> bool| reached.iter().filter(|it| wanted(**it)).count();
    let share = |count: usize| count as f64 / reached.len().max(1) as f64;
    let of_rule = |(rule, report): (usize, &RuleReport)| RuleRecall {
        report: report.clone(),
        recall: share(count(&|rules| rules >> rule & 1 == 1)),
        alone: share(count(&|rules| rules == 1 << rule)),
    };
    let set = |by_name: bool| -> u64 {
        let of = rules.iter().enumerate().filter(|(_, rule)| rule.by_name == Some(by_name));
        of.map(|(rule, _)| 1 << rule).sum()
    };
    let (named, unnamed) = (set(true), set(false));
    let estimated_recall = (named != 0 && unnamed != 0 && !reached.is_empty()).then(|| {
        let one = count(&|rules| rules & named != 0) as f64;
        let other = count(&|rules| rules & unnamed != 0) as f64;
        let both = count(&|rules| rules & named != 0 && rules & unnamed != 0) as f64;
        let all = (one + 1.0) * (other + 1.0) / (both + 1.0) - 1.0;
        (reached.len() as f64 / all.max(1.0)).min(1.0)
    });
    BlockingReport {
        rules: blocks.rules().iter().enumerate().map(of_rule).collect(),
        pairs: reached.len(),
        estimated_recall,
    }
}

/// Returns, for each link looked at, the set of rules of which its records share a key: a bit for each rule.
fn reached(table: &Table, links: &[(u32, u32, f64)], least_bits: f64) -> Vec<u64> {
    const DRAW: Mix = Mix::new("blocking report");
    let good: Vec<(u32, u32)> =
        links.iter().filter(|it| it.2 >= least_bits).map(|it| (it.0, it.1)).collect();
    let all = good.len() as u64;
    let is_drawn = |pair: &(u32, u32)| {
        let hash = DRAW.with(u64::from(pair.0)).with(u64::from(pair.1)).end();
        all <= PAIRS_MAX || hash % all < PAIRS_MAX
    };
    good.into_par_iter()
        .filter(is_drawn)
        .map(|(a, b)| {
            let (a, b) = (&table.rows()[a as usize], &table.rows()[b as usize]);
            let (mut of_a, mut of_b) = (Vec::new(), Vec::new());
            let rules = rules(table.entity_type()).iter().enumerate();
            rules.fold(0, |reached, (position, rule)| {
                rule.keys(a, table.lexicon(), &mut of_a);
                rule.keys(b, table.lexicon(), &mut of_b);
                let shared = of_a.iter().any(|key| of_b.binary_search(key).is_ok());
                reached | u64::from(shared) << position
            })
        })
        .collect()
}
