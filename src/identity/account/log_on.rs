//! Logging on: one answer and the same work whether there is no such user, the password is wrong, the
//! code is wrong or the account is closed.

use super::{Account, FAILURE_SECONDS, FAILURES_MAX, Made, blank, code, name, password, seal};
use crate::audit::{Due, Housekeeping};
use crate::govern::Principal;
use crate::identity::kept::{self, IdentityError};
use crate::identity::{SealingKey, is_name, seconds};
use crate::model::Timestamp;
use crate::store::Store;

/// The credentials of a log-on.
#[derive(Clone)]
pub struct LogOn {
    /// The agency.
    pub agency: String,
    /// The user.
    pub user: String,
    /// The password.
    pub password: String,
    /// The code of the second factor.
    pub code: String,
    /// The password to use from now on; a log-on with the first password must give one.
    pub new_password: Option<String>,
}

/// The audit entries that a log-on may cause.
#[derive(Clone, Copy)]
pub struct LogOnDues<'a> {
    /// The entry of the session, and of a change of password.
    pub log_on: &'a Due,
    /// The entry of the lock, if this attempt locks the account.
    pub lock: &'a Due,
}

/// Reasons for which a log-on did not succeed.
#[derive(Debug, thiserror::Error)]
pub enum LogOnError {
    /// The log-on is refused. The fields are for the audit log only, never for the caller.
    #[error("the log-on is refused")]
    Refused {
        /// The holder of the account that was named, if it exists.
        account: Option<Box<Principal>>,
        /// True if this attempt locked the account.
        locked: bool,
    },
    /// The credentials are right, but the first password must be replaced.
    #[error("the first password must be replaced")]
    PasswordChangeNeeded(Box<Principal>),
    /// The credentials are right, but the new password is too easy to guess.
    #[error("the new password is too easy to guess")]
    WeakPassword(Box<Principal>),
    /// The accounts cannot be read or written.
    #[error(transparent)]
    Identity(#[from] IdentityError),
}

/// An account without a holder, used in place of accounts that do not exist, so that both take the same work.
pub(in crate::identity) struct Decoy(Account);

/// The document that stores the decoy's attempts: every attempt is written in the same way, whatever account is named.
const DECOY: &str = "decoy";

impl Decoy {
    /// Makes a decoy. This takes as long as a log-on.
    pub(in crate::identity) fn new(
        key: &SealingKey,
        random: impl Fn() -> [u8; 32],
        now: Timestamp,
    ) -> Result<Self, IdentityError> {
        let nobody = Principal {
            agency: "nobody".into(),
            user: "nobody".into(),
            roles: std::collections::BTreeSet::new(),
            purposes: None,
            certified: false,
            attributes: [].into(),
        };
        let password = password::hash(&password::nobodys(random()), random())?;
        let secret = seal(key, &code::secret(random()), &nobody, random())?;
        let mut account = blank(nobody, Made { password, secret }, now);
        account.disabled = Some(now);
        Ok(Self(account))
    }
}

/// The result of an attempt, decided on the account as it is at the instant of writing.
enum Tried {
    Right(Box<Account>),
    Wrong { locked: bool },
}

/// Attempts a log-on and returns its account. Hashes passwords: the caller limits how many do so at once.
pub(in crate::identity) fn log_on(
    store: &dyn Store,
    (decoy, key): (&Decoy, &SealingKey),
    shown: &LogOn,
    salt: [u8; 32],
    now: Timestamp,
    dues: LogOnDues<'_>,
) -> Result<Account, LogOnError> {
    let named = is_name(&shown.agency) && is_name(&shown.user);
    let document = name(&shown.agency, &shown.user);
    let stored: Option<Account> = if named { kept::read(store, &document)? } else { None };
    let exists = stored.is_some();
    let document = if exists { document.as_str() } else { DECOY };
    let account = stored.unwrap_or_else(|| decoy.0.clone());

    let password_right = password::verify(&shown.password, &account.password);
    let secret = key.open(&account.secret, &name(&account.holder.agency, &account.holder.user))?;
    let step = code::step(&secret, &shown.code, now).filter(|_| password_right);
    let changed = match step.filter(|step| account.takes(*step, now)) {
        Some(_) => changed_password(shown, &account, salt)?,
        None => None,
    };
    let absent = (!exists).then_some(&decoy.0);
    let checked = (account.password, account.secret);
    let attempt = |account: &mut Account| {
        // An administrator may have reset the account between reading and writing.
        let same = account.password == checked.0 && account.secret == checked.1;
        account.attempt(step.filter(|_| same), changed.as_deref(), now)
    };
    let tries = Due::unlogged(Housekeeping::LogOnTries);
    let due = |tried: &Tried| match tried {
        Tried::Wrong { locked: true } => dues.lock,
        Tried::Right(_) if changed.is_some() => dues.log_on,
        Tried::Wrong { .. } | Tried::Right(_) => &tries,
    };
    let tried = kept::update(store, document, absent, attempt, due)?;
    let account = exists.then(|| Box::new(account.holder));
    match tried {
        Some(Tried::Right(account)) => Ok(*account),
        Some(Tried::Wrong { locked }) => Err(LogOnError::Refused { account, locked }),
        // The account was removed between reading and writing.
        None => Err(LogOnError::Refused { account: None, locked: false }),
    }
}

/// Returns the hash of the new password; `None` if the password stays. Called only once the credentials are right, so
/// that nobody else learns that the first password must be replaced.
fn changed_password(
    shown: &LogOn,
    account: &Account,
    salt: [u8; 32],
) -> Result<Option<String>, LogOnError> {
    let holder = || Box::new(account.holder.clone());
    match &shown.new_password {
        None if account.initial => Err(LogOnError::PasswordChangeNeeded(holder())),
        None => Ok(None),
        Some(new) if *new == shown.password || !password::is_strong(new, &shown.user) => {
            Err(LogOnError::WeakPassword(holder()))
        }
        Some(new) => Ok(Some(password::hash(new, salt)?)),
    }
}

impl Account {
    /// Tells if the account is open and a code of this time step was not used before.
    fn takes(&self, step: u64, now: Timestamp) -> bool {
        self.is_open(now) && step > self.last_step
    }

    /// Records one attempt: `step` is the time step of a right code with a right password, or `None`.
    fn attempt(&mut self, step: Option<u64>, changed: Option<&str>, now: Timestamp) -> Tried {
        self.last_try = Some(now);
        if let Some(step) = step.filter(|step| self.takes(*step, now)) {
            self.last_step = step;
            self.last_used = Some(now);
            self.failures.clear();
            if let Some(changed) = changed {
                changed.clone_into(&mut self.password);
                self.initial = false;
            }
            return Tried::Right(Box::new(self.clone()));
        }
        self.failures.retain(|at| seconds(*at, now) < FAILURE_SECONDS);
        self.failures.push(now);
        let locks = self.locked.is_none() && self.failures.len() >= FAILURES_MAX;
        if locks {
            self.locked = Some(now);
        }
        if self.failures.len() > FAILURES_MAX {
            self.failures.remove(0);
        }
        Tried::Wrong { locked: locks }
    }
}
