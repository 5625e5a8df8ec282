//! Entries that are due: a store commits each together with its write, so that neither exists without the other.

use std::sync::{Mutex, MutexGuard, PoisonError};

use thiserror::Error;

use super::chain::Entry;

/// The writes to a store without an entry, none of which is a user's act.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Housekeeping {
    /// The last use of sessions, and the removal of sessions that are over.
    Sessions,
    /// The attempts to log on to an account. A lock and a log-on have entries of their own.
    LogOnTries,
    /// The id of the key that seals the store's secrets.
    SealingKey,
    /// Silent alerts to desks some time after a question's answer: the question is logged.
    SilentAlerts,
    /// Counts and messages of referrals some time after the question: the question is logged, and so is each referral.
    Referrals,
    /// Reviews whose rows have been removed: the purge of the rows is logged.
    EndedReviews,
    /// Links of records that are stored and logged.
    Linking,
    /// A transaction that determines the effects of a change and is never committed.
    DryRun,
    /// A document that is written and removed to find out if the store takes writes again.
    WriteProbe,
    /// The making of a store before anybody is served from it: of copies, for tests and measurements.
    Making,
}

impl Housekeeping {
    /// All variants.
    pub const ALL: [Self; 10] = [
        Self::Sessions,
        Self::LogOnTries,
        Self::SealingKey,
        Self::SilentAlerts,
        Self::Referrals,
        Self::EndedReviews,
        Self::Linking,
        Self::DryRun,
        Self::WriteProbe,
        Self::Making,
    ];
}

/// The error that an act is to be committed without any entry; nothing is committed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("a write without its entry")]
pub struct NoEntry;

/// The entries of one act, or the reason for which there are none. The first commit of the act stores them; later
/// commits of the same act find them stored.
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
    /// The ids that the store gave the entries; `None` before they are stored.
    writes: Option<Vec<String>>,
}

impl Due {
    /// An act with this entry.
    pub fn of(entry: Entry) -> Self {
        Self(Kind::Act(Mutex::new(Act { entries: vec![entry], writes: None })))
    }

    /// An act whose entries are added before its commit; without any it cannot be committed.
    pub fn awaited() -> Self {
        Self(Kind::Act(Mutex::default()))
    }

    /// A write that is no user's act.
    pub const fn unlogged(why: Housekeeping) -> Self {
        Self(Kind::Unlogged(why))
    }

    /// The reason for which there is no entry; `None` for an act.
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

    /// Changes the entries, as long as they are not stored.
    pub fn amend(&self, change: impl FnMut(&mut Entry)) {
        if let Some(mut act) = self.act().filter(|act| act.writes.is_none()) {
            act.entries.iter_mut().for_each(change);
        }
    }

    /// The first entry, as it is now.
    pub fn first(&self) -> Option<Entry> {
        self.act().and_then(|act| act.entries.first().cloned())
    }

    /// The entries that a commit must store: empty where they are stored already or none are due.
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

    /// Records that a commit has stored the entries, with their ids.
    pub fn stored_as(&self, writes: Vec<String>) {
        if let Some(mut act) = self.act().filter(|act| act.writes.is_none()) {
            act.writes = Some(writes);
        }
    }

    /// The stored entries with their ids; empty where nothing was committed.
    pub fn stored(&self) -> Vec<(String, Entry)> {
        let Some(act) = self.act() else { return Vec::new() };
        let writes = act.writes.clone().unwrap_or_default();
        writes.into_iter().zip(act.entries.iter().cloned()).collect()
    }
}
