//! A map from record ids to positions, for code that looks up many.

use std::sync::Arc;

use hashbrown::HashMap;

use super::{Indexed, RecordIndex};
use crate::model::{Record, RecordId};

/// The positions of the records of a list by their ids.
pub(super) struct Positions(HashMap<RecordId, RecordIndex>);

impl Positions {
    /// Makes the map of a list of records.
    pub fn of(records: &Indexed<RecordIndex, Arc<Record>>) -> Self {
        Self(records.enumerated().map(|(position, record)| (record.id, position)).collect())
    }

    /// The position of a record; `None` if the list does not have it.
    pub fn of_id(&self, id: RecordId) -> Option<RecordIndex> {
        self.0.get(&id).copied()
    }
}
