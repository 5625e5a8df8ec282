//! How well predicted clusters agree with an answer key: pairwise and B-cubed precision, recall
//! and F1 per type of entity, sizes of clusters, the quality and calibration of scored pairs, and
//! quality by group of records.
//!
//! Knows labels and scores only, not records.

mod groups;
pub mod health;
mod links;
mod sizes;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

pub use groups::{GroupEvaluation, GroupRow, RecallGap, evaluate_groups};
pub use links::{CalibrationBin, LinkEvaluation, SweepRow, evaluate_links};
pub use sizes::SizeRow;

use crate::model::{EntityType, RecordId};

/// Precision, recall and their harmonic mean, each 0 to 1.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Quality {
    /// Share of the predictions that are true; 1 when nothing was predicted.
    pub precision: f64,
    /// Share of the truth that was predicted; 1 when there was nothing to predict.
    pub recall: f64,
    /// Harmonic mean of precision and recall.
    pub f1: f64,
}

impl Quality {
    fn new(precision: f64, recall: f64) -> Self {
        let sum = precision + recall;
        let f1 = if sum > 0.0 { 2.0 * precision * recall / sum } else { 0.0 };
        Self { precision, recall, f1 }
    }
}

/// The figures of one type of entity.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TypeEvaluation {
    /// Records that are both in the key and in the prediction.
    pub records: u64,
    /// True entities among them.
    pub entities: u64,
    /// Predicted clusters among them.
    pub clusters: u64,
    /// Size of the largest predicted cluster.
    pub largest_cluster: u64,
    /// True pairs of records.
    pub true_pairs: u64,
    /// Predicted pairs.
    pub predicted_pairs: u64,
    /// Pairs both predicted and true.
    pub correct_pairs: u64,
    /// Quality over pairs of records.
    pub pairwise: Quality,
    /// B-cubed (Bagga and Baldwin 1998): the mean over records of the quality of their cluster.
    pub b_cubed: Quality,
    /// Clusters and entities by size.
    pub sizes: Vec<SizeRow>,
    /// The figures of the scored pairs; `None` where only clusters were compared.
    pub links: Option<LinkEvaluation>,
    /// The figures by group of records; `None` where no record of the type has a group.
    pub groups: Option<GroupEvaluation>,
}

/// The figures of all types that the key names.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Evaluation {
    /// The figures of each type.
    pub types: BTreeMap<EntityType, TypeEvaluation>,
    /// Records of the key that the prediction does not have; each counts against recall only
    /// through the pairs it would have had, which are part of `true_pairs`.
    pub missing_records: u64,
    /// Predicted records that the key does not name; left out of all figures.
    pub unknown_records: u64,
}

/// Compares predicted clusters with the key.
///
/// `truth` gives each record's type and true entity, `predicted` each record's cluster; the labels
/// may be anything that is equal exactly within an entity or cluster. A record of the key that was
/// not predicted counts as a cluster of its own.
pub fn evaluate<E: Ord, C: Ord>(
    truth: &BTreeMap<RecordId, (EntityType, E)>,
    predicted: &BTreeMap<RecordId, C>,
) -> Evaluation {
    let mut rows: BTreeMap<EntityType, Vec<(&E, Assigned<'_, C>)>> = BTreeMap::new();
    for (record, (entity_type, entity)) in truth {
        rows.entry(*entity_type).or_default().push((entity, assigned(predicted, *record)));
    }
    let known = truth.keys().filter(|record| predicted.contains_key(record)).count() as u64;
    Evaluation {
        types: rows.into_iter().map(|(kind, rows)| (kind, evaluate_type(&rows))).collect(),
        missing_records: truth.len() as u64 - known,
        unknown_records: predicted.len() as u64 - known,
    }
}

impl Evaluation {
    /// Adds the figures of the scored pairs, given as (record, record, bits). Pairs with a record that
    /// the key does not name, or of two types, are left out.
    pub fn add_links<E: Ord>(
        &mut self,
        truth: &BTreeMap<RecordId, (EntityType, E)>,
        links: impl IntoIterator<Item = (RecordId, RecordId, f64)>,
    ) {
        let mut by_type: BTreeMap<EntityType, Vec<(f64, bool)>> = BTreeMap::new();
        for (a, b, bits) in links {
            let (Some(a), Some(b)) = (truth.get(&a), truth.get(&b)) else { continue };
            if a.0 == b.0 {
                by_type.entry(a.0).or_default().push((bits, a.1 == b.1));
            }
        }
        for (entity_type, figures) in &mut self.types {
            let links = by_type.remove(entity_type).unwrap_or_default();
            figures.links = Some(evaluate_links(links, figures.true_pairs));
        }
    }
}

impl Evaluation {
    /// Adds the figures by group of records, to every type of which a record has a group.
    pub fn add_groups<E: Ord, C: Ord>(
        &mut self,
        truth: &BTreeMap<RecordId, (EntityType, E)>,
        predicted: &BTreeMap<RecordId, C>,
        groups: &BTreeMap<RecordId, String>,
    ) {
        for (entity_type, figures) in &mut self.types {
            let of_type = truth.iter().filter(|(_, (kind, _))| kind == entity_type);
            let rows: Vec<_> = of_type
                .map(|(record, (_, entity))| {
                    let group = groups.get(record).map(String::as_str);
                    (entity, assigned(predicted, *record), group)
                })
                .collect();
            if rows.iter().any(|row| row.2.is_some()) {
                figures.groups = Some(evaluate_groups(&rows));
            }
        }
    }
}

/// The predicted cluster of a record of the key; a record that was not predicted is alone.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
enum Assigned<'a, C> {
    To(&'a C),
    Alone(RecordId),
}

fn assigned<C>(predicted: &BTreeMap<RecordId, C>, record: RecordId) -> Assigned<'_, C> {
    predicted.get(&record).map_or(Assigned::Alone(record), Assigned::To)
}

