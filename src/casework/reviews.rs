//! Retention reviews: keeping rows beyond their review date, and listing the rows whose review falls due.

use std::collections::{BTreeMap, BTreeSet};

use super::documents::{Kept, change};
use super::reason::reason;
use super::{Casework, CaseworkError, act};
use crate::audit::Due;
use crate::govern::{Question, REVIEW_DAYS_MAX, RecordReview, RecordReviews, is_review_date};
use crate::graph::{OwnObject, OwnRows};
use crate::ingest::day_of;
use crate::model::{IdKey, RecordId, Series, Timestamp};
use crate::store::{Ids, Store};

/// The most records and local ids that one review can name.
pub const REVIEWED_MAX: usize = 100;

/// A request to keep rows: the rows, the next review date, and the reason.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RetentionReview {
    /// Records of the asker's agency; each stands for its row.
    pub records: Vec<RecordId>,
    /// The agency's own ids of rows or records.
    pub local_ids: Vec<String>,
    /// The date by which the rows must be reviewed next.
    pub review_by: Timestamp,
    /// The reason why the rows are kept.
    pub explanation: String,
}

/// The result of a review.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reviewed {
    /// All records of the rows.
    pub records: Vec<RecordId>,
    /// The number of rows.
    pub rows: usize,
    /// The date by which the rows must be reviewed next.
    pub review_by: Timestamp,
}

/// Keeps rows of the asker's agency until their next review, and an account of the review: the account is written
/// first, so that nothing is kept without one. `own` are the agency's rows in the asker's view.
///
/// # Errors
/// No explanation; a date that is out of range; rows that are not the agency's, or need no review.
pub fn review(
    work: Casework<'_>,
    question: &Question<'_>,
    own: OwnRows<'_>,
    asked: &RetentionReview,
) -> Result<Reviewed, CaseworkError> {
    let explanation = reason(&asked.explanation, "explanation")?;
    let named = asked.records.len() + asked.local_ids.len();
    if !(1..=REVIEWED_MAX).contains(&named) {
        let detail = format!("1 to {REVIEWED_MAX} records and local ids");
        return Err(CaseworkError::input("records", "out_of_range", detail));
    }
    let review_by = day_of(asked.review_by);
    if !is_review_date(review_by, question.at) {
        let detail = format!("a day that lies ahead, at most {REVIEW_DAYS_MAX} days");
        return Err(CaseworkError::input("review_by", "bad_review", detail));
    }
    let rows = Rows { id_key: work.id_key, own };
    let mut wanted = BTreeSet::new();
    for id in &asked.records {
        wanted.insert(to_review(rows.own.shown(*id))?);
    }
    for local_id in &asked.local_ids {
        wanted.extend(rows.called(local_id.trim())?);
    }
    let ids = rows.ids(&wanted);
    let review = RecordReview { by: act(question), review_by, explanation };
    for row in &wanted {
        write_down(work.writing(), rows.key(*row), &review)?;
    }
    let mut txn = work.store.begin(work.due)?;
    txn.set_review(&ids, review_by)?;
    txn.commit()?;
    Ok(Reviewed { records: ids.records, rows: wanted.len(), review_by })
}

/// Reads the reviews of a row so far. `row` is the id that the row's first record has or would have.
///
/// # Errors
/// When the store fails.
pub fn reviews_of(store: &dyn Store, row: RecordId) -> Result<RecordReviews, CaseworkError> {
    RecordReviews::read(store.document(&RecordReviews::document(row))?.as_deref())
}

fn write_down(
    writing: (&dyn Store, &Due),
    row: RecordId,
    review: &RecordReview,
) -> Result<(), CaseworkError> {
    change(writing, &RecordReviews::document(row), |kept: &mut RecordReviews| {
        kept.reviews.push(review.clone());
        Ok(())
    })
}

/// An agency's own rows.
#[derive(Clone, Copy)]
pub struct Rows<'a> {
    /// The key that ids are hashed with.
    pub id_key: &'a IdKey,
    /// The rows that are in the asker's view.
    pub own: OwnRows<'a>,
}

/// A row of an agency: its series, and its id in the series.
pub type Row<'a> = (Series, &'a str);

/// The row that an object was read from.
fn row_of<'a, Id>(object: &OwnObject<'a, Id>) -> Row<'a> {
    (Series::of(object.label.intelligence), object.row)
}

/// Returns the row of an object; fails if there is no object or its row needs no review.
fn to_review<'a, Id>(object: Option<OwnObject<'a, Id>>) -> Result<Row<'a>, CaseworkError> {
    let object = object.ok_or(CaseworkError::NotFound)?;
    object.label.review_by.map(|_| row_of(&object)).ok_or_else(without)
}

impl<'a> Rows<'a> {
    /// The id that a row's first record has or would have.
    pub fn key(&self, (series, row): Row<'_>) -> RecordId {
        self.id_key.record_of(series, self.own.agency(), row)
    }

    /// Finds the rows with a local id, or with a record that has it: at most one in each series. If only one of two
    /// rows needs review, that one is returned.
    fn called(&self, local_id: &str) -> Result<Vec<Row<'a>>, CaseworkError> {
        let both = [Series::Ordinary, Series::Intelligence];
        let [ordinary, intelligence] = both.map(|series| self.called_in(series, local_id));
        match (ordinary, intelligence) {
            (Ok(one), Ok(other)) => Ok(vec![one, other]),
            (Ok(row), Err(_)) | (Err(_), Ok(row)) => Ok(vec![row]),
            (Err(CaseworkError::NotFound), Err(error)) | (Err(error), Err(_)) => Err(error),
        }
    }

    fn called_in(&self, series: Series, local_id: &str) -> Result<Row<'a>, CaseworkError> {
        let record = self.own.stored(self.key((series, local_id)));
        if record.is_some() {
            return to_review(record);
        }
        let mut events = self.own.events();
        to_review(events.find(|event| row_of(event) == (series, local_id)))
    }

    /// Returns the ids of all objects of some rows, each kind ascending.
    fn ids(&self, rows: &BTreeSet<Row<'_>>) -> Ids {
        let records = self.own.records();
        let records =
            records.filter(|it| it.label.review_by.is_some() && rows.contains(&row_of(it)));
        let ties = self.own.ties().filter(|tie| rows.contains(&row_of(tie)));
        let events = self.own.events().filter(|event| rows.contains(&row_of(event)));
        Ids {
            records: records.map(|record| record.id).collect(),
            ties: ties.map(|tie| tie.id).collect(),
            events: events.map(|event| event.id).collect(),
        }
    }

    /// Lists the rows that must be reviewed (before a time, if one is given), by their review date, with their records.
    pub fn due(&self, before: Option<Timestamp>) -> BTreeMap<(Timestamp, Row<'a>), Vec<RecordId>> {
        let early = |by: &Timestamp| before.is_none_or(|before| *by < before);
        let mut due: BTreeMap<_, Vec<RecordId>> = BTreeMap::new();
        for record in self.own.records() {
            if let Some(by) = record.label.review_by.filter(early) {
                due.entry((by, row_of(&record))).or_default().push(record.id);
            }
        }
        for event in self.own.events() {
            if let Some(by) = event.label.review_by.filter(early) {
                due.entry((by, row_of(&event))).or_default();
            }
        }
        due
    }
}

fn without() -> CaseworkError {
    CaseworkError::input("records", "no_review", "one of them need not be reviewed")
}
