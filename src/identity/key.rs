//! API keys, by which services authenticate. A key is 256 random bits, shown once and kept as a hash; it names an
//! agency and a user, carries roles and purposes, and expires. Each is a document of its own.

use serde::{Deserialize, Serialize};

use super::kept::{self, IdentityError};
use super::{Fingerprint, KEY_DAYS_MAX, check_names, hash, later};
use crate::audit::Due;
use crate::govern::Principal;
use crate::model::{Timestamp, hex};
use crate::store::Store;

/// The prefix of every key, so that a leaked one is recognized.
pub(super) const PREFIX: &str = "accord_key_";

/// The prefix of the names of the documents that keep keys.
const DOCUMENT: &str = "key/";

/// Number of leading digits of a key's hash that are its id.
const ID_DIGITS: usize = 16;

/// The stored document of a key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ApiKey {
    /// The principal that the key authenticates.
    pub holder: Principal,
    /// The time at which the key was made.
    pub created: Timestamp,
    /// The time from which the key is refused.
    pub expires: Timestamp,
    /// The client certificate that the key is bound to: without it the key is refused; `None` where it is bound to
    /// none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub certificate: Option<Fingerprint>,
}

impl ApiKey {
    fn check(&self) -> Result<(), IdentityError> {
        check_names(&self.holder)?;
        if self.holder.roles.is_empty() {
            return Err(IdentityError::NoRole);
        }
        let latest = later(self.created, KEY_DAYS_MAX * 86_400);
        if self.expires <= self.created || self.expires > latest {
            return Err(IdentityError::Expiry);
        }
        Ok(())
    }
}

/// The API keys of a deployment.
#[derive(Clone, Copy)]
pub struct Keys<'a>(pub &'a dyn Store);

impl Keys<'_> {
    /// Makes a key from 32 random bytes; returns its id and its text, which is stored nowhere. `due` makes the audit
    /// entry from the id.
    ///
    /// # Errors
    /// When a name, the roles or the expiry are invalid, or the store does not answer.
    pub fn create(
        &self,
        random: [u8; 32],
        key: &ApiKey,
        due: impl FnOnce(&str) -> Due,
    ) -> Result<(String, String), IdentityError> {
        key.check()?;
        let text = format!("{PREFIX}{}", hex(&random));
        let hash = hash(&text);
        let id = hash[..ID_DIGITS].to_owned();
        if !kept::insert(self.0, &format!("{DOCUMENT}{hash}"), key, &due(&id))? {
            return Err(IdentityError::Crypto("key: the random bytes have been used before"));
        }
        Ok((id, text))
    }

    /// All keys with their ids, sorted by agency, user and time.
    ///
    /// # Errors
    /// When the store does not answer.
    pub fn list(&self) -> Result<Vec<(String, ApiKey)>, IdentityError> {
        let mut keys = Vec::new();
        for (name, text) in self.0.documents(DOCUMENT)? {
            let id = name[DOCUMENT.len()..].chars().take(ID_DIGITS).collect();
            keys.push((id, kept::parse::<ApiKey>(&text)?));
        }
        let order = |(id, key): &(String, ApiKey)| {
            (key.holder.agency.clone(), key.holder.user.clone(), key.created, id.clone())
        };
        keys.sort_by_key(order);
        Ok(keys)
    }

    /// Removes and returns the keys for which `which` is true. They are refused from now on.
    ///
    /// # Errors
    /// When the store does not answer.
    pub fn revoke(
        &self,
        which: impl Fn(&str, &ApiKey) -> bool,
        due: impl Fn(&str, &ApiKey) -> Due,
    ) -> Result<Vec<(String, ApiKey)>, IdentityError> {
        let mut revoked = Vec::new();
        for (name, text) in self.0.documents(DOCUMENT)? {
            let id: String = name[DOCUMENT.len()..].chars().take(ID_DIGITS).collect();
            let key: ApiKey = kept::parse(&text)?;
            if which(&id, &key) && kept::remove(self.0, &name, &due(&id, &key))? {
                revoked.push((id, key));
            }
        }
        Ok(revoked)
    }

    /// The key of this text, if there is one.
    pub(super) fn find(&self, text: &str) -> Result<Option<ApiKey>, IdentityError> {
        kept::read(self.0, &format!("{DOCUMENT}{}", hash(text)))
    }
}
