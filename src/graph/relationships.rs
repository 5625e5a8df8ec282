//! Relationships between entities, derived from ties and events.

use std::sync::Arc;

use rayon::prelude::*;

use super::evidence::{Coded, Statement};
use super::rows::Rows;
use super::{
    Entity, EntityIndex, EventIndex, Indexed, Position, RecordIndex, Relationship,
    RelationshipIndex, RelationshipKind, Snapshot, TieIndex,
};
use crate::model::{Event, EventKind, Participant, Record, RecordId, Role, Span, Tie};

/// An event with more participants than this shows no relationships between them: it is a crowd, and their number would
/// grow with its square.
const EVENT_PARTICIPANTS_MAX: usize = 12;

/// The key of a relationship, by which a snapshot's relationships are sorted: source, target and kind.
pub(super) type RelationshipKey = (EntityIndex, EntityIndex, RelationshipKind);

/// A relationship and one statement that shows it.
type Shown = (RelationshipKey, Statement);

/// The ties and events of a snapshot, by their positions.
pub(super) trait Statements {
    /// The tie at a position.
    fn tie(&self, index: TieIndex) -> &Tie;
    /// The event at a position.
    fn event(&self, index: EventIndex) -> &Event;
}

/// Lists that are not part of a snapshot yet.
type Dense<'a> = (&'a Indexed<TieIndex, Arc<Tie>>, &'a Indexed<EventIndex, Arc<Event>>);

impl Statements for Dense<'_> {
    fn tie(&self, index: TieIndex) -> &Tie {
        &self.0[index]
    }

    fn event(&self, index: EventIndex) -> &Event {
        &self.1[index]
    }
}

/// Derives the relationships between entities, and the evidence of each, from ties and events. `entity` returns the
/// entity of a record; positions of entities must ascend by id.
pub(super) fn relationships(
    entity: impl Fn(RecordId) -> Option<EntityIndex>,
    (ties, events): Dense<'_>,
) -> (Indexed<RelationshipIndex, Relationship>, Rows<RelationshipIndex, Coded>) {
    let mut shown: Vec<Shown> = Vec::with_capacity(ties.len());
    for (index, tie) in ties.enumerated() {
        let key = key_of_tie(tie, &entity);
        shown.extend(key.map(|key| (key, Statement::Tie(index))));
    }
    for (index, event) in events.enumerated() {
        let keys = keys_of_event(event, &entity).into_iter();
        shown.extend(keys.map(|key| (key, Statement::Event(index))));
    }
    shown.par_sort_unstable();
    shown.dedup();
    let of_one = || shown.chunk_by(|(one, _), (other, _)| one == other);
    let made = of_one().map(|one| {
        let statements = one.iter().map(|(_, statement)| *statement);
        relationship(one[0].0, statements, &(ties, events))
    });
    let relationships: Indexed<RelationshipIndex, Relationship> = made.collect();
    let relationships = relationships.spread();
    let rows = of_one().map(|one| one.iter().map(|(_, statement)| Coded::from(*statement)));
    let evidence = Rows::in_order(relationships.scale(), rows);
    (relationships, evidence)
}

/// The relationship that a tie shows, if its ends are two entities.
pub(super) fn key_of_tie(
    tie: &Tie,
    entity: impl Fn(RecordId) -> Option<EntityIndex>,
) -> Option<RelationshipKey> {
    let (source, target) = entity(tie.from).zip(entity(tie.to))?;
    (source != target).then_some((source, target, RelationshipKind::Tie(tie.kind)))
}

/// The relationships that an event shows; one may come more than once.
pub(super) fn keys_of_event(
    event: &Event,
    entity: impl Fn(RecordId) -> Option<EntityIndex>,
) -> Vec<RelationshipKey> {
    let key = |(from, to, kind)| {
        let (source, target) = entity(from).zip(entity(to))?;
        (source != target).then_some(ordered(source, target, kind))
    };
    shown_by(event).into_iter().filter_map(key).collect()
}

/// Makes one relationship from all statements that show it.
pub(super) fn relationship(
    (source, target, kind): RelationshipKey,
    shown: impl Iterator<Item = Statement>,
    of: &impl Statements,
) -> Relationship {
    let mut span = Span::default();
    let (mut by_tie, mut by_event) = (0, 0);
    for statement in shown {
        match statement {
            Statement::Tie(_) => by_tie += 1,
            Statement::Event(_) => by_event += 1,
        }
        statement.widen(&mut span, of);
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
    pub(super) fn widen(self, span: &mut Span, of: &impl Statements) {
        match self {
            Self::Tie(index) => widen(span, of.tie(index).span),
            Self::Event(index) => {
                let event = of.event(index);
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
    records: &Indexed<RecordIndex, Arc<Record>>,
) -> Indexed<RecordIndex, EntityIndex> {
    let mut entity_of = Indexed::filled(EntityIndex::new(0), records);
    for (index, entity) in entities.enumerated() {
        entity.records.iter().for_each(|record| entity_of[*record] = index);
    }
    entity_of
}

/// A neighbour of an entity, and the relationship between the two.
pub(super) type Incident = (EntityIndex, RelationshipIndex);

/// The neighbours of each entity, over both directions of every relationship, ascending.
pub(super) fn adjacency(
    entities: &Indexed<EntityIndex, Entity>,
    relationships: &Indexed<RelationshipIndex, Relationship>,
) -> Rows<EntityIndex, Incident> {
    let mut entries = Vec::with_capacity(relationships.len() * 2);
    for (index, relationship) in relationships.enumerated() {
        let Relationship { source, target, .. } = *relationship;
        entries.extend([(source, (target, index)), (target, (source, index))]);
    }
    Rows::of(entities, entries)
}

impl Statements for Snapshot {
    fn tie(&self, index: TieIndex) -> &Tie {
        &self.ties[index]
    }

    fn event(&self, index: EventIndex) -> &Event {
        &self.events[index]
    }
}
