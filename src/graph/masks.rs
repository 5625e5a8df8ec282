//! The records about victims whose content is hidden from a caller, and the links that may be used without showing any
//! of it.
//!
//! A caller who knows one end of a link and sees that both ends form one entity knows the other end too: by writing a
//! record with a guess the caller could ask whether a masked person has that name, or a masked phone that number. So
//! the content of other agencies' records about their victims is never linked to what the caller can read or write.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::positions::Positions;
use super::{IndexSet, Indexed, RecordIndex};
use crate::model::{EntityType, Label, Record, RecordId};

/// Tells if an object is about a victim, by the category of its label.
pub(super) fn is_of_victim(label: &Label) -> bool {
    label.category.is_victim()
}

/// Records about victims, by their positions, divided by what one caller may see of them.
#[derive(Debug, Clone, Default)]
pub(super) struct Hides {
    /// Records about victims that the caller may see unmasked.
    pub sighted: Arc<IndexSet<RecordIndex>>,
    /// Records about other agencies' victims that the caller may not see unmasked.
    pub foreign: Arc<IndexSet<RecordIndex>>,
}

/// The agency and the row that a record is of.
pub(super) fn row_of(record: &Record) -> (String, String) {
    (record.label.agency.clone(), record.row_id().to_owned())
}

/// The rows that some records are of.
pub(super) fn rows_of<'a>(records: impl Iterator<Item = &'a Record>) -> BTreeSet<(String, String)> {
    records.map(row_of).collect()
}

impl Hides {
    /// Divides a view's records about victims for a caller of an agency. `unmasked` names records whose whole rows the
    /// caller may see unmasked: the phones and addresses of a victim's row are unmasked with the victim.
    pub fn of(
        agency: &str,
        (records, positions): (&Indexed<RecordIndex, Arc<Record>>, &Positions),
        unmasked: &BTreeSet<RecordId>,
    ) -> Self {
        let named = unmasked.iter().filter_map(|id| positions.of_id(*id));
        let rows = rows_of(named.map(|at| records[at].as_ref()));
        let (mut sighted, mut foreign) = (IndexSet::default(), IndexSet::default());
        for (position, record) in records.enumerated() {
            if !is_of_victim(&record.label) {
                continue;
            }
            if !rows.is_empty() && rows.contains(&row_of(record)) {
                sighted.insert(position);
            } else if record.label.agency != agency {
                foreign.insert(position);
            }
        }
        Self { sighted: Arc::new(sighted), foreign: Arc::new(foreign) }
    }

    /// Tells if the content of a record is hidden from the caller: it is about a victim and not unmasked.
    fn hides(&self, (position, record): (RecordIndex, &Record)) -> bool {
        is_of_victim(&record.label) && !self.sighted.contains(position)
    }

    /// Tells if a link between two records may be used.
    ///
    /// People: hidden records are linked with hidden records of the same agency, and readable records with readable
    /// ones. All other types: other agencies' hidden records are linked among themselves, so that a ring through their
    /// victims' phones shows by links that the caller had no part in; and the rest among itself, so that the owner of
    /// hidden records still finds its own.
    pub fn joins(&self, a: (RecordIndex, &Record), b: (RecordIndex, &Record)) -> bool {
        if a.1.entity_type() != EntityType::Person {
            return self.foreign.contains(a.0) == self.foreign.contains(b.0);
        }
        match (self.hides(a), self.hides(b)) {
            (false, false) => true,
            (true, true) => a.1.label.agency == b.1.label.agency,
            _ => false,
        }
    }
}
