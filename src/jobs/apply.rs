//! One batch of rows in one transaction: new rows are stored and linked, known rows with the same content change
//! nothing, known rows with other content are refused.

use std::collections::{BTreeMap, HashMap};

use super::link::{self, CACHE_GENERATION, Forms, Linker, PreparedCache};
use crate::audit::{Due, Housekeeping};
use crate::ingest::{Reason, RowError, RowOutput};
use crate::model::{BlockKey, ClassSet, Event, FormId, Record, RecordId, Tie};
use crate::store::{Batch, NewRecord, Store, StoreError, Unlinked};

/// The number of objects that batches added or left unchanged.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Counts {
    pub records_new: u64,
    pub records_unchanged: u64,
    pub ties: u64,
    pub events: u64,
    pub links: u64,
}

impl std::ops::AddAssign for Counts {
    fn add_assign(&mut self, other: Self) {
        self.records_new += other.records_new;
        self.records_unchanged += other.records_unchanged;
        self.ties += other.ties;
        self.events += other.events;
        self.links += other.links;
    }
}

/// The result of a batch: its counts, and the refused rows by their number, ascending.
#[derive(Debug, Default)]
pub(super) struct Outcome {
    pub counts: Counts,
    pub refused: Vec<(u64, RowError)>,
    /// The notes of new forms that were linked within some classes only.
    pub unlinked: Vec<Unlinked>,
}

/// `Yes` if one refused row prevents the storage of all rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Whole {
    Yes,
    No,
}

/// The records that new forms are linked with at once.
#[derive(Debug, Clone, Copy)]
pub(super) enum Reach<'a> {
    /// All stored records.
    All,
    /// The records of these classes, and each other; the others are linked later.
    Within(&'a ClassSet),
}

/// A row and its number.
pub(super) type NumberedRow = (u64, RowOutput);

/// The write path of one run of work.
pub(super) struct Pipeline<'a, L: Linker> {
    store: &'a dyn Store,
    engine: &'a L,
    cache: PreparedCache<L::Prepared>,
}

impl<'a, L: Linker> Pipeline<'a, L> {
    pub fn new(store: &'a dyn Store, engine: &'a L) -> Self {
        Self::caching(store, engine, CACHE_GENERATION)
    }

    /// A write path that keeps twice so many prepared forms from batch to batch.
    pub fn caching(store: &'a dyn Store, engine: &'a L, forms: usize) -> Self {
        Self { store, engine, cache: PreparedCache::of(forms) }
    }

    /// Stores and links new rows, and refuses rows that would change a stored object. When this returns, everything it
    /// counts is durable.
    pub fn apply(&mut self, rows: &[NumberedRow], due: &Due) -> Result<Outcome, StoreError> {
        match self.apply_at_once(rows, Whole::No, Reach::All, due) {
            // A tie or event differs from the stored one. The row is found by halving; the halves commit one after the
            // other, so the first of two rows still wins.
            Err(StoreError::Conflict { .. }) if rows.len() > 1 => {
                let (left, right) = rows.split_at(rows.len() / 2);
                let mut outcome = self.apply(left, due)?;
                let rest = self.apply(right, due)?;
                outcome.counts += rest.counts;
                outcome.refused.extend(rest.refused);
                Ok(outcome)
            }
            Err(StoreError::Conflict { .. }) => {
                let refused = rows.iter().map(|(row, _)| (*row, changed())).collect();
                Ok(Outcome { refused, ..Outcome::default() })
            }
            result => result,
        }
    }

