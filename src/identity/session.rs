//! Sessions of local accounts. A session lives in the store: ended there, it is over. Its token is
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
/// Seconds between two notes of when a session was last used. It may end so much too early, never late.
const SEEN_SECONDS: i64 = 60;

/// A session that is over, and when one was last used, is nobody's act.
static KEEPING: Due = Due::unlogged(Housekeeping::Sessions);

/// The start of every session's token.
pub(super) const PREFIX: &str = "accord_session_";

/// The start of the names of the documents that keep sessions.
const DOCUMENT: &str = "session/";

/// What is kept of a session.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Session {
    agency: String,
    user: String,
    /// The account's epoch when it began.
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

/// Begins a session; its token, kept nowhere, and when it ends at the latest. Removes those that are
/// over.
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

/// Ends the session of a token.
pub(super) fn end(store: &dyn Store, token: &str, due: &Due) -> Result<bool, IdentityError> {
    kept::remove(store, &name(token), due)
}

/// Whom the session of a token stands for, with the roles that the account has now, and since when.
pub(super) fn holder(
    store: &dyn Store,
    token: &str,
    now: Timestamp,
) -> Result<Option<(Principal, Timestamp)>, IdentityError> {
    let name = name(token);
    let Some(text) = store.document(&name)? else { return Ok(None) };
    let mut session: Session = kept::parse(&text)?;
    if session.is_over(now) {
        store.swap_document(&name, Some(&text), None, &KEEPING)?;
        return Ok(None);
    }
    let account = Accounts(store).find(&session.agency, &session.user)?;
    let account = account.filter(|account| account.epoch == session.epoch);
    // A lock is against those who guess the password; it does not end the user's own sessions.
    let Some(account) = account.filter(|account| !account.is_disabled(now)) else {
        return Ok(None);
    };
    if seconds(session.seen, now) >= SEEN_SECONDS {
        session.seen = now;
        let seen = serde_json::to_string(&session).map_err(|_| IdentityError::Damaged)?;
        // Where another request was faster, it has noted the same or has ended the session.
        store.swap_document(&name, Some(&text), Some(&seen), &KEEPING)?;
    }
    Ok(Some((account.holder, session.began)))
}

fn name(token: &str) -> String {
    format!("{DOCUMENT}{}", hash(token))
}
