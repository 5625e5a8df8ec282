//! The answer of an operation in one value: its body, the ids of the objects that it shows, and its marks for the audit
//! log.
//!
//! [`Answer`] is made by [`super::context::Context::answer`] from what the handler did, never from how the request was
//! spelt. The guard writes the audit log's part into the log before the answer leaves, and does not let a successful
//! answer leave that carries no [`Told`].

use std::collections::{BTreeMap, BTreeSet};

use actix_web::HttpResponse;
use actix_web::http::StatusCode;

use super::format::Format;
use super::formats::{Formed, Forms};
use super::grounds::RestsOn;
use super::later::Later;
use super::says::Says;
use crate::govern::{BreakGlassId, Principal};

/// The audit log's part of an answer.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Told {
    /// The account that a request without credentials turned out to be about.
    pub account: Option<Principal>,
    /// The id of the object that the request is about, if the path does not name it.
    pub object: Option<String>,
    /// The ids of all records, entities, events and ties that the answer shows, as it shows them, grouped by the agency
    /// that owns the records.
    pub shown: BTreeMap<String, BTreeSet<String>>,
    /// True if the answer shows something that is masked by default.
    pub unmasked: bool,
    /// The open uses of break-glass that may have widened the view of the answer.
    pub break_glass: BTreeSet<BreakGlassId>,
    /// Work that begins once the answer has been made.
    pub later: Vec<Later>,
}

impl Told {
    /// Notes an object that the answer shows, by its id as shown.
    pub fn show<'a>(&mut self, id: &str, owners: impl IntoIterator<Item = &'a str>) {
        for owner in owners {
            match self.shown.get_mut(owner) {
                Some(ids) => drop(ids.insert(id.to_owned())),
                None => drop(self.shown.insert(owner.to_owned(), [id.to_owned()].into())),
            }
        }
    }
}

/// The answer of an operation: its body, its status, and the audit log's part of it.
pub struct Answer<T> {
    body: T,
    status: StatusCode,
    told: Told,
    rests_on: Option<RestsOn>,
}

impl<T> Answer<T> {
    /// Creates an answer with status 200 from its body and the audit log's part.
    pub(super) fn new(body: T, told: Told) -> Self {
        Self { body, status: StatusCode::OK, told, rests_on: None }
    }

    /// Creates an answer that shows no object: of a public operation, or about the server itself.
    pub(super) fn of_no_object(body: T) -> Self {
        Self::new(body, Told::default())
    }

    /// Sets the summary of the records that the answer rests on.
    #[must_use]
    pub(super) fn resting_on(self, rests_on: Option<&RestsOn>) -> Self {
        Self { rests_on: rests_on.cloned(), ..self }
    }

    /// Takes out the work that begins once the answer has been made.
    pub(super) fn take_later(&mut self) -> Vec<Later> {
        std::mem::take(&mut self.told.later)
    }

    /// Sets the HTTP status.
    #[must_use]
    pub fn with_status(self, status: StatusCode) -> Self {
        Self { status, ..self }
    }
}

impl<T> Answer<(T, Format)> {
    /// Puts the body into the form that was negotiated for the request.
    pub fn in_form(self, forms: Forms<T>) -> Answer<Formed<T>> {
        let Self { body, status, told, rests_on } = self;
        Answer { body: Formed::new(body, forms), status, told, rests_on }
    }
}

impl<T: Says> Answer<T> {
    /// Makes the HTTP response. The audit log's part travels in its extensions, from which the guard takes it.
    pub fn response(self) -> HttpResponse {
        let mut response = self.body.response(self.status, self.rests_on.as_ref());
        response.extensions_mut().insert(self.told);
        response
    }
}
