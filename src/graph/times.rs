//! When things happened, as far as a snapshot tells: of what is masked, never. By the times of a stay or a call a victim
//! is found as well as by its place.

use std::collections::BTreeMap;

use super::{EventIndex, IndexSet, RelationshipIndex, Snapshot, Statement, TieIndex};
use crate::model::{Event, Span, Tie, Timestamp};

/// What stands in a masked event in place of its time. It is never shown: [`Snapshot::time_of`] knows none.
const HIDDEN_TIME: Timestamp = Timestamp::UNIX_EPOCH;

/// The spans of a masked snapshot's relationships, where they differ from those that are stored with them.
#[derive(Debug, Clone, Default)]
pub(super) struct Spans {
    /// Relationships of which everything that shows them is masked, or has no time.
    unknown: IndexSet<RelationshipIndex>,
    /// The spans of those of which something that is not masked shows when.
    narrowed: BTreeMap<RelationshipIndex, Span>,
}

impl Spans {
    /// About how many bytes it holds.
    pub fn bytes(&self) -> usize {
        self.unknown.bytes() + self.narrowed.len() * size_of::<(RelationshipIndex, Span)>()
    }
}

/// A masked event: what it says is not there.
pub(super) fn without_content(event: &Event) -> Event {
    let (place, text, amount, local_id) = (None, None, None, String::new());
    Event { place, text, amount, local_id, ..untimed(event) }
}

/// An event without its time.
pub(super) fn untimed(event: &Event) -> Event {
    Event { at: HIDDEN_TIME, until: None, ..event.clone() }
}

/// Whether an event is one without its time.
pub(super) fn is_untimed(event: &Event) -> bool {
    event.at == HIDDEN_TIME && event.until.is_none()
}

/// A tie without its times.
pub(super) fn undated(tie: &Tie) -> Tie {
    Tie { span: Span::default(), ..tie.clone() }
}

impl Snapshot {
    /// When an event began, and when it ended where that differs; `None` of one that is masked.
    pub fn time_of(&self, event: EventIndex) -> Option<(Timestamp, Option<Timestamp>)> {
        let event = &self.events[event];
        let is_hidden = self.left_out.original.is_some() && self.is_hidden_event(event);
        (!is_hidden).then_some((event.at, event.until))
    }

    /// From the first to the last time that is known of a relationship, of what is not masked.
    pub fn span_of(&self, relationship: RelationshipIndex) -> Span {
        let Spans { unknown, narrowed } = &*self.left_out.spans;
        match narrowed.get(&relationship) {
            Some(span) => *span,
            None if unknown.contains(relationship) => Span::default(),
            None => self.relationships[relationship].span,
        }
    }

    /// The spans of relationships that something masked shows, by what else shows them.
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
            if !self.statements_of(relationship).any(|it| is_hidden(&it)) {
                continue;
            }
            let mut span = Span::default();
            for statement in self.statements_of(relationship).filter(|it| !is_hidden(it)) {
                statement.widen(&mut span, &self.ties, &self.events);
            }
            if span == Span::default() {
                spans.unknown.insert(relationship);
            } else {
                spans.narrowed.insert(relationship, span);
            }
        }
        spans
    }

    /// Whether what a statement says is not shown: it is of a row about a victim, or something masked has a part in it.
    pub fn is_masked_statement(&self, statement: Statement) -> bool {
        self.left_out.original.is_some()
            && match statement {
                Statement::Tie(index) => self.is_hidden_tie(&self.ties[index]),
                Statement::Event(index) => self.is_hidden_event(&self.events[index]),
            }
    }

    /// When a statement held, as far as that is shown: of what is masked no time is.
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
