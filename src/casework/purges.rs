//! Purging rows that may not be kept any longer: rows whose review is overdue, and rows of providers of services about
//! victims whose release has ended.

use std::collections::BTreeMap;

use crate::audit::{Due, Entry, Housekeeping};
use crate::govern::{RecordReviews, is_to_be_purged};
use crate::model::{ClassId, ClassSet, RecordId, Timestamp};
use crate::store::{Store, StoreError};

use super::policies::agencies;

/// The numbers of objects that a purge removed, for the operator of the server and nobody else.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PurgeReport {
    /// The number of records, ties and events, by the agency that owned them.
    pub agencies: BTreeMap<String, u64>,
}

/// Removes the rows that are due for removal at a time. `entry` makes the audit entry for an agency that owned some of
/// them, which is committed together with the removal.
///
/// # Errors
/// When the store fails.
pub fn purge(
    store: &dyn Store,
    at: Timestamp,
    entry: impl Fn(&str) -> Entry,
) -> Result<PurgeReport, StoreError> {
    let agencies = agencies(store)?;
    let mut owners: BTreeMap<ClassId, String> = BTreeMap::new();
    for (id, class) in store.classes()? {
        let owner = class.label.agency.clone();
        if is_to_be_purged(&class.label, agencies.get(&owner), at) {
            owners.insert(id, owner);
        }
    }
    let accounts = Accounts::read(store)?;
    let mut report = PurgeReport::default();
    let mut gone = Vec::new();
    if !owners.is_empty() {
        let classes: ClassSet = owners.keys().copied().collect();
        let due = Due::awaited();
        let mut txn = store.begin(&due)?;
        let before = txn.known(&accounts.rows())?;
        for (class, count) in txn.purge(&classes)? {
            let owner = owners.get(&class).cloned().unwrap_or_default();
            *report.agencies.entry(owner).or_default() += count;
        }
        if !report.agencies.is_empty() {
            let after = txn.known(&accounts.rows())?;
            gone = before.into_keys().filter(|row| !after.contains_key(row)).collect();
            report.agencies.keys().for_each(|agency| due.add(entry(agency)));
            txn.commit()?;
        }
    }
    accounts.remove(store, &gone, at)?;
    Ok(report)
}

/// The accounts of reviews as JSON, by the names of their documents.
struct Accounts(BTreeMap<String, String>);

impl Accounts {
    fn read(store: &dyn Store) -> Result<Self, StoreError> {
        store.documents(RecordReviews::DOCUMENTS).map(Self)
    }

    fn row(name: &str) -> Option<RecordId> {
        name.strip_prefix(RecordReviews::DOCUMENTS)?.parse().ok()
    }

    /// The ids of the rows that the accounts are of.
    fn rows(&self) -> Vec<RecordId> {
        self.0.keys().filter_map(|name| Self::row(name)).collect()
    }

    /// Removes the accounts of rows that are gone, and accounts that are due for removal as their rows are.
    fn remove(
        &self,
        store: &dyn Store,
        gone: &[RecordId],
        at: Timestamp,
    ) -> Result<(), StoreError> {
        for (name, text) in &self.0 {
            let over = serde_json::from_str::<RecordReviews>(text)
                .map_err(|error| StoreError::Damaged(format!("{:?} error", error.classify())))?
                .is_to_be_purged(at);
            if over || Self::row(name).is_some_and(|row| gone.contains(&row)) {
                // An account that was written to meanwhile is of a row that is kept.
                store.swap_document(
                    name,
                    Some(text),
                    None,
                    &Due::unlogged(Housekeeping::EndedReviews),
                )?;
            }
        }
        Ok(())
    }
}
