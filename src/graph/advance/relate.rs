//! The relationships of a changed snapshot: those that changed statements show, or statements whose records belong to
//! other entities now, are derived again.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::{Anew, Touched};
use crate::graph::evidence::{Coded, Statement};
use crate::graph::relationships::{RelationshipKey, key_of_tie, keys_of_event, relationship};
use crate::graph::{Relationship, Snapshot};

/// Brings the relationships of `next` up to date, which are those of `before` yet.
///
/// # Errors
/// When the snapshot must be built anew.
pub(super) fn relate(
    before: &Snapshot,
    next: &mut Snapshot,
    touched: &mut Touched,
) -> Result<(), Anew> {
    let changed = std::mem::take(&mut touched.statements);
    let mut statements = changed.clone();
    for record in touched.moved.iter().chain(&touched.gone) {
        statements.extend(before.naming.statements.at(*record));
        statements.extend(next.naming.statements.at(*record));
    }
    let mut turns: BTreeMap<RelationshipKey, Turn> = BTreeMap::new();
    for coded in &statements {
        let (was, is) = (before.keys_shown(*coded), next.keys_shown(*coded));
        let is_changed = changed.contains(coded);
        for key in was.iter().filter(|key| is_changed || !is.contains(key)) {
            turns.entry(*key).or_default().lost.insert(*coded);
        }
        for key in is.iter().filter(|key| is_changed || !was.contains(key)) {
            turns.entry(*key).or_default().gained.insert(*coded);
        }
    }
    touched.statements = statements;
    let mut relationships = before.relationships.edit();
    let mut evidence = before.evidence.edit();
    let mut adjacency = before.adjacency.edit();
    let mut shown_now: Vec<(Relationship, Vec<Coded>)> = Vec::new();
    for (key, Turn { lost, gained }) in turns {
        let held = before.relationships.find_by_key(&key, key_of);
        let mut shown: BTreeSet<Coded> =
            held.map_or(&[][..], |at| before.evidence.at(at)).iter().copied().collect();
        shown.retain(|coded| !lost.contains(coded));
        shown.extend(gained);
        if !shown.is_empty() {
            let statements = shown.iter().map(|coded| Statement::from(*coded));
            let is = relationship(key, statements, next);
            shown_now.push((is, shown.into_iter().collect()));
        } else if let Some(at) = held {
            let (source, target, _) = key;
            relationships.remove(at);
            evidence.set(at, Vec::new());
            adjacency.take(source, (target, at));
            adjacency.take(target, (source, at));
            touched.relationships.insert(at);
        }
    }
    let made = shown_now.iter().map(|(relationship, _)| *relationship).collect();
    for (at, (is, shown)) in relationships.put(made, key_of)?.into_iter().zip(shown_now) {
        evidence.set(at, shown);
        adjacency.add(is.source, (is.target, at));
        adjacency.add(is.target, (is.source, at));
        touched.relationships.insert(at);
    }
    let (relationships, evidence) = (relationships.done(), evidence.done());
    let adjacency = adjacency.done();
    (next.relationships, next.evidence, next.adjacency) = (relationships, evidence, adjacency);
    Ok(())
}

/// The statements that show a relationship no more, and those that show it anew.
#[derive(Default)]
struct Turn {
    lost: BTreeSet<Coded>,
    gained: BTreeSet<Coded>,
}

pub(super) fn key_of(it: &Relationship) -> RelationshipKey {
    (it.source, it.target, it.kind)
}

impl Snapshot {
    /// The relationships that a statement shows, none where there is no such statement.
    pub(super) fn keys_shown(&self, coded: Coded) -> Vec<RelationshipKey> {
        let entity = |id| self.stored(id).map(|record| self.entity_of[record]);
        match Statement::from(coded) {
            Statement::Tie(at) => {
                let tie = self.ties.get(at).map(Arc::as_ref);
                tie.and_then(|tie| key_of_tie(tie, entity)).into_iter().collect()
            }
            Statement::Event(at) => {
                let event = self.events.get(at).map(Arc::as_ref);
                event.map(|event| keys_of_event(event, entity)).unwrap_or_default()
            }
        }
    }
}
