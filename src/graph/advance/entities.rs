//! The entities of a changed snapshot: what is connected with a change is clustered anew, the rest stays.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::lists::Lists;
use super::{Anew, Touched};
use crate::graph::clusters::{Pairs, clustered};
use crate::graph::forms::is_of_duplicate;
use crate::graph::judged::verdicts;
use crate::graph::layered::Layered;
use crate::graph::{Entity, EntityIndex, RecordIndex, Snapshot};
use crate::model::{EntityId, EntityType, RecordId};
use crate::resolve::Engine;

/// The entities, and for each record its entity.
pub(super) type Entities = (Layered<EntityIndex, Entity>, Layered<RecordIndex, EntityIndex>);

/// # Errors
/// When the snapshot must be built anew.
pub(super) fn of(
    before: &Snapshot,
    lists: &Lists,
    engine: &Engine,
    touched: &mut Touched,
) -> Result<Entities, Anew> {
    let (connected, old) = connected(before, lists, touched);
    let made = clusters(before, lists, engine, &connected);
    let ids: BTreeSet<EntityId> = made.iter().map(|entity| entity.id).collect();
    let mut entities = before.entities.edit();
    let mut entity_of = before.entity_of.edit();
    touched.gone.iter().for_each(|record| entity_of.remove(*record));
    for at in old.into_iter().filter(|at| !ids.contains(&before.entities[*at].id)) {
        entities.remove(at);
        touched.entities.insert(at);
    }
    let mut made = made;
    made.retain(|entity| {
        let held = before.entities.find_by_key(&entity.id, |it| it.id);
        held.is_none_or(|at| before.entities[at] != *entity)
    });
    made.sort_unstable_by_key(|entity| entity.id);
    let members: Vec<_> = made.iter().map(|entity| Arc::clone(&entity.records)).collect();
    for (at, records) in entities.put(made, |it| it.id)?.into_iter().zip(members) {
        touched.entities.insert(at);
        for record in records.iter() {
            if before.entity_of.get(*record) != Some(&at) {
                entity_of.put_at(*record, at);
                touched.moved.insert(*record);
            }
        }
    }
    Ok((entities.done(), entity_of.done()))
}

/// The records that are connected with what changed, by links or judgements, and the entities that they and the
/// records that are gone belonged to.
fn connected(
    before: &Snapshot,
    lists: &Lists,
    touched: &Touched,
) -> (BTreeSet<RecordIndex>, BTreeSet<EntityIndex>) {
    let mut found: BTreeSet<RecordIndex> = BTreeSet::new();
    let mut old: BTreeSet<EntityIndex> = BTreeSet::new();
    let changed = touched.fresh.iter().chain(&touched.joints).chain(&touched.gone);
    let mut to_visit: Vec<RecordIndex> = changed.copied().collect();
    let at = |id: &RecordId| lists.records.find_by_key(id, |record| record.id);
    while let Some(record) = to_visit.pop() {
        if let Some(entity) = before.entity_of.get(record)
            && old.insert(*entity)
        {
            to_visit.extend(before.entities[*entity].records.iter());
        }
        let Some(held) = lists.records.get(record).filter(|_| found.insert(record)) else {
            continue;
        };
        let links = lists.naming.links.at(record).iter().map(|at| &lists.links[*at]);
        let linked = links.flat_map(|link| [link.a, link.b]);
        let judged = lists.naming.judgements.at(record).iter().map(|at| &lists.judgements[*at]);
        let others = linked.chain(judged.flat_map(|judgement| [judgement.a, judgement.b]));
        let others = others.filter(|id| *id != held.id).filter_map(|id| at(&id));
        to_visit.extend(others.filter(|other| !found.contains(other)));
    }
    (found, old)
}

/// Clusters these records, which nothing connects with others.
fn clusters(
    before: &Snapshot,
    lists: &Lists,
    engine: &Engine,
    connected: &BTreeSet<RecordIndex>,
) -> Vec<Entity> {
    let records: Vec<RecordIndex> = connected.iter().copied().collect();
    let types: Vec<EntityType> =
        records.iter().map(|at| lists.records[*at].entity_type()).collect();
    let number = |id: RecordId| {
        let at = lists.records.find_by_key(&id, |record| record.id)?;
        records.binary_search(&at).ok().map(|number| number as u32)
    };
    let links: BTreeSet<_> =
        records.iter().flat_map(|at| lists.naming.links.at(*at)).copied().collect();
    let scored = links.into_iter().filter_map(|at| {
        let link = &lists.links[at];
        let scored = (number(link.a)?, number(link.b)?, link.bits);
        let ends = (lists.stored(link.a)?, lists.stored(link.b)?);
        Some((is_of_duplicate(&lists.forms, |at| lists.is_apart(at), ends), scored))
    });
    let (duplicates, links): (Vec<_>, Vec<_>) =
        scored.partition(|(is_of_duplicate, _)| *is_of_duplicate);
    let pairs_of = |scored: Vec<(bool, _)>| scored.into_iter().map(|(_, pair)| pair).collect();
    let judged: BTreeSet<_> =
        records.iter().flat_map(|at| lists.naming.judgements.at(*at)).copied().collect();
    let verdicts = verdicts(judged.into_iter().map(|at| &lists.judgements[at]));
    let pairs = Pairs::of((pairs_of(links), pairs_of(duplicates)), verdicts, number);
    let mut members: BTreeMap<u32, Vec<RecordIndex>> = BTreeMap::new();
    for (record, label) in records.iter().zip(clustered(engine, &types, &pairs)) {
        members.entry(label).or_default().push(*record);
    }
    let entity = |members: Vec<RecordIndex>| {
        let first = &lists.records[members[0]];
        let entity_type = first.entity_type();
        let id = before.id_key.entity(entity_type, first.id);
        Entity { id, entity_type, records: members.into() }
    };
    members.into_values().map(entity).collect()
}
