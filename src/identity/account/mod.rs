//! Local accounts, for agencies without an identity provider: a password, a second factor, and a lock after failed
//! attempts.

mod code;
mod log_on;
mod password;

pub use log_on::{LogOn, LogOnDues, LogOnError};
pub use password::PASSWORD_CHARS_MIN;

pub(super) use log_on::{Decoy, log_on};

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::kept::{self, IdentityError};
use super::{SealingKey, check_names, seconds};
use crate::audit::Due;
use crate::govern::{Principal, Role};
use crate::model::Timestamp;
use crate::store::Store;

/// The prefix of the names of the documents that keep accounts.
const DOCUMENT: &str = "account/";

/// Failed attempts that lock an account (CJIS AC-7) ...
const FAILURES_MAX: usize = 5;
/// ... within this number of seconds.
const FAILURE_SECONDS: i64 = 15 * 60;
/// Days without use after which an account is disabled (CJIS AC-2(3)).
const UNUSED_DAYS_MAX: i64 = 90;

/// The stored document of an account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Account {
    /// The principal that the account authenticates.
    pub holder: Principal,
    /// The password's Argon2id hash.
    password: String,
    /// The key of the second factor, sealed.
    secret: String,
    /// True while the password is the first one, which an administrator knows.
    pub initial: bool,
    /// The last time step of the second factor that was used: no code counts twice.
    last_step: u64,
    /// The time at which the account was made or last released.
    pub released: Timestamp,
    /// The time of the last successful log-on.
    pub last_used: Option<Timestamp>,
    /// The time of the last attempt to log on.
    last_try: Option<Timestamp>,
    /// The times of recent failed attempts, the latest last.
    failures: Vec<Timestamp>,
    /// The time at which failed attempts locked it; `None` while it is not locked.
    pub locked: Option<Timestamp>,
    /// The time at which an administrator disabled it; `None` while it is not disabled.
    pub disabled: Option<Timestamp>,
    /// The epoch of the account: sessions that began in another one are over.
    pub(super) epoch: u32,
}

impl Account {
    /// Tells if an administrator has disabled the account, or it has not been used for more than 90 days.
    pub fn is_disabled(&self, now: Timestamp) -> bool {
        let last = self.last_used.map_or(self.released, |used| used.max(self.released));
        self.disabled.is_some() || seconds(last, now) > UNUSED_DAYS_MAX * 86_400
    }

    /// Tells if the account is neither locked nor disabled.
    fn is_open(&self, now: Timestamp) -> bool {
        self.locked.is_none() && !self.is_disabled(now)
    }

    /// Sets a new first password and second factor, ends all sessions and releases the account.
    fn renew(&mut self, made: Made, now: Timestamp) {
        self.password = made.password;
        self.secret = made.secret;
        self.initial = true;
        self.last_step = 0;
        self.epoch += 1;
        self.release(now);
    }

    fn release(&mut self, now: Timestamp) {
        self.released = now;
        self.failures.clear();
        self.locked = None;
        self.disabled = None;
    }
}

/// The credentials of a new account, handed to its holder once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewAccount {
    /// The first password, to be replaced at the first log-on.
    pub password: String,
    /// The second factor as an `otpauth` address, for an authenticator program.
    pub otpauth: String,
}

/// The stored form of a new password and second factor: the hash of the one, the other sealed.
struct Made {
    password: String,
    secret: String,
}

/// The local accounts of a deployment.
#[derive(Clone, Copy)]
pub struct Accounts<'a>(pub &'a dyn Store);

