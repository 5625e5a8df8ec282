//! Documents of the store: reading them, and changing them by compare-and-swap. All writes of this
//! room's documents stand here.

use std::str::FromStr;

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::CaseworkError;
use crate::audit::Due;
use crate::govern::{DeskBook, OnwardRequest, POLICY_DOCUMENT, Policy, RecordReviews};
use crate::store::Store;

/// The most attempts at a change, if another change comes in between each time.
const CHANGES_MAX: usize = 20;

/// A type of object that is kept as one document and changes.
pub(super) trait Kept: Sized {
    /// Reads the document; `None` gives the initial state.
    fn read(text: Option<&str>) -> Result<Self, CaseworkError>;
    /// Makes the text of the document to keep.
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

/// Makes the text of the document that keeps an object.
pub(super) fn text_of<T: Serialize>(
    object: &T,
    what: &'static str,
) -> Result<String, CaseworkError> {
    serde_json::to_string(object).map_err(|_| CaseworkError::Unwritable(what))
}

/// Changes a document. `change` may run several times: if two callers change it at once, one of them starts again with
/// the document that the other has written.
///
/// # Errors
/// The errors of `change`; if the store does not answer, or the document is changed by others at each attempt.
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

/// Reads an agency's desk book.
///
/// # Errors
/// When the store does not answer or keeps something else.
pub fn book(store: &dyn Store, agency: &str) -> Result<DeskBook, CaseworkError> {
    DeskBook::read(store.document(&DeskBook::document(agency))?.as_deref())
}

/// Writes (`Some`) or removes (`None`) a document if its text is still `before`. Returns true if it did.
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

/// Reads the id that the name of a document ends with, after the prefix `documents`.
pub(super) fn named<I: FromStr>(name: &str, documents: &str) -> Result<I, CaseworkError> {
    let id = name.strip_prefix(documents).and_then(|id| id.parse().ok());
    id.ok_or(CaseworkError::Unreadable("the name of a document"))
}

/// Reads an onward request.
pub(super) fn onward(text: &str) -> Result<OnwardRequest, CaseworkError> {
    parse(text, "an onward request")
}
