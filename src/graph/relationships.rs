//! Relationships between entities, brought together from ties and events.

use std::sync::Arc;

use super::{Relationship, RelationshipKind};
use crate::model::{Event, EventKind, Participant, RecordId, Role, Span, Tie};

/// An event with more participants than this makes no "same event" relationships between them: it
/// is a crowd, and their number would grow with its square.
const EVENT_PARTICIPANTS_MAX: usize = 12;

/// A tie or an event that shows a relationship, by its index; ties come first.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Shows {
    Tie(u32),
    Event(u32),
}

/// What is shown: from whom, to whom, of which kind; and by what.
type Shown = ((u32, u32, RelationshipKind), Shows);

/// The relationships between entities, which are numbered in order of their ids; `entity` tells whose a
/// record is.
pub(super) fn relationships(
    entity: impl Fn(RecordId) -> Option<u32>,
    ties: &[Arc<Tie>],
    events: &[Arc<Event>],
) -> Vec<Relationship> {
    let mut shown: Vec<Shown> = Vec::with_capacity(ties.len());
    for (index, tie) in (0u32..).zip(ties) {
        let Some((source, target)) = entity(tie.from).zip(entity(tie.to)) else { continue };
        if source != target {
            let kind = RelationshipKind::Tie(tie.kind);
            shown.push(((source, target, kind), Shows::Tie(index)));
        }
    }
    for (index, event) in (0u32..).zip(events) {
        for (from, to, kind) in shown_by(event) {
            let Some((source, target)) = entity(from).zip(entity(to)) else { continue };
            if source != target {
                shown.push((ordered(source, target, kind), Shows::Event(index)));
            }
        }
    }
    shown.sort_unstable();
    shown.dedup();
    let of_one = shown.chunk_by(|(one, _), (other, _)| one == other);
    of_one.map(|shown| relationship(shown, ties, events)).collect()
}

/// One relationship, of all that shows it.
fn relationship(shown: &[Shown], ties: &[Arc<Tie>], events: &[Arc<Event>]) -> Relationship {
    let (source, target, kind) = shown[0].0;
    let mut span = Span::default();
    let (mut by_tie, mut by_event) = (0, 0);
    for (_, shows) in shown {
        match *shows {
            Shows::Tie(index) => {
                by_tie += 1;
                widen(&mut span, ties[index as usize].span);
            }
            Shows::Event(index) => {
                by_event += 1;
                let event = &events[index as usize];
                let to = event.until.or(Some(event.at));
                widen(&mut span, Span { from: Some(event.at), to });
            }
        }
    }
    Relationship { source, target, kind, ties: by_tie, events: by_event, span }
}

/// "Same event" has no direction: it goes out from the smaller id.
fn ordered(source: u32, target: u32, kind: RelationshipKind) -> (u32, u32, RelationshipKind) {
    match kind {
        RelationshipKind::SameEvent if source > target => (target, source, kind),
        _ => (source, target, kind),
    }
}

/// The relationships that one event shows between its participants.
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

/// Widens a span to hold another; an absent end of the other says nothing.
fn widen(span: &mut Span, other: Span) {
    span.from = match (span.from, other.from) {
        (Some(one), Some(two)) => Some(one.min(two)),
        (one, two) => one.or(two),
    };
    span.to = span.to.max(other.to);
}

/// Compressed sparse rows over both directions of every relationship: offsets per entity, and
/// (neighbour, relationship) entries, ascending per entity.
pub(super) fn adjacency(
    entities: usize,
    relationships: &[Relationship],
) -> (Vec<u32>, Vec<(u32, u32)>) {
    let mut entries: Vec<(u32, u32, u32)> = Vec::with_capacity(relationships.len() * 2);
    for (index, relationship) in relationships.iter().enumerate() {
        entries.push((relationship.source, relationship.target, index as u32));
        entries.push((relationship.target, relationship.source, index as u32));
    }
    entries.sort_unstable();
    let mut offsets = vec![0u32; entities + 1];
    entries.iter().for_each(|(entity, ..)| offsets[*entity as usize + 1] += 1);
    for entity in 0..entities {
        offsets[entity + 1] += offsets[entity];
    }
    (offsets, entries.into_iter().map(|(_, neighbour, index)| (neighbour, index)).collect())
}
