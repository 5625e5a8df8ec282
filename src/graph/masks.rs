//! Whose content is hidden from a caller, and what may be joined so that none of it shows.
//!
//! Whoever knows one end of a link and sees that the two are one knows the other end too: by writing a record
//! with a guess one could ask whether a masked person is called so, or whether a masked phone has the number.
//! So what another agency says of its victims never meets what the caller can read or write.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::positions::Positions;
use super::{IndexSet, Indexed, RecordIndex};
use crate::model::{EntityType, Label, Record, RecordId};

/// Whether an object is a victim's, by its label.
pub(super) fn is_of_victim(label: &Label) -> bool {
    label.category.is_victim()
}

/// Records about victims, by their positions, in the eyes of one caller.
#[derive(Debug, Clone, Default)]
pub(super) struct Hides {
    /// Those that the caller may see unmasked.
    pub sighted: Arc<IndexSet<RecordIndex>>,
    /// Those of other agencies that it may not.
    pub foreign: Arc<IndexSet<RecordIndex>>,
}

impl Hides {
    /// Of a view's records, for a caller of an agency who may see the rows of some of them unmasked: what hangs
    /// on a victim is unmasked with the victim.
    pub fn of(
        agency: &str,
        (records, positions): (&Indexed<RecordIndex, Arc<Record>>, &Positions),
        unmasked: &BTreeSet<RecordId>,
    ) -> Self {
        let row = |record: &Arc<Record>| (record.label.agency.clone(), record.row_id().to_owned());
        let named = unmasked.iter().filter_map(|id| positions.of_id(*id));
        let rows: BTreeSet<_> = named.map(|at| row(&records[at])).collect();
        let (mut sighted, mut foreign) = (IndexSet::default(), IndexSet::default());
        for (position, record) in records.enumerated() {
            if !is_of_victim(&record.label) {
                continue;
            }
            if !rows.is_empty() && rows.contains(&row(record)) {
                sighted.insert(position);
            } else if record.label.agency != agency {
                foreign.insert(position);
            }
        }
        Self { sighted: Arc::new(sighted), foreign: Arc::new(foreign) }
    }

    /// Whether the content of a record is hidden from the caller.
    fn hides(&self, (position, record): (RecordIndex, &Record)) -> bool {
        is_of_victim(&record.label) && !self.sighted.contains(position)
    }

    /// Whether a link of two records may be used.
    ///
    /// People: the records of one agency about its victims are linked with each other, and what is readable with
    /// what is readable. All else: what is hidden of other agencies is linked among itself, so that a ring through
    /// their victims' phones shows by joins that the caller had no part in; and the rest among itself, so that
    /// the owner of what is hidden still finds its own.
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
