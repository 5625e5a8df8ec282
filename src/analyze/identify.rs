//! "Who is this?": the entities of a view that a probe may speak of, ranked, with reasons. Nothing
//! is stored.

use std::collections::BTreeMap;

use crate::graph::{EntityIndex, Figure, RecordIndex, Snapshot};
use crate::model::Record;
use crate::resolve::{Engine, Score};

/// An entity that the probe may refer to.
#[derive(Debug, Clone, PartialEq)]
pub struct Candidate {
    /// The entity.
    pub entity: EntityIndex,
    /// The record of the entity that agrees best with the probe; of equal ones the smallest.
    pub record: RecordIndex,
    /// The score of the comparison with that record.
    pub score: Score,
    /// The number of records of the entity that share a blocking key with the probe and were compared.
    pub compared: usize,
}

/// A figure, since it has positions and a score only: callers are told of the entities that they may see unmasked, and
/// of no other.
impl Figure for Candidate {}

/// Ranks the entities that share a blocking key with the probe and reach the model's floor: by the bits of their best
/// record, then by id. The list is complete: the caller applies limits. The content of masked entities is compared too,
/// so the caller must leave out the entities that the asker may not see unmasked. The store is not read: everything
/// comes from the snapshot, which is of one revision.
pub fn identify(snapshot: &Snapshot, engine: &Engine, probe: &Record) -> Vec<Candidate> {
    snapshot.figure(|original| ranked(original, engine, probe))
}

fn ranked(snapshot: &Snapshot, engine: &Engine, probe: &Record) -> Vec<Candidate> {
    let prepared = engine.prepare(probe);
    let floor =
        engine.model().types.get(&probe.entity_type()).map_or(f64::MAX, |model| model.floor);
    let mut best: BTreeMap<EntityIndex, Candidate> = BTreeMap::new();
    let keys = engine.keys(&prepared);
    for record in snapshot.holders(engine, &keys) {
        let other = engine.prepare(&snapshot.records()[record]);
        let Some(score) = engine.score(&prepared, &other) else { continue };
        let entity = snapshot.entity_of(record);
        let found = best.entry(entity).or_insert_with(|| Candidate {
            entity,
            record,
            score: score.clone(),
            compared: 0,
        });
        found.compared += 1;
        if score.bits > found.score.bits {
            (found.record, found.score) = (record, score);
        }
    }
    let mut candidates: Vec<Candidate> =
        best.into_values().filter(|candidate| candidate.score.bits >= floor).collect();
    let id = |candidate: &Candidate| snapshot.entity_id(candidate.entity);
    candidates
        .sort_by(|a, b| b.score.bits.total_cmp(&a.score.bits).then_with(|| id(a).cmp(&id(b))));
    candidates
}
