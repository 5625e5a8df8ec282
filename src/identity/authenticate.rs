//! Authentication of a request by its credentials.

use super::account::{Decoy, LogOn, LogOnDues, LogOnError, log_on};
use super::deny::Denials;
use super::kept::IdentityError;
use super::key::{self, ApiKey, Keys};
use super::session;
use super::settings::Settings;
use super::token;
use super::{Credentials, Refusal, SealingKey};
use crate::audit::Due;
use crate::govern::Principal;
use crate::model::Timestamp;
use crate::store::Store;

/// The id of a session, by which it is ended.
#[derive(Debug, Clone)]
pub struct SessionId(String);

/// The result of an authentication.
#[derive(Debug, Clone)]
pub struct Authenticated {
    /// The caller.
    pub principal: Principal,
    /// The time of the caller's authentication: the log-on, the sign-in at the identity provider, or, for a service,
    /// the making of its key.
    pub since: Timestamp,
    /// The session; `None` where the caller has none.
    pub session: Option<SessionId>,
}

/// Authenticates requests.
pub struct Identity {
    settings: Settings,
    sealing: SealingKey,
    decoy: Decoy,
}

impl Identity {
    /// Makes it with the identity providers of a configuration, and the key that the store's secrets are sealed with.
    ///
    /// # Errors
    /// When the system cannot hash passwords, or the store's secrets are sealed with another key.
    pub fn new(
        store: &dyn Store,
        settings: Settings,
        sealing: SealingKey,
        random: impl Fn() -> [u8; 32],
        now: Timestamp,
    ) -> Result<Self, IdentityError> {
        sealing.claim(store)?;
        let decoy = Decoy::new(&sealing, random, now)?;
        Ok(Self { settings, sealing, decoy })
    }

    /// Seals a text; it can be opened with the same name only.
    ///
    /// # Errors
    /// When the cipher fails.
    pub fn seal(&self, text: &str, name: &str, random: [u8; 32]) -> Result<String, IdentityError> {
        self.sealing.seal(text, name, random)
    }

    /// Opens a text that [`Self::seal`] sealed.
    ///
    /// # Errors
    /// When it was sealed with another key or name, or is damaged.
    pub fn unseal(&self, sealed: &str, name: &str) -> Result<String, IdentityError> {
        self.sealing.open(sealed, name)
    }

    /// Authenticates a request by its credentials, as keys, accounts and denials are now. Blocks.
    ///
    /// # Errors
    /// When the credentials are refused.
    pub fn authenticate(
        &self,
        store: &dyn Store,
        shown: &Credentials,
        now: Timestamp,
    ) -> Result<Authenticated, Refusal> {
        let ours = [key::PREFIX, session::PREFIX];
        if shown.proof.is_some() && ours.iter().any(|prefix| shown.bearer.starts_with(prefix)) {
            return Err(Refusal::Bad("a proof with what is bound to no key"));
        }
        let (principal, since, session) = if shown.bearer.starts_with(key::PREFIX) {
            let key = with_key(store, shown, now)?;
            (key.holder, key.created, None)
        } else if shown.bearer.starts_with(session::PREFIX) {
            let holder = session::holder(store, &shown.bearer, now)?;
            let (holder, began) = holder.ok_or(Refusal::Bad("no such session"))?;
            (holder, began, Some(SessionId(shown.bearer.clone())))
        } else {
            let (principal, since) = token::principal(&self.settings, shown, now)?;
            (principal, since, None)
        };
        if Denials(store).hold(&principal)? {
            return Err(Refusal::Bad("the agency or the user is denied"));
        }
        Ok(Authenticated { principal, since, session })
    }

    /// Begins a session; returns its principal, its token and its latest end. Hashes passwords: the caller limits how
    /// many do so at once.
    ///
    /// # Errors
    /// When the log-on is refused.
    pub fn log_on(
        &self,
        store: &dyn Store,
        shown: &LogOn,
        random: impl Fn() -> [u8; 32],
        now: Timestamp,
        dues: LogOnDues<'_>,
    ) -> Result<(Principal, String, Timestamp), LogOnError> {
        let account = log_on(store, (&self.decoy, &self.sealing), shown, random(), now, dues)?;
        if Denials(store).hold(&account.holder)? {
            let account = Some(Box::new(account.holder));
            return Err(LogOnError::Refused { account, locked: false });
        }
        let (token, ends) = session::begin(store, &account, random(), now, dues.log_on)?;
        Ok((account.holder, token, ends))
    }

    /// Ends a session.
    ///
    /// # Errors
    /// When the store does not answer.
    pub fn log_off(
        &self,
        store: &dyn Store,
        session: &SessionId,
        due: &Due,
    ) -> Result<(), IdentityError> {
        session::end(store, &session.0, due).map(|_| ())
    }
}

fn with_key(store: &dyn Store, shown: &Credentials, now: Timestamp) -> Result<ApiKey, Refusal> {
    let key = Keys(store).find(&shown.bearer)?.ok_or(Refusal::Bad("no such key"))?;
    if key.expires <= now {
        return Err(Refusal::Bad("the key has ended"));
    }
    if key.certificate.is_some() && key.certificate != shown.certificate {
        return Err(Refusal::Bad("the certificate the key is bound to was not shown"));
    }
    Ok(key)
}
