//! For each record the links, ties, events and judgements that name it. A change of a record is followed along these to
//! the objects that depend on the record.

use std::sync::Arc;

use super::evidence::{Coded, Statement};
use super::forms::{Forms, is_apart, is_of_duplicate};
use super::rows::Rows;
use super::{
    EventIndex, IndexSet, Indexed, JudgementIndex, LinkIndex, RecordIndex, Snapshot, TieIndex,
};
use crate::model::{Event, Judgement, Link, Record, RecordId, Tie};

/// The records of a list, and how a record's position in it is found.
type Located<'a> =
    (&'a Indexed<RecordIndex, Arc<Record>>, &'a dyn Fn(RecordId) -> Option<RecordIndex>);

/// For each record of a snapshot the positions of what names it.
#[derive(Debug, Clone, Default)]
pub(super) struct Naming {
    /// The links that the record is an end of; not those of its duplicates, which name the duplicates alone: they are as
    /// many as the records that say the same.
    pub links: Rows<RecordIndex, LinkIndex>,
    /// The ties that the record is an end of, and the events that it takes part in.
    pub statements: Rows<RecordIndex, Coded>,
    /// The judgements on pairs with the record.
    pub judgements: Rows<RecordIndex, JudgementIndex>,
}

impl Naming {
    /// Collects what names the records of a list; `at` finds a record's position, and `sighted` are those that are seen
    /// unmasked.
    pub fn of(
        (records, at): Located<'_>,
        (forms, sighted): (&Forms, &IndexSet<RecordIndex>),
        ties: &Indexed<TieIndex, Arc<Tie>>,
        events: &Indexed<EventIndex, Arc<Event>>,
        links: &Indexed<LinkIndex, Arc<Link>>,
        judgements: &Indexed<JudgementIndex, Judgement>,
    ) -> Self {
        let mut stated: Vec<(RecordIndex, Coded)> = Vec::new();
        for (index, tie) in ties.enumerated() {
            let coded = Statement::Tie(index).into();
            stated.extend(named_by_tie(tie).filter_map(at).map(|at| (at, coded)));
        }
        for (index, event) in events.enumerated() {
            let coded = Statement::Event(index).into();
            stated.extend(named_by_event(event).filter_map(at).map(|at| (at, coded)));
        }
        let mut judged = Vec::new();
        for (index, judgement) in judgements.enumerated() {
            let ends = [judgement.a, judgement.b].into_iter().filter_map(at);
            judged.extend(ends.map(|at| (at, index)));
        }
        let judgements = Rows::of(records, judged);
        let is_apart = |at| is_apart(sighted, &judgements, at);
        let mut of_links = Vec::with_capacity(links.len() * 2);
        for (index, link) in links.enumerated() {
            let Some(ends) = at(link.a).zip(at(link.b)) else { continue };
            let named = named_by_link(is_of_duplicate(forms, is_apart, ends), ends);
            of_links.extend(named.map(|at| (at, index)));
        }
        Self {
            links: Rows::of(records, of_links),
            statements: Rows::of(records, stated),
            judgements,
        }
    }

    /// Bytes that the rows take.
    pub fn bytes(&self) -> usize {
        self.links.bytes() + self.statements.bytes() + self.judgements.bytes()
    }
}

/// The records that a link is named at: both ends, or of a duplicate's the duplicate, which has the greater id.
pub(super) fn named_by_link(
    is_of_duplicate: bool,
    (a, b): (RecordIndex, RecordIndex),
) -> impl Iterator<Item = RecordIndex> {
    (!is_of_duplicate).then_some(a).into_iter().chain([b])
}

/// The records that a tie names.
pub(super) fn named_by_tie(tie: &Tie) -> impl Iterator<Item = RecordId> + use<> {
    [tie.from, tie.to].into_iter()
}

/// The records that an event names.
pub(super) fn named_by_event(event: &Event) -> impl Iterator<Item = RecordId> {
    event.participants.iter().map(|part| part.record)
}

impl Snapshot {
    /// The links that a record is an end of, without those of its duplicates; ascending.
    pub fn links_at(&self, record: RecordIndex) -> &[LinkIndex] {
        self.naming.links.at(record)
    }
}
