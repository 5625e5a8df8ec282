//! Admission of rows: the rules for what an agency may hand in, live or in a file.

use std::collections::BTreeMap;

use crate::casework::policies::agencies;
use crate::govern::{Agency, LawProfile, is_review_date};
use crate::ingest::{RELEASE, Reason, RowError, RowOutput};
use crate::model::{EntityType, Label, Record, Timestamp};
use crate::store::{Store, StoreError};

/// The registered agencies, and the time at which rows are handed in.
pub(super) struct Admission {
    agencies: BTreeMap<String, Agency>,
    at: Timestamp,
}

impl Admission {
    pub(super) fn of(store: &dyn Store, at: Timestamp) -> Result<Self, StoreError> {
        Ok(Self { agencies: agencies(store)?, at })
    }

    /// Refuses a row that its agency must not hand in (now).
    pub(super) fn check(&self, row: &RowOutput) -> Result<(), RowError> {
        let is_person = |record: &Record| record.entity_type() == EntityType::Person;
        let is_about_person = row.records.iter().any(is_person);
        let labels = row.records.iter().map(|record| &record.label);
        let mut labels = labels.chain(row.events.iter().map(|event| &event.label));
        labels.try_for_each(|label| self.check_terms(label, is_about_person))?;
        self.check_released(row)
    }

    /// Refuses a review date that is past or too far ahead; a missing one where the row is criminal intelligence or, by
    /// the agency's law, about a person; and a release that has ended.
    fn check_terms(&self, label: &Label, is_about_person: bool) -> Result<(), RowError> {
        let reviewed = match label.review_by {
            Some(by) => is_review_date(by, self.at),
            None => {
                let by_law = is_about_person && self.reviews_every_row(&label.agency);
                !label.intelligence && !by_law
            }
        };
        if !reviewed {
            return Err(RowError::column("review_by", Reason::BadReview));
        }
        if label.released_until.is_some_and(|until| until <= self.at) {
            return Err(RowError::column("release.until", Reason::NoRelease));
        }
        Ok(())
    }

    fn reviews_every_row(&self, agency: &str) -> bool {
        let law = self.agencies.get(agency).and_then(|agency| agency.law);
        law.is_some_and(LawProfile::reviews_every_row)
    }

    /// Refuses records about victims from a provider of services to victims, even with encoded identifiers, without a
    /// written, time-limited release (34 USC 12291(b)(2)).
    fn check_released(&self, row: &RowOutput) -> Result<(), RowError> {
        let unreleased = row.records.iter().any(|record| {
            let owner = self.agencies.get(&record.label.agency);
            owner.is_some_and(Agency::releases_victims)
                && record.label.category.is_victim()
                && !record.raw.contains_key(RELEASE)
        });
        if unreleased { Err(RowError::column("release", Reason::NoRelease)) } else { Ok(()) }
    }
}
