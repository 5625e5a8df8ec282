//! The entities of a changed snapshot: what is connected with a change is clustered anew, the rest stays.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use hashbrown::HashMap;

use super::lists::Lists;
use super::{Anew, Touched};
use crate::graph::clusters::{Pairs, clustered};
use crate::graph::judged::verdicts;
use crate::graph::layered::Layered;
use crate::graph::{Entity, EntityIndex, RecordIndex, Snapshot};
use crate::model::{EntityId, EntityType, FormId, RecordId};
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
    let (made, old) = clusters(engine, Connected::with(before, lists, touched))?;
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

/// The nodes that links or judgements connect with the changed records.
struct Connected<'a> {
    before: &'a Snapshot,
    lists: &'a Lists,
    /// The record that names the node of each form met.
    firsts: HashMap<FormId, Option<RecordIndex>>,
    /// Nodes, each by the record that it is named by.
    nodes: BTreeSet<RecordIndex>,
    /// The entities that they and the records that are gone belonged to.
    old: BTreeSet<EntityIndex>,
    to_visit: Vec<RecordIndex>,
}

impl<'a> Connected<'a> {
    fn with(before: &'a Snapshot, lists: &'a Lists, touched: &Touched) -> Self {
        let mut found = Self {
            before,
            lists,
            firsts: HashMap::new(),
            nodes: BTreeSet::new(),
            old: BTreeSet::new(),
            to_visit: Vec::new(),
        };
        for record in touched.fresh.iter().chain(&touched.joints).chain(&touched.gone) {
            found.follow(*record);
        }
        while let Some(node) = found.to_visit.pop() {
            found.visit(node);
        }
        found
    }

    /// Goes on to the node of a record, and to those of the entity that the record belonged to.
    fn follow(&mut self, record: RecordIndex) {
        self.go_to(record);
        let before = self.before;
        if let Some(entity) = before.entity_of.get(record)
            && self.old.insert(*entity)
        {
            before.entities[*entity].records.iter().for_each(|other| self.go_to(*other));
        }
    }

    fn go_to(&mut self, record: RecordIndex) {
        let lists = self.lists;
        let Some(form) = lists.forms.of.get(record) else { return };
        let node = match lists.is_apart(record) {
            true => Some(record),
            false => *self
                .firsts
                .entry(*form)
                .or_insert_with(|| lists.forms.first(*form, |at| lists.is_apart(at))),
        };
        self.to_visit.extend(node.filter(|node| !self.nodes.contains(node)));
    }

    fn visit(&mut self, node: RecordIndex) {
        if !self.nodes.insert(node) {
            return;
        }
        self.follow(node);
        let lists = self.lists;
        let links = lists.naming.links.at(node).iter().map(|at| &lists.links[*at]);
        let linked = links.flat_map(|link| [link.a, link.b]);
        let judged = lists.naming.judgements.at(node).iter().map(|at| &lists.judgements[*at]);
        let others = linked.chain(judged.flat_map(|judgement| [judgement.a, judgement.b]));
        let own = lists.records[node].id;
        for other in others.filter(|id| *id != own).filter_map(|id| lists.stored(id)) {
            self.go_to(other);
        }
    }
}

/// Clusters these nodes, which nothing connects with others, and adds to each what says the same. Returns the entities
/// that are made, and adds those that they take records from to the old ones.
///
/// # Errors
/// When the snapshot must be built anew.
fn clusters(
    engine: &Engine,
    connected: Connected<'_>,
) -> Result<(Vec<Entity>, BTreeSet<EntityIndex>), Anew> {
    let Connected { before, lists, nodes, mut old, .. } = connected;
    let mut made = Vec::new();
    let mut add = |members: Vec<RecordIndex>| {
        let first = &lists.records[members[0]];
        let entity_type = first.entity_type();
        let id = before.id_key.entity(entity_type, first.id);
        made.push(Entity { id, entity_type, records: members.into() });
    };
    for mut members in clustered_nodes(lists, engine, &nodes) {
        let is_joined = members.len() > 1;
        for node in members.clone() {
            let duplicates = lists.duplicates(node);
            let Some(first) = duplicates.first() else { continue };
            let bits = lists.naming.links.at(*first).first().map(|at| lists.links[*at].bits);
            let entity_type = lists.records[node].entity_type();
            let follow = bits.is_some_and(|bits| is_joined || engine.joins(entity_type, bits));
            for duplicate in &duplicates {
                let was = before.entity_of.get(*duplicate).copied();
                let was_alone = was.is_some_and(|at| before.entities[at].records.len() == 1);
                if was.is_some_and(|at| !old.contains(&at)) {
                    if !follow && was_alone {
                        continue;
                    }
                    // Whom else an entity loses was found by what changed.
                    if !was_alone {
                        return Err(Anew);
                    }
                }
                old.extend(was);
                if !follow {
                    add(vec![*duplicate]);
                }
            }
            if follow {
                members.extend(duplicates);
            }
        }
        members.sort_unstable();
        add(members);
    }
    Ok((made, old))
}

/// The clusters of nodes, each ascending.
fn clustered_nodes(
    lists: &Lists,
    engine: &Engine,
    nodes: &BTreeSet<RecordIndex>,
) -> Vec<Vec<RecordIndex>> {
    let nodes: Vec<RecordIndex> = nodes.iter().copied().collect();
    let types: Vec<EntityType> = nodes.iter().map(|at| lists.records[*at].entity_type()).collect();
    let number = |id: RecordId| {
        let at = lists.stored(id)?;
        nodes.binary_search(&at).ok().map(|number| number as u32)
    };
    let links: BTreeSet<_> =
        nodes.iter().flat_map(|at| lists.naming.links.at(*at)).copied().collect();
    let scored = links.into_iter().filter_map(|at| {
        let link = &lists.links[at];
        Some((number(link.a)?, number(link.b)?, link.bits))
    });
    let judged: BTreeSet<_> =
        nodes.iter().flat_map(|at| lists.naming.judgements.at(*at)).copied().collect();
    let verdicts = verdicts(judged.into_iter().map(|at| &lists.judgements[at]));
    let pairs = Pairs::of((scored.collect(), Vec::new()), verdicts, number);
    let mut clusters: BTreeMap<u32, Vec<RecordIndex>> = BTreeMap::new();
    for (node, label) in nodes.iter().zip(clustered(engine, &types, &pairs)) {
        clusters.entry(label).or_default().push(*node);
    }
    clusters.into_values().collect()
}
