//! What an agency may hand in at all, whatever road it takes.

use std::collections::BTreeMap;

use crate::govern::{AgencyKind, POLICY_DOCUMENT, Policy};
use crate::ingest::{RELEASE, Reason, RowError, RowOutput};
use crate::store::{Store, StoreError};

/// The kinds of the agencies, as registered now.
pub(super) struct Admission(BTreeMap<String, AgencyKind>);

impl Admission {
    pub(super) fn of(store: &dyn Store) -> Result<Self, StoreError> {
        let document = store.document(POLICY_DOCUMENT)?;
        let policy = Policy::from_document(document.as_deref());
        let policy = policy.map_err(|error| StoreError::Damaged(error.to_string()))?;
        let kinds = policy.agencies.into_iter().map(|(name, agency)| (name, agency.kind));
        Ok(Self(kinds.collect()))
    }

    /// Refuses what an agency must not hand in: a provider of services to victims their identifiers, not
    /// even encoded, without a written, time-limited release (34 USC 12291(b)(2)).
    pub(super) fn check(&self, row: &RowOutput) -> Result<(), RowError> {
        let unreleased = row.records.iter().any(|record| {
            let provider = self.0.get(&record.label.agency) == Some(&AgencyKind::ServiceProvider);
            provider && record.label.category.is_victim() && !record.raw.contains_key(RELEASE)
        });
        if unreleased { Err(RowError::column("release", Reason::NoRelease)) } else { Ok(()) }
    }
}