    /// Stores and links all of the rows in one transaction. With [`Whole::Yes`] one refused row leaves the store as it
    /// was. New records that are linked within some classes only are noted for later.
    pub fn apply_at_once(
        &mut self,
        rows: &[NumberedRow],
        whole: Whole,
        reach: Reach<'_>,
        due: &Due,
    ) -> Result<Outcome, StoreError> {
        let mut txn = self.store.begin(due)?;
        let known = txn.known(&record_ids(rows))?;
        let staged = Staged::new(rows, &known);
        if whole == Whole::Yes && !staged.refused.is_empty() {
            return Ok(Outcome { refused: staged.refused, ..Outcome::default() });
        }
        let fresh = link::prepare(self.engine, &staged.new);
        let forms = Forms::of(self.engine, &mut *txn, &fresh)?;
        let mut keys: HashMap<FormId, Vec<BlockKey>> =
            forms.new.iter().map(|new| (new.form, new.keys.clone())).collect();
        let new_record = |(record, fresh): (&&Record, &link::Fresh<L::Prepared>)| NewRecord {
            record: Record::clone(record),
            content: fresh.content,
            keys: keys.remove(&fresh.form).unwrap_or_default(),
        };
        let mut applied = txn.put(&Batch {
            records: staged.new.iter().zip(&fresh).map(new_record).collect(),
            ties: staged.ties,
            events: staged.events,
            ..Batch::default()
        })?;
        // The forms are in the transaction now, so that they are candidates of each other, too.
        let within = match reach {
            Reach::All => None,
            Reach::Within(classes) => Some(classes),
        };
        let links = link::links(self.engine, &mut self.cache, &mut *txn, &forms, within)?;
        applied.links = txn.put(&Batch { links, ..Batch::default() })?.links;
        let mut unlinked = Vec::new();
        if within.is_some() {
            let new: Vec<FormId> = forms.new.iter().map(|new| new.form).collect();
            unlinked = txn.note_unlinked(&new)?;
        }
        txn.commit()?;
        forms.new.into_iter().for_each(|new| self.cache.keep(new.form, new.prepared));
        let counts = Counts {
            records_new: applied.records as u64,
            records_unchanged: staged.unchanged,
            ties: applied.ties as u64,
            events: applied.events as u64,
            links: applied.links as u64,
        };
        Ok(Outcome { counts, refused: staged.refused, unlinked })
    }

    /// Returns the number of the first row that conflicts with the store or with a row before it; changes nothing.
    pub fn first_conflict(&self, rows: &[NumberedRow]) -> Result<Option<u64>, StoreError> {
        let never = Due::unlogged(Housekeeping::DryRun);
        let mut txn = self.store.begin(&never)?;
        for (row, output) in rows {
            let put = txn.put(&Batch {
                records: output.records.iter().map(NewRecord::unlinked).collect(),
                ties: output.ties.clone(),
                events: output.events.clone(),
                ..Batch::default()
            });
            match put {
                Ok(_) => {}
                Err(StoreError::Conflict { .. }) => return Ok(Some(*row)),
                Err(error) => return Err(error),
            }
        }
        Ok(None)
    }
}

fn changed() -> RowError {
    RowError::row(Reason::RecordChanged)
}

fn record_ids(rows: &[NumberedRow]) -> Vec<RecordId> {
    let mut ids: Vec<RecordId> =
        rows.iter().flat_map(|(_, row)| row.records.iter().map(|record| record.id)).collect();
    ids.sort_unstable();
    ids.dedup();
    ids
}

/// A batch, divided into new, unchanged and refused rows.
struct Staged<'r> {
    new: Vec<&'r Record>,
    unchanged: u64,
    ties: Vec<Tie>,
    events: Vec<Event>,
    refused: Vec<(u64, RowError)>,
}

impl<'r> Staged<'r> {
    /// Compares rows with the stored records and with each other; the first of two rows with one id wins.
    fn new(rows: &'r [NumberedRow], known: &'r BTreeMap<RecordId, Record>) -> Self {
        let (ties, events) = (Vec::new(), Vec::new());
        let mut staged = Self { new: Vec::new(), unchanged: 0, ties, events, refused: Vec::new() };
        let mut seen: HashMap<RecordId, &Record> = HashMap::new();
        for (number, row) in rows {
            let earlier = |id: &RecordId| known.get(id).or_else(|| seen.get(id).copied());
            if row.records.iter().any(|record| earlier(&record.id).is_some_and(|e| e != record)) {
                staged.refused.push((*number, changed()));
                continue;
            }
            for record in &row.records {
                if known.contains_key(&record.id) || seen.insert(record.id, record).is_some() {
                    staged.unchanged += 1;
                } else {
                    staged.new.push(record);
                }
            }
            staged.ties.extend(row.ties.iter().cloned());
            staged.events.extend(row.events.iter().cloned());
        }
        staged
    }
}
