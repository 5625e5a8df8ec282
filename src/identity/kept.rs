//! Keeping things in the store's documents, one each, so that two writers at the same instant lose
//! nothing.

use serde::Serialize;
use serde::de::DeserializeOwned;
use thiserror::Error;

use crate::audit::Due;
use crate::store::{Store, StoreError};

/// What can go wrong with keys, accounts, sessions and denials.
#[derive(Debug, Error)]
pub enum IdentityError {
    /// An agency or user without a name, or with one that is too long or has control characters.
    #[error("names of agencies and users are 1 to {} bytes of text", super::NAME_BYTES_MAX)]
    Name,
    /// A key or an account without a role could do nothing.
    #[error("at least one role is needed")]
    NoRole,
    /// The end lies before the beginning, or too far off.
    #[error("the end must lie between now and {} days from now", super::KEY_DAYS_MAX)]
    Expiry,
    /// An account of this agency and user exists.
    #[error("the account exists already")]
    Exists,
    /// There is no such account.
    #[error("there is no such account")]
    Unknown,
    /// Neither the SHA-256 of a certificate in hexadecimal digits, with or without colons.
    #[error("a certificate's SHA-256 fingerprint has 64 hexadecimal digits")]
    Fingerprint,
    /// What the store keeps cannot be read back.
    #[error("what the store keeps of identities cannot be read back")]
    Damaged,
    /// The file of the key that seals secrets.
    #[error("the file of the key that seals secrets: {0}")]
    KeyFile(String),
    /// The store's secrets are sealed with another key.
    #[error("the store's secrets are sealed with another key: give the file that was made with it")]
    OtherKey,
    /// A part of the system that makes hashes or codes failed.
    #[error("cannot make a {0}")]
    Crypto(&'static str),
    /// The store.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Reads a thing.
pub(super) fn read<T: DeserializeOwned>(
    store: &dyn Store,
    name: &str,
) -> Result<Option<T>, IdentityError> {
    store.document(name)?.map(|text| parse(&text)).transpose()
}

/// Reads a thing's text.
pub(super) fn parse<T: DeserializeOwned>(text: &str) -> Result<T, IdentityError> {
    serde_json::from_str(text).map_err(|_| IdentityError::Damaged)
}

/// Writes a thing that must not be there yet; whether it was not.
pub(super) fn insert<T: Serialize>(
    store: &dyn Store,
    name: &str,
    thing: &T,
    due: &Due,
) -> Result<bool, IdentityError> {
    Ok(store.swap_document(name, None, Some(&text(thing)?), due)?)
}

/// Removes a thing as it is now; whether it was there.
pub(super) fn remove(store: &dyn Store, name: &str, due: &Due) -> Result<bool, IdentityError> {
    while let Some(before) = store.document(name)? {
        if store.swap_document(name, Some(&before), None, due)? {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Changes a thing and returns what the change returns. The change sees what is there at the instant
/// of writing: when another writer was faster, it is made again on what that one wrote. What entry is due may
/// depend on what the change came to.
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
