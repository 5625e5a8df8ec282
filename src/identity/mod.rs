//! Authentication: API keys of services, access tokens of identity providers, local accounts with sessions. Every
//! credential results in a [`Principal`] or in one refusal that tells no more. All of it is looked up anew for every
//! request, so a right that was withdrawn is gone with the next one.
//!
//! This room knows neither HTTP requests nor the content of records. Secrets are kept as hashes only, but for the key
//! of a second factor, which both sides must know: it is sealed.

mod account;
mod authenticate;
mod certificate;
mod credentials;
mod deny;
mod issuer;
mod kept;
mod key;
mod refusal;
mod sealing;
mod session;
mod settings;
mod token;

pub use account::{
    Account, Accounts, LogOn, LogOnDues, LogOnError, NewAccount, PASSWORD_CHARS_MIN,
};
pub use authenticate::{Authenticated, Identity, SessionId};
pub use certificate::Fingerprint;
pub use credentials::{Credentials, Proof};
pub use deny::{Denials, Denied};
pub use kept::IdentityError;
pub use key::{ApiKey, Keys};
pub use refusal::Refusal;
pub use sealing::SealingKey;
pub use session::{SESSION_HOURS_MAX, SESSION_IDLE_MINUTES};
pub use settings::{Settings, SettingsError};

use crate::govern::Principal;
use crate::model::{Timestamp, hex};

/// The longest validity of a key, in days.
pub const KEY_DAYS_MAX: i64 = 366;

/// The longest name of an agency or user, in bytes: room for the longest issuer and subject.
const NAME_BYTES_MAX: usize = 600;

/// Tells if a text may be the name of an agency or user: not blank, no control characters, at most [`NAME_BYTES_MAX`]
/// bytes.
fn is_name(name: &str) -> bool {
    !name.trim().is_empty() && name.len() <= NAME_BYTES_MAX && !name.chars().any(char::is_control)
}

/// Checks the names of a principal's agency and user.
fn check_names(holder: &Principal) -> Result<(), IdentityError> {
    let good = is_name(&holder.agency) && is_name(&holder.user);
    if good { Ok(()) } else { Err(IdentityError::Name) }
}

/// The SHA-256 by which a secret of 256 random bits is stored: for such a secret a fast hash without salt is as good as
/// a slow one, and the time of a look-up by it reveals nothing.
fn hash(secret: &str) -> String {
    hex(aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, secret.as_bytes()).as_ref())
}

/// Seconds from one time to another, rounded down; negative when the second is earlier.
fn seconds(from: Timestamp, to: Timestamp) -> i64 {
    (to.as_micros() - from.as_micros()).div_euclid(1_000_000)
}

/// The time some seconds later; `from` itself beyond the last year that a timestamp can hold.
fn later(from: Timestamp, seconds: i64) -> Timestamp {
    let micros = from.as_micros().saturating_add(seconds.saturating_mul(1_000_000));
    // Timestamps end with the last year that they can hold.
    Timestamp::from_micros(micros).unwrap_or(from)
}
