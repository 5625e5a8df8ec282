//! Logging on: one answer and the same work whether there is no such user, the password is wrong, the
//! code is wrong or the account is closed.

use super::{Account, FAILURE_SECONDS, FAILURES_MAX, Made, blank, code, name, password, seal};
use crate::audit::{Due, Housekeeping};
use crate::govern::Principal;
use crate::identity::kept::{self, IdentityError};
use crate::identity::{SealingKey, is_name, seconds};
use crate::model::Timestamp;
use crate::store::Store;

/// What a user shows.
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
    /// A password to use from now on; the first one must be replaced.
    pub new_password: Option<String>,
}

/// The entries that a log-on may be due.
#[derive(Clone, Copy)]
pub struct LogOnDues<'a> {
    /// That of the session, and of a password that changes.
    pub log_on: &'a Due,
    /// That of the lock, if this try locks the account.
    pub lock: &'a Due,
}

/// Why a log-on did not succeed.
#[derive(Debug, thiserror::Error)]
pub enum LogOnError {
    /// It was refused. What is in it is for the audit log only.
    #[error("the log-on is refused")]
    Refused {
        /// The account that was tried, if there is one.
        account: Option<Box<Principal>>,
        /// Whether this try locked it.
        locked: bool,
    },
    /// All was right, but the first password must be replaced.
    #[error("the first password must be replaced")]
    PasswordChangeNeeded(Box<Principal>),
    /// All was right, but the new password is too easy to guess.
    #[error("the new password is too easy to guess")]
    WeakPassword(Box<Principal>),
    /// Accounts cannot be read or written.
    #[error(transparent)]
    Identity(#[from] IdentityError),
}

/// An account that is nobody's, tried in the place of those that do not exist.
pub(in crate::identity) struct Decoy(Account);

/// The document that keeps its tries, for a try is written down in the same way whoever is tried.
const DECOY: &str = "decoy";

impl Decoy {
    /// Makes one. What it costs is what a log-on costs.
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

/// How a try ended, decided on what the account says at the instant it is written.
enum Tried {
    Right(Box<Account>),
    Wrong { locked: bool },
}

/// Tries to log on; the account that succeeded. Hashes passwords: the caller sees to it that not many
/// do so at once.
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
        // An administrator may have reset it between the look and now.
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
        // Removed between the look and now.
        None => Err(LogOnError::Refused { account: None, locked: false }),
    }
}

/// The hash of the password to use from now on, if it is to change. Comes after all has been found
/// right: nobody else learns that it must.
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
    /// Whether a code of this step lets in.
    fn takes(&self, step: u64, now: Timestamp) -> bool {
        self.is_open(now) && step > self.last_step
    }

    /// One try: with the step of a right code and a right password, or without.
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
