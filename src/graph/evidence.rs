//! The evidence of relationships: the ties and events that show each.

use super::{EventIndex, Position, RelationshipIndex, Snapshot, TieIndex};
use crate::model::Span;

/// A tie or an event of a snapshot, by its position; ties come first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Statement {
    /// A tie, as stated by a source row.
    Tie(TieIndex),
    /// An event with both entities among its participants.
    Event(EventIndex),
}

/// The statements of each relationship, in compressed rows: four bytes for a statement and four for a relationship.
#[derive(Debug, Default)]
pub(super) struct Evidence {
    /// The number of the snapshot's ties. In `of`, numbers below it are ties, and the rest are events counted from it.
    ties: u32,
    /// Relationship `r` has `of[offsets[r]..offsets[r + 1]]`.
    offsets: Box<[u32]>,
    of: Box<[u32]>,
}

impl Evidence {
    /// Packs the statements of each relationship, given in order, for a snapshot with so many ties.
    pub fn of<I: Iterator<Item = Statement>>(
        ties: usize,
        relationships: impl Iterator<Item = I>,
    ) -> Self {
        let ties = ties as u32;
        let (mut offsets, mut of) = (vec![0], Vec::new());
        for statements in relationships {
            of.extend(statements.map(|statement| match statement {
                Statement::Tie(index) => index.raw(),
                Statement::Event(index) => ties + index.raw(),
            }));
            offsets.push(of.len() as u32);
        }
        Self { ties, offsets: offsets.into(), of: of.into() }
    }

    /// The statements of a relationship, ascending; none in a snapshot that was put together by hand.
    fn at(&self, relationship: RelationshipIndex) -> impl Iterator<Item = Statement> {
        let at = relationship.raw() as usize;
        let row = self.offsets.get(at..=at + 1).map(|row| row[0] as usize..row[1] as usize);
        self.of[row.unwrap_or_default()].iter().map(|number| match number.checked_sub(self.ties) {
            None => Statement::Tie(TieIndex::new(*number)),
            Some(event) => Statement::Event(EventIndex::new(event)),
        })
    }

    /// Bytes that the evidence takes.
    pub fn bytes(&self) -> usize {
        size_of_val(&*self.offsets) + size_of_val(&*self.of)
    }
}

impl Snapshot {
    /// The ties and events that show a relationship.
    pub fn statements_of(
        &self,
        relationship: RelationshipIndex,
    ) -> impl Iterator<Item = Statement> {
        self.evidence.at(relationship)
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
