//! Reasons for which authentication failed.

use super::kept::IdentityError;

/// Reason for which authentication failed. The fault of a credential is never told to the caller.
#[derive(Debug)]
pub enum Refusal {
    /// The credential is not accepted; the reason, for tests and the server's own log.
    Bad(&'static str),
    /// The token is good, but its user has shown one factor only (RFC 9470).
    NoSecondFactor {
        /// Values of `acr` to request from the issuer.
        acr: Vec<String>,
    },
    /// The token is good, but its user has signed in too long ago (RFC 9470).
    TooLongAgo {
        /// The longest time since the sign-in, in seconds.
        seconds: i64,
    },
    /// The issuer's keys are not available now.
    NoKeys,
    /// The store does not answer, or its content cannot be read.
    Failed(IdentityError),
}

impl From<IdentityError> for Refusal {
    fn from(error: IdentityError) -> Self {
        Self::Failed(error)
    }
}
