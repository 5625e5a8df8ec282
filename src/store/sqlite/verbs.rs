//! The operations of a write transaction on SQLite.

use std::collections::BTreeMap;

use super::write::SqliteTxn;
use super::{backend, changes, linking, read};
use crate::model::{BlockKey, ClassSet, FormId, FormLink, Record, RecordId, Timestamp};
use crate::store::{Applied, Batch, FormSize, Ids, Purged, StoreError, Unlinked, WriteTxn};

impl WriteTxn for SqliteTxn<'_> {
    fn known(&mut self, ids: &[RecordId]) -> Result<BTreeMap<RecordId, Record>, StoreError> {
        let mut known = BTreeMap::new();
        for id in ids {
            if let Some((_, record)) = read::record(&self.writer, *id)? {
                known.insert(*id, record);
            }
        }
        Ok(known)
    }

    fn sizes(&mut self, forms: &[FormId]) -> Result<BTreeMap<FormId, FormSize>, StoreError> {
        let mut found = BTreeMap::new();
        for form in forms {
            if let Some(size) = self.size(*form)? {
                found.insert(*form, size);
            }
        }
        Ok(found)
    }

    fn of_forms(&mut self, forms: &[FormId]) -> Result<BTreeMap<FormId, Record>, StoreError> {
        let mut found = BTreeMap::new();
        for form in forms {
            if let Some((_, record)) = read::of_form(&self.writer, *form)? {
                found.insert(*form, record);
            }
        }
        Ok(found)
    }

    fn candidates(
        &mut self,
        within: Option<&ClassSet>,
        keys: &[BlockKey],
    ) -> Result<Vec<(BlockKey, FormId)>, StoreError> {
        let mut found = Vec::new();
        let take = |key, form| found.push((key, form));
        read::each_candidate(&self.writer, within, keys, take)?;
        Ok(found)
    }

    fn put(&mut self, batch: &Batch) -> Result<Applied, StoreError> {
        let mut applied = Applied::default();
        for record in &batch.records {
            applied.records += usize::from(self.put_record(record)?);
        }
        for tie in &batch.ties {
            applied.ties += usize::from(self.put_tie(tie)?);
        }
        for event in &batch.events {
            applied.events += usize::from(self.put_event(event)?);
        }
        for link in &batch.links {
            applied.links += usize::from(self.put_link(link)?);
        }
        for judgement in &batch.judgements {
            applied.judgements += usize::from(self.put_judgement(judgement)?);
        }
        Ok(applied)
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
        let purged = super::purge::purge(self, classes)?;
        self.purged |= !purged.is_empty();
        Ok(purged)
    }

    fn commit(mut self: Box<Self>) -> Result<(), StoreError> {
        if self.changed {
            changes::close(&mut self)?;
        }
        let writes = self.logged.exchange(&self.writer, self.due)?;
        self.writer.execute_batch("COMMIT").map_err(backend)?;
        self.committed = true;
        self.due.stored_as(writes);
        if self.purged {
            // As far as no reader still needs it: then the next one does.
            let checkpoint = "PRAGMA wal_checkpoint(TRUNCATE)";
            let _: i64 =
                self.writer.query_row(checkpoint, [], |row| row.get(0)).map_err(backend)?;
        }
        Ok(())
    }
}
