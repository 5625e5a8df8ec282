//! Sessions of local accounts. A session is a document in the store: once that is removed, it is over. Its token is
//! kept as a hash.

use serde::{Deserialize, Serialize};

use super::account::{Account, Accounts};
use super::kept::{self, IdentityError};
use super::{hash, later, seconds};
use crate::audit::{Due, Housekeeping};
use crate::govern::Principal;
use crate::model::{Timestamp, hex};
use crate::store::Store;

/// Hours after which a session is over, used or not (CJIS IA-11).
pub const SESSION_HOURS_MAX: i64 = 12;
/// Minutes without a request after which a session is over (CJIS AC-11).
pub const SESSION_IDLE_MINUTES: i64 = 30;
/// Seconds between two updates of a session's last use. It may end this much too early, never late.
const SEEN_SECONDS: i64 = 60;

/// The removal of a session that is over, and the update of its last use, are no user's act and have no audit entry.
static KEEPING: Due = Due::unlogged(Housekeeping::Sessions);

/// The prefix of every session's token.
pub(super) const PREFIX: &str = "accord_session_";

/// The prefix of the names of the documents that keep sessions.
const DOCUMENT: &str = "session/";

/// The stored document of a session.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Session {
    agency: String,
    user: String,
    /// The account's epoch at the session's begin.
    epoch: u32,
    began: Timestamp,
    seen: Timestamp,
}

impl Session {
    fn is_over(&self, now: Timestamp) -> bool {
        seconds(self.began, now) >= SESSION_HOURS_MAX * 3600
            || seconds(self.seen, now) >= SESSION_IDLE_MINUTES * 60
    }
}

/// Begins a session; returns its token, which is stored nowhere, and its latest end. Removes sessions that are over.
pub(super) fn begin(
    store: &dyn Store,
    account: &Account,
    random: [u8; 32],
    now: Timestamp,
    due: &Due,
) -> Result<(String, Timestamp), IdentityError> {
    for (name, text) in store.documents(DOCUMENT)? {
        if kept::parse::<Session>(&text).is_ok_and(|session| session.is_over(now)) {
            store.swap_document(&name, Some(&text), None, &KEEPING)?;
        }
    }
    let token = format!("{PREFIX}{}", hex(&random));
    let Principal { agency, user, .. } = account.holder.clone();
    let session = Session { agency, user, epoch: account.epoch, began: now, seen: now };
    if !kept::insert(store, &name(&token), &session, due)? {
        return Err(IdentityError::Crypto("session: the random bytes have been used before"));
    }
    Ok((token, later(now, SESSION_HOURS_MAX * 3600)))
}

/// Ends the session of a token. Returns true if there was one.
pub(super) fn end(store: &dyn Store, token: &str, due: &Due) -> Result<bool, IdentityError> {
    kept::remove(store, &name(token), due)
}

/// Returns the principal of a session, with the roles that the account has now, and the session's begin; `None` if
/// there is no such session or it is over.
pub(super) fn holder(
    store: &dyn Store,
    token: &str,
    now: Timestamp,
) -> Result<Option<(Principal, Timestamp)>, IdentityError> {
    let name = name(token);
    let Some(text) = store.document(&name)? else { return Ok(None) };
    let mut session: Session = kept::parse(&text)?;
    if session.is_over(now) {
        // It is over whether it can be removed or not.
        if let Err(error) = store.swap_document(&name, Some(&text), None, &KEEPING) {
            tracing::warn!(%error, "a session that is over is not removed");
        }
        return Ok(None);
    }
    let account = Accounts(store).find(&session.agency, &session.user)?;
    let account = account.filter(|account| account.epoch == session.epoch);
    // A lock protects against guessing of the password; it does not end the user's own sessions.
    let Some(account) = account.filter(|account| !account.is_disabled(now)) else {
        return Ok(None);
    };
    if seconds(session.seen, now) >= SEEN_SECONDS {
        session.seen = now;
        let seen = serde_json::to_string(&session).map_err(|_| IdentityError::Damaged)?;
        // If another request was faster, it has stored the same or has ended the session. A store that takes no write
        // is still read: the session then ends too early, never late.
        if let Err(error) = store.swap_document(&name, Some(&text), Some(&seen), &KEEPING) {
            tracing::warn!(%error, "the use of a session is not noted");
        }
    }
    Ok(Some((account.holder, session.began)))
}

fn name(token: &str) -> String {
    format!("{DOCUMENT}{}", hash(token))
}
