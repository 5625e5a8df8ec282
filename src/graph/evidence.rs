//! The evidence of relationships: the ties and events that show each.

use super::{EventIndex, Position, RelationshipIndex, Snapshot, TieIndex};
use crate::model::Span;

/// The bit that tells an event from a tie; positions leave it free (see `Scale::of`).
const EVENT: u32 = 1 << 31;

/// A tie or an event of a snapshot, by its position; ties come first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Statement {
    /// A tie, as stated by a source row.
    Tie(TieIndex),
    /// An event with both entities among its participants.
    Event(EventIndex),
}

/// A [`Statement`] in four bytes, in the same order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Coded(u32);

impl From<Statement> for Coded {
    fn from(statement: Statement) -> Self {
        match statement {
            Statement::Tie(index) => Self(index.raw()),
            Statement::Event(index) => Self(index.raw() | EVENT),
        }
    }
}

impl From<Coded> for Statement {
    fn from(Coded(raw): Coded) -> Self {
        match raw & EVENT {
            0 => Self::Tie(TieIndex::new(raw)),
            _ => Self::Event(EventIndex::new(raw & !EVENT)),
        }
    }
}

impl Snapshot {
    /// The ties and events that show a relationship, ascending; none in a snapshot that was put together by hand.
    pub fn statements_of(
        &self,
        relationship: RelationshipIndex,
    ) -> impl Iterator<Item = Statement> {
        self.evidence.at(relationship).iter().map(|coded| Statement::from(*coded))
    }

    /// Returns the first `most` of some statements in order of their shown time and shown id. Statements without a
    /// shown time come last, so that the order tells nothing of a hidden one. Takes time in proportion to the number of
    /// statements.
    pub fn first_in_time(
        &self,
        statements: impl Iterator<Item = Statement>,
        most: usize,
    ) -> Vec<Statement> {
        let key = |statement: Statement| {
            let Span { from, to } = self.time_shown(statement);
            let id = match statement {
                Statement::Tie(tie) => self.tie_id(tie).0,
                Statement::Event(event) => self.event_id(event).0,
            };
            let is_event = matches!(statement, Statement::Event(_));
            (from.or(to).is_none(), from.or(to), to, is_event, id)
        };
        let mut keyed: Vec<_> = statements.map(|it| (key(it), it)).collect();
        if keyed.len() > most {
            keyed.select_nth_unstable(most);
            keyed.truncate(most);
        }
        keyed.sort_unstable();
        keyed.into_iter().map(|(_, statement)| statement).collect()
    }
}
