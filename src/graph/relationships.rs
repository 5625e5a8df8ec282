//! Relationships between entities, derived from ties and events.

use std::sync::Arc;

use rayon::prelude::*;

use super::evidence::{Evidence, Statement};
use super::{
    Entity, EntityIndex, Indexed, Listed, Position, RecordIndex, Relationship, RelationshipIndex,
    RelationshipKind,
};
use crate::model::{Event, EventKind, Participant, RecordId, Role, Span, Tie};

/// An event with more participants than this shows no relationships between them: it is a crowd, and their number would
/// grow with its square.
const EVENT_PARTICIPANTS_MAX: usize = 12;

/// A relationship as (source, target, kind), and one statement that shows it.
type Shown = ((EntityIndex, EntityIndex, RelationshipKind), Statement);

/// A list of objects as a snapshot holds it.
type List<T> = Indexed<<T as Listed>::Index, Arc<T>>;

/// Derives the relationships between entities, and the evidence of each, from ties and events. `entity` returns the
/// entity of a record; positions of entities must ascend by id.
pub(super) fn relationships(
    entity: impl Fn(RecordId) -> Option<EntityIndex>,
    ties: &List<Tie>,
    events: &List<Event>,
) -> (Indexed<RelationshipIndex, Relationship>, Evidence) {
    let mut shown: Vec<Shown> = Vec::with_capacity(ties.len());
    for (index, tie) in ties.enumerated() {
        let Some((source, target)) = entity(tie.from).zip(entity(tie.to)) else { continue };
        if source != target {
            let kind = RelationshipKind::Tie(tie.kind);
            shown.push(((source, target, kind), Statement::Tie(index)));
        }
    }
    for (index, event) in events.enumerated() {
        for (from, to, kind) in shown_by(event) {
            let Some((source, target)) = entity(from).zip(entity(to)) else { continue };
            if source != target {
                shown.push((ordered(source, target, kind), Statement::Event(index)));
            }
        }
    }
    shown.par_sort_unstable();
    shown.dedup();
    let of_one = || shown.chunk_by(|(one, _), (other, _)| one == other);
    let statements = of_one().map(|shown| shown.iter().map(|(_, statement)| *statement));
    let evidence = Evidence::of(ties.len(), statements);
    (of_one().map(|shown| relationship(shown, ties, events)).collect(), evidence)
}

/// Makes one relationship from all statements that show it.
fn relationship(shown: &[Shown], ties: &List<Tie>, events: &List<Event>) -> Relationship {
    let (source, target, kind) = shown[0].0;
    let mut span = Span::default();
    let (mut by_tie, mut by_event) = (0, 0);
    for (_, statement) in shown {
        match statement {
            Statement::Tie(_) => by_tie += 1,
            Statement::Event(_) => by_event += 1,
        }
        statement.widen(&mut span, ties, events);
    }
    Relationship::new((source, target), kind, (by_tie, by_event), span)
}

/// Orders the ends of a relationship: "same event" has no direction, so it goes out from the smaller position.
fn ordered(
    source: EntityIndex,
    target: EntityIndex,
    kind: RelationshipKind,
) -> (EntityIndex, EntityIndex, RelationshipKind) {
    match kind {
        RelationshipKind::SameEvent if source > target => (target, source, kind),
        _ => (source, target, kind),
    }
}

/// Lists the relationships that one event shows between its participants: one for each pair.
fn shown_by(event: &Event) -> Vec<(RecordId, RecordId, RelationshipKind)> {
    let parts = &event.participants;
    if parts.len() > EVENT_PARTICIPANTS_MAX {
        return Vec::new();
    }
    let mut shown = Vec::new();
    for (index, one) in parts.iter().enumerate() {
        for other in &parts[index + 1..] {
            let directed = direction(event.kind, one, other)
                .map(|kind| (one.record, other.record, kind))
                .or_else(|| {
                    direction(event.kind, other, one).map(|kind| (other.record, one.record, kind))
                });
            shown.push(directed.unwrap_or((one.record, other.record, RelationshipKind::SameEvent)));
        }
    }
    shown
}

fn direction(kind: EventKind, from: &Participant, to: &Participant) -> Option<RelationshipKind> {
    match (kind, from.role, to.role) {
        (EventKind::Call, Role::Caller, Role::Callee) => Some(RelationshipKind::Called),
        (EventKind::Message, Role::Caller, Role::Callee) => Some(RelationshipKind::Messaged),
        (EventKind::Payment, Role::Payer, Role::Payee) => Some(RelationshipKind::Paid),
        (EventKind::Booking, Role::Guest, Role::Host | Role::Location) => {
            Some(RelationshipKind::BookedAt)
        }
        _ => None,
    }
}

impl Statement {
    /// Widens a span to hold the time of this statement.
    pub(super) fn widen(self, span: &mut Span, ties: &List<Tie>, events: &List<Event>) {
        match self {
            Self::Tie(index) => widen(span, ties[index].span),
            Self::Event(index) => {
                let event = &events[index];
                let to = event.until.or(Some(event.at));
                widen(span, Span { from: Some(event.at), to });
            }
        }
    }
}

/// Widens a span to hold another; an absent end of the other changes nothing.
fn widen(span: &mut Span, other: Span) {
    span.from = match (span.from, other.from) {
        (Some(one), Some(two)) => Some(one.min(two)),
        (one, two) => one.or(two),
    };
    span.to = span.to.max(other.to);
}

/// Returns for each record its entity.
pub(super) fn entities_of(
    entities: &Indexed<EntityIndex, Entity>,
    records: usize,
) -> Indexed<RecordIndex, EntityIndex> {
    let mut entity_of = Indexed::filled(EntityIndex::new(0), records);
    for (index, entity) in entities.enumerated() {
        entity.records.iter().for_each(|record| entity_of[*record] = index);
    }
    entity_of
}

/// A neighbour of an entity, and the relationship between the two.
pub(super) type Incident = (EntityIndex, RelationshipIndex);

/// Compressed sparse rows over both directions of every relationship, ascending per entity.
#[derive(Debug)]
pub(super) struct Adjacency {
    /// Entity `e` has `incident[offsets[e]..offsets[e + 1]]`.
    offsets: Box<[u32]>,
    incident: Box<[Incident]>,
}

impl Adjacency {
    /// Builds the rows for so many entities from their relationships.
    pub fn of(entities: usize, relationships: &Indexed<RelationshipIndex, Relationship>) -> Self {
        let mut entries = Vec::with_capacity(relationships.len() * 2);
        for (index, relationship) in relationships.enumerated() {
            entries.push((relationship.source, relationship.target, index));
            entries.push((relationship.target, relationship.source, index));
        }
        entries.par_sort_unstable();
        let mut offsets = vec![0u32; entities + 1];
        entries.iter().for_each(|(entity, ..)| offsets[entity.raw() as usize + 1] += 1);
        for entity in 0..entities {
            offsets[entity + 1] += offsets[entity];
        }
        let incident = entries.into_iter().map(|(_, neighbour, index)| (neighbour, index));
        Self { offsets: offsets.into(), incident: incident.collect() }
    }

    /// The incident entries of an entity: (neighbour, relationship), ascending.
    pub fn at(&self, entity: EntityIndex) -> &[Incident] {
        let at = entity.raw() as usize;
        &self.incident[self.offsets[at] as usize..self.offsets[at + 1] as usize]
    }

    /// Bytes that the rows take.
    pub fn bytes(&self) -> usize {
        size_of_val(&*self.offsets) + size_of_val(&*self.incident)
    }
}
