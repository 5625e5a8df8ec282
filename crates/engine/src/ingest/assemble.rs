//! Assembly of records, ties and events, with their ids and labels, from the checked parts of a row: rows of files
//! and rows over HTTP meet here.

use std::collections::BTreeMap;

use super::grading::Grading;
use super::reason::RowError;
use super::terms::Terms;
use crate::model::{
    Body, EntityType, Event, EventKind, IdKey, Label, Money, Participant, Place, Record, RecordId,
    Role, Series, Sharing, Span, SubjectCategory, Tie, TieKind, Timestamp,
};

/// The records, ties and events that one row makes, which are kept or refused as a whole.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct RowOutput {
    /// The records, in the order of the mapping's slots.
    pub records: Vec<Record>,
    /// The ties, both ends of which are among the records.
    pub ties: Vec<Tie>,
    /// The events, whose participants are among the records.
    pub events: Vec<Event>,
    /// The values that could not be read and were taken in the strictest sense instead.
    pub warnings: Vec<RowError>,
}

/// The origin of a row and the contents of its label.
pub(super) struct RowOrigin<'a> {
    pub agency: &'a str,
    pub source: &'a str,
    /// The row's id within the agency.
    pub local_id: &'a str,
    /// The category of person records, ties and events, and, where it is a victim's, of everything that the row makes
    /// except its public slots; other records are [`SubjectCategory::Unknown`].
    pub category: SubjectCategory,
    pub tier: u8,
    /// How far the row goes.
    pub sharing: Sharing,
    /// The terms on which the row is handed in.
    pub terms: Terms,
    /// How far the row is to be believed, and its nature.
    pub grading: Grading,
}

/// The parts of an event other than its participants.
pub(super) struct EventParts {
    pub kind: EventKind,
    pub at: Timestamp,
    pub until: Option<Timestamp>,
    pub place: Option<Place>,
    pub text: Option<String>,
    pub amount: Option<Money>,
}

/// A slot of a row.
#[derive(Clone, Copy)]
pub(super) struct Slot<'a> {
    pub name: &'a str,
    /// True for the first slot of the row, whose record bears the row's own id.
    pub first: bool,
    /// True if the slot is marked as public.
    pub public: bool,
}

/// The agency's own id of the record of a slot: the row's first slot bears the row's own.
pub(super) fn slot_id(local_id: &str, slot: &str, first: bool) -> String {
    if first { local_id.to_owned() } else { format!("{local_id}/{slot}") }
}

/// A row being put together.
pub(super) struct Assembly<'a> {
    key: &'a IdKey,
    origin: RowOrigin<'a>,
    slots: BTreeMap<&'a str, RecordId>,
    output: RowOutput,
}

impl<'a> Assembly<'a> {
    pub fn new(key: &'a IdKey, origin: RowOrigin<'a>) -> Self {
        Self { key, origin, slots: BTreeMap::new(), output: RowOutput::default() }
    }

    /// Adds the record of a slot.
    pub fn record(&mut self, slot: Slot<'a>, mut raw: BTreeMap<String, String>, body: Body) {
        let Slot { name, first, public } = slot;
        let local_id = slot_id(self.origin.local_id, name, first);
        let is_person = body.entity_type() == EntityType::Person;
        let category = match self.origin.category {
            // All that hangs on a victim is the victim's.
            category if !public && (is_person || category.is_victim()) => category,
            _ => SubjectCategory::Unknown,
        };
        if !public {
            raw.extend(self.origin.terms.kept());
        }
        let id = self.key.record_of(self.series(), self.origin.agency, &local_id);
        let (source, label) = (self.origin.source.to_owned(), self.label(category));
        self.slots.insert(name, id);
        let Grading { grade, nature } = self.origin.grading;
        let sibling = !first;
        let record =
            Record { id, local_id, sibling, public, source, label, grade, nature, raw, body };
        self.output.records.push(record);
    }

    /// Adds a tie when both its slots have a record in this row.
    pub fn tie(&mut self, kind: TieKind, from: &str, to: &str, span: Span, confidence: f64) {
        let (Some(&from), Some(&to)) = (self.slots.get(from), self.slots.get(to)) else { return };
        self.output.ties.push(Tie {
            id: self.key.tie(self.origin.agency, self.origin.local_id, kind, from, to),
            kind,
            from,
            to,
            span,
            confidence,
            local_id: self.origin.local_id.to_owned(),
            label: self.label(self.origin.category),
        });
    }

    /// Adds an event with those of its slots that have a record in this row.
    pub fn event(&mut self, parts: EventParts, participants: &BTreeMap<Role, Vec<String>>) {
        let mut present: Vec<Participant> = participants
            .iter()
            .flat_map(|(&role, slots)| slots.iter().map(move |slot| (role, slot)))
            .filter_map(|(role, slot)| {
                self.slots.get(slot.as_str()).map(|&record| Participant { role, record })
            })
            .collect();
        present.sort_unstable();
        present.dedup();
        self.output.events.push(Event {
            id: self.key.event_of(
                self.series(),
                self.origin.agency,
                self.origin.local_id,
                parts.kind,
            ),
            local_id: self.origin.local_id.to_owned(),
            source: self.origin.source.to_owned(),
            kind: parts.kind,
            at: parts.at,
            until: parts.until,
            place: parts.place,
            participants: present,
            text: parts.text,
            amount: parts.amount,
            label: self.label(self.origin.category),
        });
    }

    /// The finished row.
    pub fn finish(self) -> RowOutput {
        self.output
    }

    /// The series that the row's ids are of.
    fn series(&self) -> Series {
        Series::of(self.origin.terms.intelligence.is_some())
    }

    fn label(&self, category: SubjectCategory) -> Label {
        let (review_by, released_until) = self.origin.terms.days();
        let sharing = self.origin.sharing.clone();
        Label {
            agency: self.origin.agency.to_owned(),
            category,
            tier: self.origin.tier,
            handling: sharing.handling,
            conditions: sharing.conditions,
            audience: sharing.audience,
            intelligence: self.origin.terms.intelligence.is_some(),
            review_by,
            released_until,
        }
    }
}
