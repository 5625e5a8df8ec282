//! What an agency may hand in at all, whatever road it takes.

use std::collections::BTreeMap;

use crate::govern::{AgencyKind, POLICY_DOCUMENT, Policy, is_review_date};
use crate::ingest::{RELEASE, Reason, RowError, RowOutput};
use crate::model::{Label, Timestamp};
use crate::store::{Store, StoreError};

/// The kinds of the agencies, as registered now.
pub(super) fn agency_kinds(store: &dyn Store) -> Result<BTreeMap<String, AgencyKind>, StoreError> {
    let document = store.document(POLICY_DOCUMENT)?;
    let policy = Policy::from_document(document.as_deref());
    let policy = policy.map_err(|error| StoreError::Damaged(error.to_string()))?;
    Ok(policy.agencies.into_iter().map(|(name, agency)| (name, agency.kind)).collect())
}

/// The kinds of the agencies, as registered now, and when rows are handed in.
pub(super) struct Admission {
    kinds: BTreeMap<String, AgencyKind>,
    at: Timestamp,
}

impl Admission {
    pub(super) fn of(store: &dyn Store, at: Timestamp) -> Result<Self, StoreError> {
        Ok(Self { kinds: agency_kinds(store)?, at })
    }

    /// Refuses what must not be handed in (now).
    pub(super) fn check(&self, row: &RowOutput) -> Result<(), RowError> {
        let labels = row.records.iter().map(|record| &record.label);
        let mut labels = labels.chain(row.events.iter().map(|event| &event.label));
        labels.try_for_each(|label| self.check_terms(label))?;
        self.check_released(row)
    }

    /// A review that lies behind or too far ahead, or that criminal intelligence does without; a release
    /// that has ended.
    fn check_terms(&self, label: &Label) -> Result<(), RowError> {
        let reviewed = match label.review_by {
            Some(by) => is_review_date(by, self.at),
            None => !label.intelligence,
        };
        if !reviewed {
            return Err(RowError::column("review_by", Reason::BadReview));
        }
        if label.released_until.is_some_and(|until| until <= self.at) {
            return Err(RowError::column("release.until", Reason::NoRelease));
        }
        Ok(())
    }

    /// A provider of services to victims hands in none of their identifiers, not even encoded, without a written, time-limited release (34 USC 12291(b)(2)).
    fn check_released(&self, row: &RowOutput) -> Result<(), RowError> {
        let unreleased = row.records.iter().any(|record| {
            let provider =
                self.kinds.get(&record.label.agency) == Some(&AgencyKind::ServiceProvider);
            provider && record.label.category.is_victim() && !record.raw.contains_key(RELEASE)
        });
        if unreleased { Err(RowError::column("release", Reason::NoRelease)) } else { Ok(()) }
    }
}
