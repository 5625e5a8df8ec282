//! Where records stand in a list, for those who look up many.

use std::sync::Arc;

use hashbrown::HashMap;

use crate::model::{Record, RecordId};

/// The positions of the records of a list by their ids.
pub(super) struct Positions(HashMap<RecordId, u32>);

impl Positions {
    /// Of the records of a list.
    pub fn of(records: &[Arc<Record>]) -> Self {
        Self(records.iter().zip(0u32..).map(|(record, position)| (record.id, position)).collect())
    }

    /// Where the record stands, if it is there.
    pub fn of_id(&self, id: RecordId) -> Option<u32> {
        self.0.get(&id).copied()
    }
}
