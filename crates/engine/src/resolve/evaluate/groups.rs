//! Quality by group of records, such as the culture that a name comes from: whom does matching
//! serve worse? Groups are for evaluation only; matching never reads them.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{Quality, pairs, share};

/// The figures of every group of one type's records.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GroupEvaluation {
    /// The figures of each group, by its name.
    pub groups: BTreeMap<String, GroupRow>,
    /// How far the worst group is from the best; `None` where no group has true pairs.
    pub recall_gap: Option<RecallGap>,
}

/// The figures of one group. A pair of records counts in each group that one of the two is of.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GroupRow {
    /// Records of the group.
    pub records: u64,
    /// True pairs.
    pub true_pairs: u64,
    /// Predicted pairs.
    pub predicted_pairs: u64,
    /// Pairs both predicted and true.
    pub correct_pairs: u64,
    /// Over these pairs.
    pub pairwise: Quality,
}

/// The distance between the groups with the least and the greatest recall, among those that have
/// true pairs; of several the first by name.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RecallGap {
    /// The group with the least recall.
    pub worst: String,
    /// The group with the greatest.
    pub best: String,
    /// The distance in percentage points.
    pub points: f64,
}

/// The figures by group of labelled items: (true label, predicted label, group if any) for each.
pub fn evaluate_groups<E: Ord, C: Ord>(rows: &[(E, C, Option<&str>)]) -> GroupEvaluation {
    let mut records: BTreeMap<&str, u64> = BTreeMap::new();
    for group in rows.iter().filter_map(|row| row.2) {
        *records.entry(group).or_default() += 1;
    }
    let truth = pairs_by_group(rows.iter().map(|row| (&row.0, row.2)));
    let predicted = pairs_by_group(rows.iter().map(|row| (&row.1, row.2)));
    let correct = pairs_by_group(rows.iter().map(|row| ((&row.0, &row.1), row.2)));
    let row = |(group, records): (&str, u64)| {
        let (true_pairs, predicted_pairs) = (count(&truth, group), count(&predicted, group));
        let correct_pairs = count(&correct, group);
        let pairwise =
            Quality::new(share(correct_pairs, predicted_pairs), share(correct_pairs, true_pairs));
        let row = GroupRow { records, true_pairs, predicted_pairs, correct_pairs, pairwise };
        (group.to_owned(), row)
    };
    let groups: BTreeMap<String, GroupRow> = records.into_iter().map(row).collect();
    let recall_gap = gap(&groups);
    GroupEvaluation { groups, recall_gap }
}

fn count(counts: &BTreeMap<&str, u64>, group: &str) -> u64 {
    counts.get(group).copied().unwrap_or(0)
}

/// Counts, for each group, the pairs of items with equal labels of which at least one item is of the group.
fn pairs_by_group<'a, L: Ord>(
    items: impl Iterator<Item = (L, Option<&'a str>)>,
) -> BTreeMap<&'a str, u64> {
    let mut sizes: BTreeMap<L, (u64, BTreeMap<&str, u64>)> = BTreeMap::new();
    for (label, group) in items {
        let (size, members) = sizes.entry(label).or_default();
        *size += 1;
        if let Some(group) = group {
            *members.entry(group).or_default() += 1;
        }
    }
    let mut counts = BTreeMap::new();
    for (size, members) in sizes.into_values() {
        for (group, inside) in members {
            *counts.entry(group).or_default() += pairs(size) - pairs(size - inside);
        }
    }
    counts
}

fn gap(groups: &BTreeMap<String, GroupRow>) -> Option<RecallGap> {
    let recalls = || {
        let with_pairs = groups.iter().filter(|(_, row)| row.true_pairs > 0);
        with_pairs.map(|(name, row)| (name, row.pairwise.recall))
    };
    let worst = recalls().min_by(|a, b| a.1.total_cmp(&b.1))?;
    // Of equal ones `max_by` takes the last.
    let best = recalls().rev().max_by(|a, b| a.1.total_cmp(&b.1))?;
    let points = 100.0 * (best.1 - worst.1);
    Some(RecallGap { worst: worst.0.clone(), best: best.0.clone(), points })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::evaluate_type;
    use super::*;

    #[test]
    fn a_pair_counts_in_each_group_that_one_of_the_two_is_of() {
        // Entity 1 is of x and found whole; entity 2 of y and found in part; a wrong link from
        // entity 2 to 3, of x.
        let rows = [
            (1, 'a', Some("x")),
            (1, 'a', Some("x")),
            (2, 'b', Some("y")),
            (2, 'b', Some("y")),
            (2, 'c', Some("y")),
            (3, 'c', Some("x")),
            (4, 'd', None),
        ];
        let found = evaluate_groups(&rows);
        let counts = |group: &str| {
            let row = found.groups[group];
            (row.records, row.true_pairs, row.predicted_pairs, row.correct_pairs)
        };
        assert_eq!(counts("x"), (3, 1, 2, 1));
        assert_eq!(counts("y"), (3, 3, 2, 1));
        assert_eq!(found.groups.len(), 2);
        let gap = found.recall_gap.unwrap();
        assert_eq!((gap.worst.as_str(), gap.best.as_str()), ("y", "x"));
        assert!((gap.points - 200.0 / 3.0).abs() < 1e-9);
    }

    #[test]
    fn without_true_pairs_there_is_no_gap_and_equal_groups_are_named_in_order() {
        assert_eq!(evaluate_groups(&[(1, 1, Some("x")), (2, 2, Some("y"))]).recall_gap, None);
        let rows = [(1, 1, Some("x")), (1, 1, Some("x")), (2, 2, Some("y")), (2, 2, Some("y"))];
        let gap = evaluate_groups(&rows).recall_gap.unwrap();
        assert_eq!((gap.worst.as_str(), gap.best.as_str(), gap.points), ("x", "x", 0.0));
    }

    proptest! {
        #[test]
        fn one_group_of_all_has_the_figures_of_all(
            rows in prop::collection::vec((0_u8..6, 0_u8..6), 0..40),
        ) {
            let all = evaluate_type(&rows);
            let grouped: Vec<_> = rows.iter().map(|(e, c)| (*e, *c, Some("all"))).collect();
            let found = evaluate_groups(&grouped);
            if let Some(row) = found.groups.get("all") {
                let counts = (row.true_pairs, row.predicted_pairs, row.correct_pairs);
                prop_assert_eq!(counts, (all.true_pairs, all.predicted_pairs, all.correct_pairs));
                prop_assert_eq!(row.pairwise, all.pairwise);
            }
        }
    }
}
