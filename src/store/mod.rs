//! The store: keeps records, ties, events, links and judgements, each with its class, and answers
//! only within a set of classes. Two backends, one contract suite.
//!
//! The store knows nothing of callers, policy, scores or clusters. Everything it is asked for on
//! behalf of a caller takes a [`Sight`], which `govern` makes; there is no read of everything except
//! [`WriteTxn`]'s, which serves the engine's own linking.

use std::collections::BTreeMap;

use crate::audit::{Due, Outbox};
use crate::govern::Sight;
use crate::model::{
    BlockKey, Class, ClassId, ClassSet, Content, Event, EventId, FormId, FormLink, Judgement, Kind,
    Record, RecordId, Tie, TieId, Timestamp,
};

mod address;
mod changes;
mod error;
mod forms;
mod links;
mod log;
mod migrate;
pub mod neo4j;
mod review;
mod sqlite;

pub use address::{AddressError, StoreAddress, open};
pub use changes::Changes;
pub use error::StoreError;
pub use log::LogLimits;
pub use neo4j::Neo4jStore;
pub use sqlite::SqliteStore;

/// A record to store, with what the engine says of it.
#[derive(Debug, Clone, PartialEq)]
pub struct NewRecord {
    /// The record.
    pub record: Record,
    /// The hash of the record's comparable content ([`crate::resolve::Engine::content`]).
    pub content: Content,
    /// The blocking keys of its form; they are not looked at where the form has a record already.
    pub keys: Vec<BlockKey>,
}

impl NewRecord {
    /// A record that shares its form with no other and has no blocking keys, for records that are never linked.
    pub fn unlinked(record: &Record) -> Self {
        Self { record: record.clone(), content: Content(record.id.0), keys: Vec::new() }
    }

    /// The form of the record: that of all records of its class with this content.
    pub fn form(&self) -> FormId {
        FormId::of(&class_of(&self.record), self.content)
    }
}

/// The class of a record, by its own label.
pub fn class_of(record: &Record) -> Class {
    Class { kind: Kind::from(record.entity_type()), label: record.label.clone() }
}

/// The objects that one transaction writes. Applying the same batch again changes nothing.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Batch {
    /// New records.
    pub records: Vec<NewRecord>,
    /// Ties.
    pub ties: Vec<Tie>,
    /// Events.
    pub events: Vec<Event>,
    /// Links between forms of records of this batch or the store.
    pub links: Vec<FormLink>,
    /// Judgements.
    pub judgements: Vec<Judgement>,
}

/// How many objects a transaction really added.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Applied {
    /// Records that were not there before.
    pub records: usize,
    /// Ties that were not there before.
    pub ties: usize,
    /// Events that were not there before.
    pub events: usize,
    /// Links that were not there before.
    pub links: usize,
    /// Judgements that were not there before or said otherwise before.
    pub judgements: usize,
}

/// Objects by their ids, such as those of one row.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Ids {
    /// Records.
    pub records: Vec<RecordId>,
    /// Ties.
    pub ties: Vec<TieId>,
    /// Events.
    pub events: Vec<EventId>,
}

/// The note of a form that is not yet linked with all others.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Unlinked {
    /// The form.
    pub form: FormId,
    /// The class of its records.
    pub class: ClassId,
    /// The revision of the commit that made or last renewed the note.
    pub since: u64,
}

/// How many records a form has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FormSize {
    /// One.
    One,
    /// Two or more: the form has a link with itself, if its records agree well enough for any.
    Several,
}

impl FormSize {
    /// The size of a form with so many records; `None` if it has none.
    fn of(records: usize) -> Option<Self> {
        match records {
            0 => None,
            1 => Some(Self::One),
            _ => Some(Self::Several),
        }
    }
}

/// How many records, ties and events of each class a purge removed.
pub type Purged = BTreeMap<ClassId, u64>;

/// Receives the visible part of a store, in this order: records, ties, events, links, judgements;
/// each kind in ascending order of its id (links and judgements by their pair).
pub trait SnapshotSink {
    /// A visible record, its class and its form.
    fn record(&mut self, class: ClassId, form: FormId, record: Record);
    /// A tie whose own class and both ends are visible.
    fn tie(&mut self, tie: Tie);
    /// A visible event; participations of records that are not visible have been left out.
    fn event(&mut self, event: Event);
    /// A link both of whose forms are visible.
    fn link(&mut self, link: FormLink);
    /// A judgement whose own class and both ends are visible.
    fn judgement(&mut self, judgement: Judgement);
}

/// A store. All calls block; never call them on an async executor's thread. Whatever writes takes the entry that is
/// due for it: both are committed together or neither is.
pub trait Store: Outbox + Send + Sync {
    /// `sqlite` or `neo4j`.
    fn backend(&self) -> &'static str;

