//! The rows of one agency, for acts on them: ids and labels only, of masked rows too, and no other content.

use super::{RecordIndex, Snapshot};
use crate::model::{EventId, Label, RecordId, TieId};

/// The rows of one agency that are in a view.
#[derive(Clone, Copy)]
pub struct OwnRows<'a> {
    snapshot: &'a Snapshot,
    agency: &'a str,
}

/// A record, tie or event of one of the agency's rows.
#[derive(Debug, Clone, Copy)]
pub struct OwnObject<'a, Id> {
    /// The id under which the object is stored.
    pub id: Id,
    /// The label of the object.
    pub label: &'a Label,
    /// The agency's own id of the row that the object was read from.
    pub row: &'a str,
}

impl Snapshot {
    /// The rows of an agency.
    pub fn own_rows<'a>(&'a self, agency: &'a str) -> OwnRows<'a> {
        OwnRows { snapshot: self.original(), agency }
    }
}

impl<'a> OwnRows<'a> {
    /// The agency.
    pub fn agency(&self) -> &'a str {
        self.agency
    }

    fn owns(&self, label: &Label) -> bool {
        label.agency == self.agency
    }

    /// A record of the agency by the id with which it is shown.
    pub fn shown(&self, id: RecordId) -> Option<OwnObject<'a, RecordId>> {
        self.at(self.snapshot.record(id)?)
    }

    /// A record of the agency by the id under which it is stored.
    pub fn stored(&self, id: RecordId) -> Option<OwnObject<'a, RecordId>> {
        self.at(self.snapshot.stored(id)?)
    }

    fn at(&self, index: RecordIndex) -> Option<OwnObject<'a, RecordId>> {
        let record = self.snapshot.records().get(index)?;
        let own = OwnObject { id: record.id, label: &record.label, row: record.row_id() };
        Some(own).filter(|own| self.owns(own.label))
    }

    /// The agency's records, ascending by id.
    pub fn records(self) -> impl Iterator<Item = OwnObject<'a, RecordId>> {
        self.snapshot.records().indexes().filter_map(move |index| self.at(index))
    }

    /// The agency's ties, ascending by id.
    pub fn ties(self) -> impl Iterator<Item = OwnObject<'a, TieId>> {
        let ties = self.snapshot.ties().iter().filter(move |tie| self.owns(&tie.label));
        ties.map(|tie| OwnObject { id: tie.id, label: &tie.label, row: &tie.local_id })
    }

    /// The agency's events, ascending by id.
    pub fn events(self) -> impl Iterator<Item = OwnObject<'a, EventId>> {
        let events = self.snapshot.events().iter().filter(move |event| self.owns(&event.label));
        events.map(|event| OwnObject { id: event.id, label: &event.label, row: &event.local_id })
    }
}
