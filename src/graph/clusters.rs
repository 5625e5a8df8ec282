//! Clustering records into entities, all of a view or the few that a change touches.

use std::collections::BTreeMap;

use crate::model::{EntityType, RecordId, Verdict};
use crate::resolve::{Engine, cluster};

/// The pairs of records that links and judgements join or part. Records are numbered in the order of their ids.
#[derive(Debug, Default)]
pub(super) struct Pairs {
    links: Vec<(u32, u32, f64)>,
    must: Vec<(u32, u32)>,
    cannot: Vec<(u32, u32)>,
}

impl Pairs {
    /// Pairs of links with their bits, and of verdicts; verdicts on records without a number are left out.
    pub fn of(
        links: Vec<(u32, u32, f64)>,
        verdicts: BTreeMap<(RecordId, RecordId), Verdict>,
        number: impl Fn(RecordId) -> Option<u32>,
    ) -> Self {
        let mut pairs = Self { links, ..Self::default() };
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

/// Returns for each record, given by its type, the smallest record of its cluster. Types never mix: each is clustered
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
    labels
}
