//! Entries that are due: a store commits them together with what they are about, so that neither is ever there
//! without the other.

use std::sync::{Mutex, MutexGuard, PoisonError};

use thiserror::Error;

use super::chain::Entry;

/// What is written into a store without an entry, and why: none of it is anybody's act.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Housekeeping {
    /// When a session was last used; sessions that are over.
    Sessions,
    /// The tries of an account, and whether they have locked it. A log-on is logged with its session.
    LogOnTries,
    /// Which key seals the store's secrets.
    SealingKey,
    /// What desks are told of a question some time after its answer: the question is logged.
    SilentAlerts,
    /// What is counted and told of referrals some time after the question: the question is logged, and so is each
    /// referral.
    Referrals,
    /// Accounts of reviews whose rows are gone: the purge of the rows is logged.
    EndedReviews,
    /// Links of records that are stored and logged.
    Linking,
    /// A transaction that finds out what would happen and is never committed.
    DryRun,
    /// The making of a store before anybody is served from it: of copies, for tests and measurements.
    Making,
}

impl Housekeeping {
    /// All of them.
    pub const ALL: [Self; 9] = [
        Self::Sessions,
        Self::LogOnTries,
        Self::SealingKey,
        Self::SilentAlerts,
        Self::Referrals,
        Self::EndedReviews,
        Self::Linking,
        Self::DryRun,
        Self::Making,
    ];
}

/// A commit of an act whose entry is not known: nothing is committed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("a write without its entry")]
pub struct NoEntry;

/// The entries of one act, or why there is none. The first commit of the act stores them; later commits of the
/// same act find that they are stored.
#[derive(Debug)]
pub struct Due(Kind);

#[derive(Debug)]
enum Kind {
    Act(Mutex<Act>),
    Unlogged(Housekeeping),
}

#[derive(Debug, Default)]
struct Act {
    entries: Vec<Entry>,
    /// The ids that the store gave the entries.
    writes: Option<Vec<String>>,
}

impl Due {
    /// The entry of an act.
    pub fn of(entry: Entry) -> Self {
        Self(Kind::Act(Mutex::new(Act { entries: vec![entry], writes: None })))
    }

    /// An act whose entries come to be known before its commit; without any it cannot be committed.
    pub fn awaited() -> Self {
        Self(Kind::Act(Mutex::default()))
    }

    /// What is nobody's act.
    pub const fn unlogged(why: Housekeeping) -> Self {
        Self(Kind::Unlogged(why))
    }

    /// Why there is no entry, where there is none.
    pub fn housekeeping(&self) -> Option<Housekeeping> {
        match &self.0 {
            Kind::Act(_) => None,
            Kind::Unlogged(why) => Some(*why),
        }
    }

    fn act(&self) -> Option<MutexGuard<'_, Act>> {
        match &self.0 {
            Kind::Act(act) => Some(act.lock().unwrap_or_else(PoisonError::into_inner)),
            Kind::Unlogged(_) => None,
        }
    }

    /// Adds an entry to those that are not stored yet.
    pub fn add(&self, entry: Entry) {
        if let Some(mut act) = self.act() {
            act.entries.push(entry);
        }
    }

    /// Completes the entries, as long as they are not stored.
    pub fn amend(&self, change: impl FnMut(&mut Entry)) {
        if let Some(mut act) = self.act().filter(|act| act.writes.is_none()) {
            act.entries.iter_mut().for_each(change);
        }
    }

    /// The first entry, as far as it is known.
    pub fn first(&self) -> Option<Entry> {
        self.act().and_then(|act| act.entries.first().cloned())
    }

    /// The entries that a commit must store: none where they are stored already or there are none to be.
    ///
    /// # Errors
    /// When the act has no entry.
    pub fn to_store(&self) -> Result<Vec<Entry>, NoEntry> {
        match self.act() {
            None => Ok(Vec::new()),
            Some(act) if act.writes.is_some() => Ok(Vec::new()),
            Some(act) if act.entries.is_empty() => Err(NoEntry),
            Some(act) => Ok(act.entries.clone()),
        }
    }

    /// Says that a commit has stored the entries, and under which ids.
    pub fn stored_as(&self, writes: Vec<String>) {
        if let Some(mut act) = self.act().filter(|act| act.writes.is_none()) {
            act.writes = Some(writes);
        }
    }

    /// The entries that were stored with a commit, with their ids; none where nothing was committed.
    pub fn stored(&self) -> Vec<(String, Entry)> {
        let Some(act) = self.act() else { return Vec::new() };
        let writes = act.writes.clone().unwrap_or_default();
        writes.into_iter().zip(act.entries.iter().cloned()).collect()
    }
}