    /// Checks that the store answers.
    ///
    /// # Errors
    /// The reason for which the store does not answer.
    fn ping(&self) -> Result<(), StoreError>;

    /// Prepares the store for many large writes one after the other, as of an import that nothing else waits for: it may
    /// take more memory from now on, and write to its files in larger portions. What is committed is as durable as
    /// ever.
    ///
    /// # Errors
    /// When the store does not answer.
    fn expect_bulk(&self) -> Result<(), StoreError> {
        Ok(())
    }

    /// A counter that changes with every committed change but late links, for caches. Never part of an answer.
    ///
    /// # Errors
    /// When the store does not answer.
    fn revision(&self) -> Result<u64, StoreError>;

    /// A counter that changes with every commit of late links ([`WriteTxn::link_late`]) both of whose ends are
    /// visible: a view that holds one end of a link only shows no sign of it. Never part of an answer.
    ///
    /// # Errors
    /// When the store does not answer.
    fn late_revision(&self, view: &Sight) -> Result<u64, StoreError>;

    /// The forms that are noted as not yet linked with all others ([`WriteTxn::note_unlinked`]), of which the
    /// note was made or renewed after a revision; ascending by id. Whoever reads them again at each
    /// [`Store::revision`] knows them all: a note is part of the commit that makes it.
    ///
    /// # Errors
    /// When the store does not answer.
    fn unlinked(&self, after: u64) -> Result<Vec<Unlinked>, StoreError>;

    /// All classes in use, ascending by their number. Classes are only ever added.
    ///
    /// # Errors
    /// When the store does not answer.
    fn classes(&self) -> Result<Vec<(ClassId, Class)>, StoreError>;

    /// Begins the (one) write transaction, of an act with this entry; waits for another to end.
    ///
    /// # Errors
    /// When the store does not answer or cannot be locked in time.
    fn begin<'a>(&'a self, due: &'a Due) -> Result<Box<dyn WriteTxn + 'a>, StoreError>;

    /// Returns the visible ones among these records, in the order asked; others are left out.
    ///
    /// # Errors
    /// When the store does not answer.
    fn records(&self, view: &Sight, ids: &[RecordId]) -> Result<Vec<Record>, StoreError>;

    /// Returns the visible ones among these events, in the order asked, trimmed as in [`SnapshotSink`].
    ///
    /// # Errors
    /// When the store does not answer.
    fn events(&self, view: &Sight, ids: &[EventId]) -> Result<Vec<Event>, StoreError>;

    /// Visible forms that carry one of these blocking keys, distinct, ascending.
    ///
    /// # Errors
    /// When the store does not answer.
    fn candidates(&self, view: &Sight, keys: &[BlockKey]) -> Result<Vec<FormId>, StoreError>;

    /// For each visible one among these forms its smallest record.
    ///
    /// # Errors
    /// When the store does not answer.
    fn of_forms(
        &self,
        view: &Sight,
        forms: &[FormId],
    ) -> Result<BTreeMap<FormId, Record>, StoreError>;

    /// Streams the visible part of the store from one consistent state; returns its revision.
    ///
    /// # Errors
    /// When the store does not answer.
    fn stream(&self, view: &Sight, sink: &mut dyn SnapshotSink) -> Result<u64, StoreError>;

    /// The visible objects that commits after a revision touched, as they stand now, read from one consistent state.
    /// `None` if the log does not reach back to that revision, or names more than `most` objects of the view: then
    /// [`Store::stream`] reads the view as it is.
    ///
    /// # Errors
    /// When the store does not answer.
    fn changes_since(
        &self,
        view: &Sight,
        after: u64,
        most: usize,
    ) -> Result<Option<Changes>, StoreError>;

    /// A small named document (tokens, policy, configuration).
    ///
    /// # Errors
    /// When the store does not answer.
    fn document(&self, name: &str) -> Result<Option<String>, StoreError> {
        Ok(self.versioned_document(name)?.map(|document| document.text))
    }

    /// A document with its version.
    ///
    /// # Errors
    /// When the store does not answer.
    fn versioned_document(&self, name: &str) -> Result<Option<Document>, StoreError>;

    /// The version of a document, 0 when there is none: cheap, for caches.
    ///
    /// # Errors
    /// When the store does not answer.
    fn document_version(&self, name: &str) -> Result<u64, StoreError>;

    /// Writes a small named document, whatever was there before.
    ///
    /// # Errors
    /// When the store does not answer.
    fn put_document(&self, name: &str, text: &str, due: &Due) -> Result<(), StoreError>;

