//! The change log: which objects each commit put, removed or moved to another class. A reader of a view follows the
//! store by it without reading the view anew.
//!
//! The log is kept by states, not by contents: it names the objects that a commit touched, and a reader is given each
//! as it stands now, in its view. So a reader may skip revisions, and what an object said in between is read nowhere.
//!
//! A reader holds what [`super::Store::stream`] gave at a revision, and then applies changes, each time within a view
//! that shows the same of the classes that there were before, and may show classes that are new. A link has no state of
//! its own to be gone from: the reader drops the links of each form that has no record any more, and the link with
//! itself of each form that has one record, then adds those that are given. Links that are found late it reads after the changes.

use std::collections::BTreeMap;

use crate::model::{
    ClassId, Event, EventId, FormId, FormLink, Judgement, Record, RecordId, Tie, TieId,
};

/// The objects of a view that commits touched after a revision, as they stand at a later one. An object that is not
/// visible any more, or has never been, is `None`.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Changes {
    /// The revision that they lead to; all of them were read from this one state.
    pub revision: u64,
    /// Records, with their classes and forms.
    pub records: BTreeMap<RecordId, Option<(ClassId, FormId, Record)>>,
    /// Ties whose own class and both ends are visible.
    pub ties: BTreeMap<TieId, Option<Tie>>,
    /// Events, without the participations of records that are not visible.
    pub events: BTreeMap<EventId, Option<Event>>,
    /// Links that were stored with their forms or renewed, and those of forms that records moved to, ascending by their
    /// pair; links that are found later are not named by the log, since a link follows from its two forms. Both forms
    /// are visible. A link that is gone is not here: the last record of one of its forms was named.
    pub links: Vec<FormLink>,
    /// For each judged pair of records that was touched, all judgements on it whose class and both ends are visible,
    /// ascending by owner and user; there may be none.
    pub judgements: BTreeMap<(RecordId, RecordId), Vec<Judgement>>,
}