impl Accounts<'_> {
    /// Makes an account.
    ///
    /// # Errors
    /// When it exists, a name is invalid, a role is missing, or the store does not answer.
    pub fn create(
        &self,
        holder: &Principal,
        key: &SealingKey,
        random: impl Fn() -> [u8; 32],
        now: Timestamp,
        due: &Due,
    ) -> Result<NewAccount, IdentityError> {
        check_names(holder)?;
        check_roles(&holder.roles)?;
        key.claim(self.0)?;
        let (made, handed) = make(holder, key, random)?;
        let account = blank(holder.clone(), made, now);
        if kept::insert(self.0, &name(&holder.agency, &holder.user), &account, due)? {
            Ok(handed)
        } else {
            Err(IdentityError::Exists)
        }
    }

    /// All accounts, by agency and user.
    ///
    /// # Errors
    /// When the store does not answer.
    pub fn list(&self) -> Result<Vec<Account>, IdentityError> {
        self.0.documents(DOCUMENT)?.values().map(|text| kept::parse(text)).collect()
    }

    /// Reopens an account that was locked, disabled or unused for too long.
    ///
    /// # Errors
    /// When there is no such account, or the store does not answer.
    pub fn release(
        &self,
        agency: &str,
        user: &str,
        now: Timestamp,
        due: &Due,
    ) -> Result<(), IdentityError> {
        self.change(agency, user, due, |account| account.release(now))
    }

    /// Disables an account; its sessions end.
    ///
    /// # Errors
    /// When there is no such account, or the store does not answer.
    pub fn disable(
        &self,
        agency: &str,
        user: &str,
        now: Timestamp,
        due: &Due,
    ) -> Result<(), IdentityError> {
        self.change(agency, user, due, |account| {
            account.disabled = Some(now);
            account.epoch += 1;
        })
    }

    /// Replaces the rights of the holder's account by the given ones, from the next request on.
    ///
    /// # Errors
    /// When there is no such account, no role, or the store does not answer.
    pub fn give(&self, holder: &Principal, due: &Due) -> Result<(), IdentityError> {
        check_roles(&holder.roles)?;
        self.change(&holder.agency, &holder.user, due, |account| account.holder.clone_from(holder))
    }

    /// Gives an account a new password and second factor and releases it: the recovery of a user who has lost one of
    /// them. Its sessions end.
    ///
    /// # Errors
    /// When there is no such account, or the store does not answer.
    pub fn reset(
        &self,
        agency: &str,
        user: &str,
        key: &SealingKey,
        random: impl Fn() -> [u8; 32],
        now: Timestamp,
        due: &Due,
    ) -> Result<NewAccount, IdentityError> {
        let account = self.find(agency, user)?.ok_or(IdentityError::Unknown)?;
        key.claim(self.0)?;
        let (made, handed) = make(&account.holder, key, random)?;
        self.change(agency, user, due, |account| {
            let Made { password, secret } = &made;
            let made = Made { password: password.clone(), secret: secret.clone() };
            account.renew(made, now);
        })?;
        Ok(handed)
    }

    /// The account of a user.
    ///
    /// # Errors
    /// When the store does not answer.
    pub fn find(&self, agency: &str, user: &str) -> Result<Option<Account>, IdentityError> {
        kept::read(self.0, &name(agency, user))
    }

    fn change(
        &self,
        agency: &str,
        user: &str,
        due: &Due,
        change: impl FnMut(&mut Account),
    ) -> Result<(), IdentityError> {
        kept::update(self.0, &name(agency, user), None, change, |()| due)?
            .ok_or(IdentityError::Unknown)
    }
}

fn check_roles(roles: &BTreeSet<Role>) -> Result<(), IdentityError> {
    if roles.is_empty() { Err(IdentityError::NoRole) } else { Ok(()) }
}

fn make(
    holder: &Principal,
    key: &SealingKey,
    random: impl Fn() -> [u8; 32],
) -> Result<(Made, NewAccount), IdentityError> {
    let password = password::generate(random());
    let secret = code::secret(random());
    let otpauth = code::otpauth(&secret, &holder.agency, &holder.user)?;
    let secret = seal(key, &secret, holder, random())?;
    let made = Made { password: password::hash(&password, random())?, secret };
    Ok((made, NewAccount { password, otpauth }))
}

/// Seals the key of a holder's second factor.
fn seal(
    key: &SealingKey,
    secret: &str,
    holder: &Principal,
    random: [u8; 32],
) -> Result<String, IdentityError> {
    key.seal(secret, &name(&holder.agency, &holder.user), random)
}

fn blank(holder: Principal, made: Made, now: Timestamp) -> Account {
    Account {
        holder,
        password: made.password,
        secret: made.secret,
        initial: true,
        last_step: 0,
        released: now,
        last_used: None,
        last_try: None,
        failures: Vec::new(),
        locked: None,
        disabled: None,
        epoch: 0,
    }
}

/// No name holds a line feed, so no two accounts have one name.
fn name(agency: &str, user: &str) -> String {
    format!("{DOCUMENT}{agency}\n{user}")
}