/// The figures of labelled items of one type: (true label, predicted label) for each.
pub fn evaluate_type<E: Ord, C: Ord>(rows: &[(E, C)]) -> TypeEvaluation {
    let mut entities: BTreeMap<&E, u64> = BTreeMap::new();
    let mut clusters: BTreeMap<&C, u64> = BTreeMap::new();
    let mut both: BTreeMap<(&E, &C), u64> = BTreeMap::new();
    for (entity, cluster) in rows {
        *entities.entry(entity).or_default() += 1;
        *clusters.entry(cluster).or_default() += 1;
        *both.entry((entity, cluster)).or_default() += 1;
    }
    let true_pairs = entities.values().map(|n| pairs(*n)).sum();
    let predicted_pairs = clusters.values().map(|n| pairs(*n)).sum();
    let correct_pairs = both.values().map(|n| pairs(*n)).sum();
    let (mut precision, mut recall) = (0.0, 0.0);
    for ((entity, cluster), n) in &both {
        let square = (*n * *n) as f64;
        precision += square / clusters[cluster] as f64;
        recall += square / entities[entity] as f64;
    }
    let records = rows.len() as f64;
    let mean = |sum: f64| if rows.is_empty() { 1.0 } else { sum / records };
    TypeEvaluation {
        records: rows.len() as u64,
        entities: entities.len() as u64,
        clusters: clusters.len() as u64,
        largest_cluster: clusters.values().copied().max().unwrap_or(0),
        true_pairs,
        predicted_pairs,
        correct_pairs,
        pairwise: Quality::new(
            share(correct_pairs, predicted_pairs),
            share(correct_pairs, true_pairs),
        ),
        b_cubed: Quality::new(mean(precision), mean(recall)),
        sizes: sizes::table(clusters.into_values(), entities.into_values()),
        links: None,
        groups: None,
    }
}

fn pairs(n: u64) -> u64 {
    n * n.saturating_sub(1) / 2
}

fn share(part: u64, whole: u64) -> f64 {
    if whole == 0 { 1.0 } else { part as f64 / whole as f64 }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::IdKey;

    #[test]
    fn figures_of_a_worked_example() {
        // Entities {1,2,3}, {4,5}; clusters {1,2}, {3,4}, {5}.
        let rows = [("a", 0), ("a", 0), ("a", 1), ("b", 1), ("b", 2)];
        let got = evaluate_type(&rows);
        assert_eq!((got.true_pairs, got.predicted_pairs, got.correct_pairs), (4, 2, 1));
        assert!((got.pairwise.precision - 0.5).abs() < 1e-12);
        assert!((got.pairwise.recall - 0.25).abs() < 1e-12);
        assert!((got.pairwise.f1 - 1.0 / 3.0).abs() < 1e-12);
        // Precision: 1, 1, 1/2, 1/2, 1. Recall: 2/3, 2/3, 1/3, 1/2, 1/2.
        assert!((got.b_cubed.precision - 0.8).abs() < 1e-12);
        assert!((got.b_cubed.recall - 8.0 / 15.0).abs() < 1e-12);
        assert_eq!((got.entities, got.clusters, got.largest_cluster), (2, 3, 2));
        let sizes: Vec<_> = got.sizes.iter().map(|row| (row.predicted, row.truth)).collect();
        assert_eq!(sizes[..4], [(1, 0), (2, 1), (0, 1), (0, 0)]);
    }

    #[test]
    fn links_count_where_the_key_knows_both_records() {
        let key = IdKey::default();
        let id = |local: &str| key.record("a", local);
        let truth = BTreeMap::from([
            (id("1"), (EntityType::Person, "x")),
            (id("2"), (EntityType::Person, "x")),
            (id("3"), (EntityType::Person, "y")),
            (id("4"), (EntityType::Phone, "x")),
        ]);
        let mut got = evaluate(&truth, &BTreeMap::from([(id("1"), 0)]));
        let link = |a: &str, b: &str| (id(a), id(b), 5.0);
        got.add_links(&truth, [link("1", "2"), link("1", "3"), link("1", "4"), link("1", "9")]);
        let links = got.types[&EntityType::Person].links.as_ref().unwrap();
        assert_eq!((links.links, links.true_links), (2, 1));
        assert_eq!(links.sweep[0].quality.recall, 1.0);
        assert_eq!(got.types[&EntityType::Phone].links.as_ref().unwrap().links, 0);
    }

    #[test]
    fn a_perfect_prediction_scores_one_and_all_in_one_cluster_has_full_recall() {
        let rows = [("a", 1), ("a", 1), ("b", 2)];
        assert_eq!(evaluate_type(&rows).pairwise.f1, 1.0);
        let rows = [("a", 1), ("a", 1), ("b", 1)];
        assert_eq!(evaluate_type(&rows).pairwise.recall, 1.0);
        assert!(evaluate_type(&rows).pairwise.precision < 0.5);
    }

    #[test]
    fn a_record_that_was_not_predicted_costs_recall() {
        let key = IdKey::default();
        let id = |local: &str| key.record("a", local);
        let truth: BTreeMap<_, _> =
            ["1", "2"].iter().map(|local| (id(local), (EntityType::Person, "x"))).collect();
        let predicted = BTreeMap::from([(id("1"), 0), (id("9"), 0)]);
        let got = evaluate(&truth, &predicted);
        assert_eq!((got.missing_records, got.unknown_records), (1, 1));
        assert_eq!(got.types[&EntityType::Person].pairwise.recall, 0.0);
    }
}
