//! Clustering records into entities, all of a view or the few that a change touches.

use std::collections::{BTreeMap, BTreeSet};

use super::judged::verdicts;
use super::{Entity, EntityIndex, LinkIndex, RecordIndex, Snapshot};
use crate::model::{EntityType, RecordId, Verdict};
use crate::resolve::{Engine, cluster};

/// Two records and the bits of their link.
type Scored = (u32, u32, f64);

/// The pairs of records that links and judgements join or part. Records are numbered in the order of their ids.
#[derive(Debug, Default)]
pub(super) struct Pairs {
    /// Between nodes.
    links: Vec<Scored>,
    /// Of a node and a duplicate, which has no other link.
    duplicates: Vec<Scored>,
    must: Vec<(u32, u32)>,
    cannot: Vec<(u32, u32)>,
}

impl Pairs {
    /// Pairs of links with their bits, those of duplicates apart, and of verdicts; verdicts on records without a number are
    /// left out.
    pub fn of(
        (links, duplicates): (Vec<Scored>, Vec<Scored>),
        verdicts: BTreeMap<(RecordId, RecordId), Verdict>,
        number: impl Fn(RecordId) -> Option<u32>,
    ) -> Self {
        let mut pairs = Self { links, duplicates, ..Self::default() };
        for ((a, b), verdict) in verdicts {
            let Some(pair) = number(a).zip(number(b)) else { continue };
            match verdict {
                Verdict::Same => pairs.must.push(pair),
                Verdict::NotSame => pairs.cannot.push(pair),
                Verdict::Unsure => {}
            }
        }
        pairs
    }
}

/// Returns for each record, given by its type, the smallest record of its cluster. Nodes are clustered, each as one
/// whatever the number of its duplicates, which follow. Types never mix: each is clustered
/// with its own parameters. Records that nothing connects do not depend on each other, so that clustering a part of a
/// view that is connected with nothing else gives what clustering the view gives.
pub(super) fn clustered(engine: &Engine, types: &[EntityType], pairs: &Pairs) -> Vec<u32> {
    let mut labels: Vec<u32> = (0..types.len() as u32).collect();
    for entity_type in EntityType::ALL {
        if !types.contains(&entity_type) {
            continue;
        }
        let of_type = |record: u32| types[record as usize] == entity_type;
        let both = |pair: &&(u32, u32)| of_type(pair.0) && of_type(pair.1);
        let links = pairs.links.iter().filter(|(a, b, _)| of_type(*a) && of_type(*b));
        let links: Vec<_> = links.copied().collect();
        let must: Vec<_> = pairs.must.iter().filter(both).copied().collect();
        let cannot: Vec<_> = pairs.cannot.iter().filter(both).copied().collect();
        let parameters = engine.cluster_parameters(entity_type);
        let found = cluster(types.len(), &links, &must, &cannot, &parameters);
        for (record, label) in (0u32..).zip(found) {
            if of_type(record) {
                labels[record as usize] = label;
            }
        }
    }
    attach_duplicates(engine, types, pairs, &mut labels);
    labels
}

/// Adds duplicates to the clusters of their nodes: where what they say is enough to be of one thing, or the node has joined
/// with another. Records that say too little stay by themselves, however many say it.
fn attach_duplicates(engine: &Engine, types: &[EntityType], pairs: &Pairs, labels: &mut [u32]) {
    if pairs.duplicates.is_empty() {
        return;
    }
    let mut is_joined = vec![false; labels.len()];
    for (record, label) in labels.iter().enumerate() {
        if record != *label as usize {
            is_joined[*label as usize] = true;
        }
    }
    for (node, duplicate, bits) in &pairs.duplicates {
        let label = labels[*node as usize];
        if is_joined[label as usize] || engine.joins(types[*node as usize], *bits) {
            labels[*duplicate as usize] = label;
        }
    }
}

impl Snapshot {
    /// The groups that the records of an entity form by themselves, without one of their links. The clustering of an
    /// entity never depends on records outside it, so without leaving out a link the result is the entity itself.
    pub fn regrouped(
        &self,
        engine: &Engine,
        entity: EntityIndex,
        left_out: Option<LinkIndex>,
    ) -> Vec<Vec<RecordIndex>> {
        let Entity { entity_type, records, .. } = &self.entities[entity];
        // Positions within the entity keep the order of the records, which settles ties.
        let number = |id: RecordId| {
            let at = self.stored(id)?;
            records.binary_search(&at).ok().map(|number| number as u32)
        };
        let links: BTreeSet<LinkIndex> =
            records.iter().flat_map(|at| self.links_at(*at)).copied().collect();
        let (mut scored, mut duplicates) = (Vec::new(), Vec::new());
        for at in links.into_iter().filter(|at| Some(*at) != left_out) {
            let link = &self.links[at];
            let Some((a, b)) = number(link.a).zip(number(link.b)) else { continue };
            let list = if self.is_of_duplicate(link) { &mut duplicates } else { &mut scored };
            list.push((a, b, link.bits));
        }
        let pairs = Pairs::of((scored, duplicates), verdicts(&self.judgements), number);
        let types = vec![*entity_type; records.len()];
        let mut groups: BTreeMap<u32, Vec<RecordIndex>> = BTreeMap::new();
        for (record, label) in records.iter().zip(clustered(engine, &types, &pairs)) {
            groups.entry(label).or_default().push(*record);
        }
        groups.into_values().collect()
    }
}
