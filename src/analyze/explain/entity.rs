//! The explanation of an entity: the links that hold its records together, and the groups that it would fall into
//! without the weakest one.

use super::mean_bits;
use super::spanning::{Explanation, explain, links_from};
use crate::graph::{EntityIndex, LinkIndex, RecordIndex, Snapshot};
use crate::resolve::Engine;

/// The explanation of an entity.
#[derive(Debug, Clone, PartialEq)]
pub struct EntityExplanation {
    /// The links and judgements that hold the records together.
    pub explanation: Explanation,
    /// All links between the records, ascending.
    pub links: Vec<LinkIndex>,
    /// The weakest link of the maximum spanning forest that connects the records: the last of
    /// [`Explanation::spanning`]. `None` if no links connect them.
    pub weakest: Option<LinkIndex>,
    /// The groups of records that the entity would fall into without the weakest link, with everything else as it is:
    /// each ascending by shown id, and ordered by their first. One group if it would hold.
    pub without_weakest: Vec<Vec<RecordIndex>>,
    /// Mean bits over all pairs of its records, unlinked ones counted as evidence against. `None`
    /// for a single record.
    pub cohesion: Option<f64>,
}

/// Explains an entity of the snapshot.
pub fn how(snapshot: &Snapshot, engine: &Engine, entity: EntityIndex) -> EntityExplanation {
    let explanation = explain(snapshot, entity);
    let parameters = engine.cluster_parameters(snapshot.entities()[entity].entity_type);
    let links = links_from(snapshot, entity, entity);
    let weakest = explanation.spanning.last().copied();
    EntityExplanation {
        weakest,
        without_weakest: groups(snapshot, engine, entity, weakest),
        cohesion: mean_bits(snapshot, &links, explanation.pairs, &parameters),
        links,
        explanation,
    }
}

/// Clusters the records of an entity alone, without one of its links. The clustering of an entity never depends on
/// records outside it, so without leaving out a link the result is the entity itself.
pub(super) fn groups(
    snapshot: &Snapshot,
    engine: &Engine,
    entity: EntityIndex,
    left_out: Option<LinkIndex>,
) -> Vec<Vec<RecordIndex>> {
    let mut groups = snapshot.regrouped(engine, entity, left_out);
    let id = |record: &RecordIndex| snapshot.record_id(*record);
    groups.iter_mut().for_each(|group| group.sort_by_cached_key(id));
    groups.sort_by_cached_key(|group| group.first().map(id));
    groups
}
