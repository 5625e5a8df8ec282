//! Who asks: API keys of services, access tokens of identity providers, local accounts with sessions.
//! Whatever a caller shows, it ends in a [`Principal`] or in one refusal that says no more. All of it
//! is looked up anew for every request, so a right taken away is gone with the next one.
//!
//! This room knows neither HTTP requests nor what a record says. Secrets are kept as hashes only, but
//! for the key of a second factor, which both sides must know: it is sealed.

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

/// The longest time a key is good for.
pub const KEY_DAYS_MAX: i64 = 366;

/// The longest name of an agency or user, in bytes: an issuer and a subject of the longest kind.
const NAME_BYTES_MAX: usize = 600;

/// Whether a text may be the name of an agency or user.
fn is_name(name: &str) -> bool {
    !name.trim().is_empty() && name.len() <= NAME_BYTES_MAX && !name.chars().any(char::is_control)
}

/// Whether agency and user have names.
fn check_names(holder: &Principal) -> Result<(), IdentityError> {
    let good = is_name(&holder.agency) && is_name(&holder.user);
    if good { Ok(()) } else { Err(IdentityError::Name) }
}

/// What is kept of a secret of 256 random bits: for such a fast hash without salt is as good as a slow
/// one, and a look-up by it tells nothing by its time.
fn hash(secret: &str) -> String {
    hex(aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, secret.as_bytes()).as_ref())
}

/// Seconds from one time to another; negative when it lies before.
fn seconds(from: Timestamp, to: Timestamp) -> i64 {
    (to.as_micros() - from.as_micros()).div_euclid(1_000_000)
}

/// A time some seconds later.
fn later(from: Timestamp, seconds: i64) -> Timestamp {
    let micros = from.as_micros().saturating_add(seconds.saturating_mul(1_000_000));
    // Beyond the last year there is no later.
    Timestamp::from_micros(micros).unwrap_or(from)
}
