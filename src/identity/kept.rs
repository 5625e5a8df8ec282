//! Storage of identity objects, each in a document of its own, so that two writers at the same instant lose nothing.

use serde::Serialize;
use serde::de::DeserializeOwned;
use thiserror::Error;

use crate::audit::Due;
use crate::store::{Store, StoreError};

/// Errors of keys, accounts, sessions and denials.
#[derive(Debug, Error)]
pub enum IdentityError {
    /// An agency or user without a name, or with one that is too long or has control characters.
    #[error("names of agencies and users are 1 to {} bytes of text", super::NAME_BYTES_MAX)]
    Name,
    /// A key or an account without a role could do nothing.
    #[error("at least one role is needed")]
    NoRole,
    /// The expiry lies before the creation, or too far ahead.
    #[error("the end must lie between now and {} days from now", super::KEY_DAYS_MAX)]
    Expiry,
    /// An account of this agency and user exists.
    #[error("the account exists already")]
    Exists,
    /// There is no such account.
    #[error("there is no such account")]
    Unknown,
    /// A text that is not the SHA-256 of a certificate in 64 hexadecimal digits, with or without colons.
    #[error("a certificate's SHA-256 fingerprint has 64 hexadecimal digits")]
    Fingerprint,
    /// A document in the store cannot be read back.
    #[error("what the store keeps of identities cannot be read back")]
    Damaged,
    /// The file of the sealing key cannot be used; the reason.
    #[error("the file of the key that seals secrets: {0}")]
    KeyFile(String),
    /// The store's secrets are sealed with another key.
    #[error("the store's secrets are sealed with another key: give the file that was made with it")]
    OtherKey,
    /// A part of the system that makes hashes or codes failed.
    #[error("cannot make a {0}")]
    Crypto(&'static str),
    /// The store does not answer.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Reads an object; `None` if there is no such document.
pub(super) fn read<T: DeserializeOwned>(
    store: &dyn Store,
    name: &str,
) -> Result<Option<T>, IdentityError> {
    store.document(name)?.map(|text| parse(&text)).transpose()
}

/// Parses an object's document.
pub(super) fn parse<T: DeserializeOwned>(text: &str) -> Result<T, IdentityError> {
    serde_json::from_str(text).map_err(|_| IdentityError::Damaged)
}

/// Writes an object if its document does not exist. Returns true if it did not.
pub(super) fn insert<T: Serialize>(
    store: &dyn Store,
    name: &str,
    thing: &T,
    due: &Due,
) -> Result<bool, IdentityError> {
    Ok(store.swap_document(name, None, Some(&text(thing)?), due)?)
}

/// Removes an object's document. Returns true if it existed.
pub(super) fn remove(store: &dyn Store, name: &str, due: &Due) -> Result<bool, IdentityError> {
    while let Some(before) = store.document(name)? {
        if store.swap_document(name, Some(&before), None, due)? {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Changes an object and returns the result of `change`; `None` if the object does not exist and `absent` gives no
/// initial one. The change sees the object as it is at the instant of writing: if another writer was faster, it is
/// repeated on what that one wrote. `due` selects the audit entry by the result.
pub(super) fn update<'d, T, R>(
    store: &dyn Store,
    name: &str,
    absent: Option<&T>,
    mut change: impl FnMut(&mut T) -> R,
    due: impl Fn(&R) -> &'d Due,
) -> Result<Option<R>, IdentityError>
where
    T: Serialize + DeserializeOwned + Clone,
{
    loop {
        let before = store.document(name)?;
        let thing = before.as_deref().map(parse).transpose()?.or_else(|| absent.cloned());
        let Some(mut thing) = thing else { return Ok(None) };
        let result = change(&mut thing);
        if store.swap_document(name, before.as_deref(), Some(&text(&thing)?), due(&result))? {
            return Ok(Some(result));
        }
    }
}

fn text<T: Serialize>(thing: &T) -> Result<String, IdentityError> {
    serde_json::to_string(thing).map_err(|_| IdentityError::Damaged)
}
