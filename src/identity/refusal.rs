//! Why nobody was authenticated.

use super::kept::IdentityError;

/// Why nobody was authenticated. What is wrong with a credential stays on this side.
#[derive(Debug)]
pub enum Refusal {
    /// The credential is not one that is accepted; why, for tests and the server's own log.
    Bad(&'static str),
    /// The token is good, but its user has shown one factor only (RFC 9470).
    NoSecondFactor {
        /// What the issuer should be asked for.
        acr: Vec<String>,
    },
    /// The token is good, but its user has signed in too long ago (RFC 9470).
    TooLongAgo {
        /// How long ago it may be.
        seconds: i64,
    },
    /// The issuer's keys cannot be had now.
    NoKeys,
    /// The store cannot be asked, or what it keeps cannot be read.
    Failed(IdentityError),
}

impl From<IdentityError> for Refusal {
    fn from(error: IdentityError) -> Self {
        Self::Failed(error)
    }
}
