//! The evidence that the records of an entity belong together: links, and the judgements of humans.

use std::collections::BTreeMap;

use crate::graph::{EntityIndex, JudgementIndex, LinkIndex, RecordIndex, Snapshot};
use crate::model::Link;

/// The links and judgements that hold the records of an entity together.
#[derive(Debug, Clone, PartialEq)]
pub struct Explanation {
    /// The strongest links that connect the records (a maximum spanning forest), the
    /// strongest first; ties in order of the pair as shown.
    pub spanning: Vec<LinkIndex>,
    /// The number of links between the records, including the ones not in `spanning`.
    pub links: usize,
    /// The number of pairs that are compared: of the records, each for all that say the same as it, and of each further
    /// one that does so with it.
    pub pairs: usize,
    /// The judgements on pairs of the records, in the snapshot's order.
    pub judgements: Vec<JudgementIndex>,
}

/// Explains an entity of the snapshot.
pub fn explain(snapshot: &Snapshot, entity: EntityIndex) -> Explanation {
    let records = &snapshot.entities()[entity].records;
    let mut within = links_from(snapshot, entity, entity);
    let links = within.len();
    let shown = |id| snapshot.stored(id).map(|index| snapshot.record_id(index));
    let pair = |link: &Link| {
        let (a, b) = (shown(link.a), shown(link.b));
        (a.min(b), a.max(b))
    };
    within.sort_by(|a, b| {
        let (a, b) = (&snapshot.links()[*a], &snapshot.links()[*b]);
        b.bits.total_cmp(&a.bits).then_with(|| pair(a).cmp(&pair(b)))
    });
    let mut part: BTreeMap<RecordIndex, RecordIndex> =
        records.iter().map(|record| (*record, *record)).collect();
    let mut spanning = Vec::new();
    for index in within {
        let link = &snapshot.links()[index];
        let ends = snapshot.stored(link.a).zip(snapshot.stored(link.b));
        let Some((a, b)) = ends.map(|(a, b)| (root(&part, a), root(&part, b))) else { continue };
        if a != b {
            part.insert(a.max(b), a.min(b));
            spanning.push(index);
        }
    }
    let judgements = snapshot.judgements().enumerated().filter(|(_, judgement)| {
        [judgement.a, judgement.b]
            .iter()
            .all(|id| snapshot.stored(*id).is_some_and(|r| snapshot.entity_of(r) == entity))
    });
    Explanation {
        spanning,
        links,
        pairs: compared_pairs(snapshot, records),
        judgements: judgements.map(|(index, _)| index).collect(),
    }
}

/// How many pairs of an entity's records are compared.
fn compared_pairs(snapshot: &Snapshot, records: &[RecordIndex]) -> usize {
    let nodes = snapshot.node_count(records);
    nodes * nodes.saturating_sub(1) / 2 + (records.len() - nodes)
}

/// Returns the links with the smaller record in the first entity and the greater record in the second. Links are
/// ascending by pair, so the links with one smaller record are together.
pub(super) fn links_from(
    snapshot: &Snapshot,
    from: EntityIndex,
    to: EntityIndex,
) -> Vec<LinkIndex> {
    let mut found = Vec::new();
    for record in snapshot.entities()[from].records.iter() {
        let id = snapshot.records()[*record].id;
        let own =
            snapshot.links().starting(|link| link.a < id).take_while(|(_, link)| link.a == id);
        for (index, link) in own {
            let other = snapshot.stored(link.b);
            if other.is_some_and(|other| snapshot.entity_of(other) == to) {
                found.push(index);
            }
        }
    }
    found
}

fn root(part: &BTreeMap<RecordIndex, RecordIndex>, mut record: RecordIndex) -> RecordIndex {
    while let Some(up) = part.get(&record).filter(|up| **up != record) {
        record = *up;
    }
    record
}
