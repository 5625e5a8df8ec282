//! The operations of a write transaction on Neo4j.

use std::collections::BTreeMap;

use serde_json::Value;

use super::read::{OF_FORMS, object, parsed, record_id, texts};
use super::write::Neo4jTxn;
use super::{changes, forms, linking};
use crate::model::{BlockKey, ClassSet, FormId, FormLink, Record, RecordId, Timestamp};
use crate::store::{Applied, Batch, FormSize, Ids, Purged, StoreError, Unlinked, WriteTxn};

impl WriteTxn for Neo4jTxn<'_> {
    fn known(&mut self, ids: &[RecordId]) -> Result<BTreeMap<RecordId, Record>, StoreError> {
        let rows = self.unwind(
            "UNWIND $rows AS id MATCH (r:StoredRecord {id: id}) RETURN r.id AS id, r.json AS record",
            texts(ids).into_iter().map(Value::from).collect(),
        )?;
        rows.iter().map(|row| Ok((record_id(row)?, object(row, "record")?))).collect()
    }

    fn sizes(&mut self, forms: &[FormId]) -> Result<BTreeMap<FormId, FormSize>, StoreError> {
        let counts = forms::counts(self, forms)?.into_iter();
        Ok(counts.filter_map(|(form, count)| Some((form, FormSize::of(count)?))).collect())
    }

    fn of_forms(&mut self, forms: &[FormId]) -> Result<BTreeMap<FormId, Record>, StoreError> {
        let rows = self.unwind(OF_FORMS, texts(forms).into_iter().map(Value::from).collect())?;
        rows.iter().map(|row| Ok((parsed(row, "form")?, object(row, "record")?))).collect()
    }

    fn candidates(
        &mut self,
        within: Option<&ClassSet>,
        keys: &[BlockKey],
    ) -> Result<Vec<(BlockKey, FormId)>, StoreError> {
        linking::candidates(self, within, keys)
    }

    fn put(&mut self, batch: &Batch) -> Result<Applied, StoreError> {
        Ok(Applied {
            records: self.put_records(batch)?,
            ties: self.put_ties(batch)?,
            events: self.put_events(batch)?,
            links: self.put_form_links(&batch.links)?,
            judgements: self.put_judgements(batch)?,
        })
    }

    fn note_unlinked(&mut self, forms: &[FormId]) -> Result<Vec<Unlinked>, StoreError> {
        linking::note(self, forms)
    }

    fn link_late(&mut self, links: &[FormLink], linked: &[Unlinked]) -> Result<(), StoreError> {
        linking::link(self, links, linked)
    }

    fn set_review(&mut self, ids: &Ids, review_by: Timestamp) -> Result<(), StoreError> {
        super::review::set(self, ids, review_by)
    }

    fn purge(&mut self, classes: &ClassSet) -> Result<Purged, StoreError> {
        super::purge::purge(self, classes)
    }

    fn commit(mut self: Box<Self>) -> Result<(), StoreError> {
        if self.changed {
            changes::close(&mut self)?;
        }
        let writes = self.logged.exchange(&mut self.transaction, self.due)?;
        self.transaction.commit()?;
        self.due.stored_as(writes);
        Ok(())
    }
}
