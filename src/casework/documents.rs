//! Documents of the store: read, and changed on what is there at the instant of writing. All writes of this
//! room's documents stand here.

use std::str::FromStr;

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::CaseworkError;
use crate::audit::Due;
use crate::govern::{DeskBook, OnwardRequest, POLICY_DOCUMENT, Policy, RecordReviews};
use crate::store::Store;

/// How often a change is tried again when another one came in between.
const CHANGES_MAX: usize = 20;

/// Something that a document keeps as a whole and that changes.
pub(super) trait Kept: Sized {
    /// Reads the document; without one, what there is at the beginning.
    fn read(text: Option<&str>) -> Result<Self, CaseworkError>;
    /// The document to keep.
    fn text(&self) -> Result<String, CaseworkError>;
}

impl Kept for Policy {
    fn read(text: Option<&str>) -> Result<Self, CaseworkError> {
        Self::from_document(text).map_err(|_| CaseworkError::Unreadable("the policy"))
    }

    fn text(&self) -> Result<String, CaseworkError> {
        Ok(self.to_document())
    }
}

impl Kept for DeskBook {
    fn read(text: Option<&str>) -> Result<Self, CaseworkError> {
        Self::from_document(text).map_err(|_| CaseworkError::Unreadable("a desk book"))
    }

    fn text(&self) -> Result<String, CaseworkError> {
        Ok(self.to_document())
    }
}

impl Kept for RecordReviews {
    fn read(text: Option<&str>) -> Result<Self, CaseworkError> {
        text.map_or(Ok(Self::default()), |text| parse(text, "an account of reviews"))
    }

    fn text(&self) -> Result<String, CaseworkError> {
        text_of(self, "an account of reviews")
    }
}

/// Reads an object that a document keeps.
pub(super) fn parse<T: DeserializeOwned>(
    text: &str,
    what: &'static str,
) -> Result<T, CaseworkError> {
    serde_json::from_str(text).map_err(|_| CaseworkError::Unreadable(what))
}

/// The document that keeps an object.
pub(super) fn text_of<T: Serialize>(
    object: &T,
    what: &'static str,
) -> Result<String, CaseworkError> {
    serde_json::to_string(object).map_err(|_| CaseworkError::Unwritable(what))
}

/// Changes a document. `change` may run several times: of two who change it at once one starts again from
/// what the other made of it.
///
/// # Errors
/// What `change` refuses; when the store does not answer or the document is changed all the time.
pub(super) fn change<D: Kept, T>(
    (store, due): (&dyn Store, &Due),
    name: &str,
    mut change: impl FnMut(&mut D) -> Result<T, CaseworkError>,
) -> Result<T, CaseworkError> {
    for _ in 0..CHANGES_MAX {
        let before = store.document(name)?;
        let mut kept = D::read(before.as_deref())?;
        let changed = change(&mut kept)?;
        if swap((store, due), name, before.as_deref(), Some(&kept.text()?))? {
            return Ok(changed);
        }
    }
    Err(CaseworkError::Contended)
}

/// Changes the policy, as [`change`] does.
///
/// # Errors
/// As [`change`].
pub fn change_policy<T>(
    writing: (&dyn Store, &Due),
    made: impl FnMut(&mut Policy) -> Result<T, CaseworkError>,
) -> Result<T, CaseworkError> {
    change(writing, POLICY_DOCUMENT, made)
}

/// Changes an agency's desk book, as [`change`] does.
///
/// # Errors
/// As [`change`].
pub fn change_book<T>(
    writing: (&dyn Store, &Due),
    agency: &str,
    made: impl FnMut(&mut DeskBook) -> Result<T, CaseworkError>,
) -> Result<T, CaseworkError> {
    change(writing, &DeskBook::document(agency), made)
}

/// What an agency's desk keeps.
///
/// # Errors
/// When the store does not answer or keeps something else.
pub fn book(store: &dyn Store, agency: &str) -> Result<DeskBook, CaseworkError> {
    DeskBook::read(store.document(&DeskBook::document(agency))?.as_deref())
}

/// Writes (`Some`) or removes (`None`) a document if it still says `before`; whether it did.
///
/// # Errors
/// When the store does not answer.
pub(super) fn swap(
    (store, due): (&dyn Store, &Due),
    name: &str,
    before: Option<&str>,
    after: Option<&str>,
) -> Result<bool, CaseworkError> {
    Ok(store.swap_document(name, before, after, due)?)
}

/// The id that the name of a document ends with, behind the beginning of all such names.
pub(super) fn named<I: FromStr>(name: &str, documents: &str) -> Result<I, CaseworkError> {
    let id = name.strip_prefix(documents).and_then(|id| id.parse().ok());
    id.ok_or(CaseworkError::Unreadable("the name of a document"))
}

/// Reads an onward request.
pub(super) fn onward(text: &str) -> Result<OnwardRequest, CaseworkError> {
    parse(text, "an onward request")
}
