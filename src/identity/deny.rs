//! Denials: agencies and users that are refused whatever credentials they show. For access tokens, whose rights stand
//! until they expire, this is the only way to withdraw them at once.

use serde::{Deserialize, Serialize};

use super::is_name;
use super::kept::{self, IdentityError};
use crate::audit::Due;
use crate::govern::Principal;
use crate::model::Timestamp;
use crate::store::Store;

/// The prefix of the names of the documents that keep denials.
const DOCUMENT: &str = "denied/";

/// A denied agency or user.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Denied {
    /// The agency.
    pub agency: String,
    /// The user; absent when the whole agency is meant.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user: Option<String>,
    /// The time of the denial.
    pub since: Timestamp,
}

/// The denials of a deployment.
#[derive(Clone, Copy)]
pub struct Denials<'a>(pub &'a dyn Store);

impl Denials<'_> {
    /// Denies an agency or one of its users from the next request on. Returns true if it was not denied yet.
    ///
    /// # Errors
    /// When a name is invalid, or the store does not answer.
    pub fn add(&self, denied: &Denied, due: &Due) -> Result<bool, IdentityError> {
        if !is_name(&denied.agency) || denied.user.as_deref().is_some_and(|user| !is_name(user)) {
            return Err(IdentityError::Name);
        }
        kept::insert(self.0, &name(&denied.agency, denied.user.as_deref()), denied, due)
    }

    /// Removes a denial. Returns true if there was one.
    ///
    /// # Errors
    /// When the store does not answer.
    pub fn remove(
        &self,
        agency: &str,
        user: Option<&str>,
        due: &Due,
    ) -> Result<bool, IdentityError> {
        kept::remove(self.0, &name(agency, user), due)
    }

    /// All denials, by agency and user.
    ///
    /// # Errors
    /// When the store does not answer.
    pub fn list(&self) -> Result<Vec<Denied>, IdentityError> {
        self.0.documents(DOCUMENT)?.values().map(|text| kept::parse(text)).collect()
    }

    /// Tells if a caller is denied. A denial that cannot be read denies.
    pub(super) fn hold(&self, principal: &Principal) -> Result<bool, IdentityError> {
        Ok(self.0.document(&name(&principal.agency, None))?.is_some()
            || self.0.document(&name(&principal.agency, Some(&principal.user)))?.is_some())
    }
}

/// No name holds a line feed, so no two denials have one name.
fn name(agency: &str, user: Option<&str>) -> String {
    match user {
        Some(user) => format!("{DOCUMENT}{agency}\n{user}"),
        None => format!("{DOCUMENT}{agency}"),
    }
}
