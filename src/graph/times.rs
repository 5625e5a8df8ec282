//! Times of events, ties and relationships, as far as a snapshot shows them: masked ones have none, since a victim is
//! found by the times of a stay or a call as well as by its place.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::{EventIndex, IndexSet, RelationshipIndex, Snapshot, Statement, TieIndex};
use crate::model::{Event, Span, Tie, Timestamp};

/// The placeholder for the time of a masked event. It is never shown: [`Snapshot::time_of`] returns `None` for it.
const HIDDEN_TIME: Timestamp = Timestamp::UNIX_EPOCH;

/// The time spans of a masked snapshot's relationships, where they differ from the spans stored with them.
#[derive(Debug, Clone, Default)]
pub struct Spans {
    /// Relationships shown only by ties and events that are masked or have no time.
    unknown: IndexSet<RelationshipIndex>,
    /// The spans of relationships that masked and unmasked ties and events show, computed from the unmasked ones.
    narrowed: Arc<BTreeMap<RelationshipIndex, Span>>,
}

impl Spans {
    /// Sets the span of a relationship; `None` if it is the one that is stored with it.
    fn set(&mut self, relationship: RelationshipIndex, span: Option<Span>) {
        if span == Some(Span::default()) {
            self.unknown.insert(relationship);
        } else if self.unknown.contains(relationship) {
            self.unknown.remove(relationship);
        }
        match span.filter(|span| *span != Span::default()) {
            Some(span) => drop(Arc::make_mut(&mut self.narrowed).insert(relationship, span)),
            None if self.narrowed.contains_key(&relationship) => {
                Arc::make_mut(&mut self.narrowed).remove(&relationship);
            }
            None => {}
        }
    }

    /// Approximate bytes that the spans take.
    pub fn bytes(&self) -> usize {
        self.unknown.bytes() + self.narrowed.len() * size_of::<(RelationshipIndex, Span)>()
    }
}

/// Returns a masked copy of an event: without time, place, text, amount and row id.
pub(super) fn without_content(event: &Event) -> Event {
    let (place, text, amount, local_id) = (None, None, None, String::new());
    Event { place, text, amount, local_id, ..untimed(event) }
}

/// Returns a copy of an event without its time.
pub(super) fn untimed(event: &Event) -> Event {
    Event { at: HIDDEN_TIME, until: None, ..event.clone() }
}

/// Tells if the time of an event has been left out.
pub(super) fn is_untimed(event: &Event) -> bool {
    event.at == HIDDEN_TIME && event.until.is_none()
}

/// Returns a copy of a tie without its time span.
pub(super) fn undated(tie: &Tie) -> Tie {
    Tie { span: Span::default(), ..tie.clone() }
}

impl Snapshot {
    /// The time at which an event began, and at which it ended if that is known; `None` for a masked event.
    pub fn time_of(&self, event: EventIndex) -> Option<(Timestamp, Option<Timestamp>)> {
        let event = &self.events[event];
        let is_hidden = self.left_out.original.is_some() && self.is_hidden_event(event);
        (!is_hidden).then_some((event.at, event.until))
    }

    /// The span of a relationship: from the first to the last known time of the ties and events that are not masked.
    pub fn span_of(&self, relationship: RelationshipIndex) -> Span {
        let Spans { unknown, narrowed } = &*self.left_out.spans;
        match narrowed.get(&relationship) {
            Some(span) => *span,
            None if unknown.contains(relationship) => Span::default(),
            None => self.relationships[relationship].span,
        }
    }

    /// Computes the spans of the relationships that a masked tie or event shows, from the unmasked ones alone.
    pub(super) fn spans_of_what_is_left(&self) -> Spans {
        let mut spans = Spans::default();
        if self.left_out.original.is_none() {
            return spans;
        }
        let ties = self.ties.enumerated().filter(|(_, tie)| self.is_hidden_tie(tie));
        let ties: IndexSet<TieIndex> = ties.map(|(index, _)| index).collect();
        let events = self.events.enumerated().filter(|(_, event)| self.is_hidden_event(event));
        let events: IndexSet<EventIndex> = events.map(|(index, _)| index).collect();
        let is_hidden = |statement: &Statement| match statement {
            Statement::Tie(index) => ties.contains(*index),
            Statement::Event(index) => events.contains(*index),
        };
        for relationship in self.relationships.indexes() {
            spans.set(relationship, self.narrowed(relationship, is_hidden));
        }
        spans
    }

    /// Computes the spans of a changed snapshot, in which some relationships may have others than before, or be gone.
    pub(super) fn spans_after(
        &self,
        before: &Spans,
        relationships: impl Iterator<Item = RelationshipIndex>,
    ) -> Spans {
        let mut spans = before.clone();
        for relationship in relationships {
            let is_there = self.relationships.get(relationship).is_some();
            let is_hidden = |statement: &Statement| self.is_masked_statement(*statement);
            let narrowed = is_there.then(|| self.narrowed(relationship, is_hidden)).flatten();
            spans.set(relationship, narrowed);
        }
        spans
    }

    /// The span of a relationship without its hidden statements; `None` if it has no hidden ones.
    fn narrowed(
        &self,
        relationship: RelationshipIndex,
        is_hidden: impl Fn(&Statement) -> bool,
    ) -> Option<Span> {
        if !self.statements_of(relationship).any(|it| is_hidden(&it)) {
            return None;
        }
        let mut span = Span::default();
        for statement in self.statements_of(relationship).filter(|it| !is_hidden(it)) {
            statement.widen(&mut span, self);
        }
        Some(span)
    }

    /// Tells if the content of a statement is hidden: its row is about a victim whom the caller may not see unmasked,
    /// or a masked entity has a part in it.
    pub fn is_masked_statement(&self, statement: Statement) -> bool {
        self.left_out.original.is_some()
            && match statement {
                Statement::Tie(index) => self.is_hidden_tie(&self.ties[index]),
                Statement::Event(index) => self.is_hidden_event(&self.events[index]),
            }
    }

    /// The time span of a statement as far as it is shown; empty for a masked statement.
    pub fn time_shown(&self, statement: Statement) -> Span {
        match statement {
            Statement::Tie(index) => self.ties[index].span,
            Statement::Event(index) => match self.time_of(index) {
                Some((at, until)) => Span { from: Some(at), to: until },
                None => Span::default(),
            },
        }
    }
}