    /// The documents whose names begin so, by name.
    ///
    /// # Errors
    /// When the store does not answer.
    fn documents(&self, prefix: &str) -> Result<BTreeMap<String, String>, StoreError>;

    /// Writes (`Some`) or removes (`None`) a document if it still says `before`, or is still not
    /// there (`None`); returns true if it did. So two writers at the same instant never lose a change: the
    /// second is told to read again.
    ///
    /// # Errors
    /// When the store does not answer.
    fn swap_document(
        &self,
        name: &str,
        before: Option<&str>,
        after: Option<&str>,
        due: &Due,
    ) -> Result<bool, StoreError>;
}

/// A named document as it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Document {
    /// Raised by every write, from 1.
    pub version: u64,
    /// The document's content.
    pub text: String,
}

/// A write transaction. Dropping it without [`WriteTxn::commit`] undoes it. Its reads see the
/// whole store and its own writes: they serve linking, which happens between all records so that
/// every later view finds its links; what they return never goes into an answer.
pub trait WriteTxn {
    /// Returns the stored ones among these records, by id, as they were handed in.
    ///
    /// # Errors
    /// When the store does not answer.
    fn known(&mut self, ids: &[RecordId]) -> Result<BTreeMap<RecordId, Record>, StoreError>;

    /// For each of these forms that has records, whether it has one or several of them.
    ///
    /// # Errors
    /// When the store does not answer.
    fn sizes(&mut self, forms: &[FormId]) -> Result<BTreeMap<FormId, FormSize>, StoreError>;

    /// For each of these forms that has records its smallest record, as it was handed in.
    ///
    /// # Errors
    /// When the store does not answer.
    fn of_forms(&mut self, forms: &[FormId]) -> Result<BTreeMap<FormId, Record>, StoreError>;

    /// For each key, the forms of some classes, or of all, that carry it: distinct (key, form) pairs,
    /// ascending. Forms of other classes are not looked at, so that they take no time.
    ///
    /// # Errors
    /// When the store does not answer.
    fn candidates(
        &mut self,
        within: Option<&ClassSet>,
        keys: &[BlockKey],
    ) -> Result<Vec<(BlockKey, FormId)>, StoreError>;

    /// Writes a batch. A record, tie or event that is already there with the same content is left
    /// as it is; one with other content is an error ([`StoreError::Conflict`]), because records
    /// never change: callers sort those out with [`WriteTxn::known`] first. A link of the same
    /// pair and a judgement of the same pair, user and owner are replaced.
    ///
    /// # Errors
    /// When the store does not answer, or on a conflict; the transaction is then lost.
    fn put(&mut self, batch: &Batch) -> Result<Applied, StoreError>;

    /// Notes forms, which have records in the store or this transaction, as not yet linked with all others; the notes,
    /// in the order of the forms.
    ///
    /// # Errors
    /// When the store does not answer, or has no such form; the transaction is then lost.
    fn note_unlinked(&mut self, forms: &[FormId]) -> Result<Vec<Unlinked>, StoreError>;

    /// Stores links that were found after their forms were, and takes the notes of forms that are linked with
    /// all others now, but for those that were renewed since. Links of forms that are not there any more are
    /// left out. The store's revision stays as it is: [`Store::late_revision`] tells of it those who may see both
    /// ends.
    ///
    /// # Errors
    /// When the store does not answer; the transaction is then lost.
    fn link_late(&mut self, links: &[FormLink], linked: &[Unlinked]) -> Result<(), StoreError>;

    /// Sets by when objects must be reviewed: they move to the class that differs in this only. What was
    /// handed in stays as it was, its label included, so that handing it in again changes nothing; what
    /// is read through a view bears the label of its class. Ids that are not there are left out. A record that moves is
    /// of another form, that of its content in its new class, which has the links and keys of the form before. Where a
    /// record moves all notes of [`WriteTxn::note_unlinked`] are renewed: with which classes those forms were linked
    /// says no more with which records.
    ///
    /// # Errors
    /// When the store does not answer; the transaction is then lost.
    fn set_review(&mut self, ids: &Ids, review_by: Timestamp) -> Result<(), StoreError>;

    /// Removes all records, ties and events of these classes; with a record go the ties and judgements that name it, and
    /// its part in other events; with the forms of these classes their blocking keys and links. The classes stay.
    ///
    /// # Errors
    /// When the store does not answer; the transaction is then lost.
    fn purge(&mut self, classes: &ClassSet) -> Result<Purged, StoreError>;

    /// Makes everything durable, with the entry that is due. When this returns `Ok`, nothing of it is ever lost.
    ///
    /// # Errors
    /// When the transaction could not be made durable; then nothing of it is there.
    fn commit(self: Box<Self>) -> Result<(), StoreError>;
}
