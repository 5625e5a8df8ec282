//! Where records stand in a list, for those who look up many.

use std::sync::Arc;

use hashbrown::HashMap;

use super::{Indexed, RecordIndex};
use crate::model::{Record, RecordId};

/// The positions of the records of a list by their ids.
pub(super) struct Positions(HashMap<RecordId, RecordIndex>);

impl Positions {
    /// Of the records of a list.
    pub fn of(records: &Indexed<RecordIndex, Arc<Record>>) -> Self {
        Self(records.enumerated().map(|(position, record)| (record.id, position)).collect())
    }

    /// Where the record stands, if it is there.
    pub fn of_id(&self, id: RecordId) -> Option<RecordIndex> {
        self.0.get(&id).copied()
    }
}
