//! What a request shows.

use super::Fingerprint;

/// What a request shows.
#[derive(Debug, Clone)]
pub struct Credentials {
    /// The bearer token: an API key, a session's token or an access token.
    pub bearer: String,
    /// The client certificate of the connection, its chain checked.
    pub certificate: Option<Fingerprint>,
    /// The proof that the sender holds a key (`Authorization: DPoP`); such a token is never taken without.
    pub proof: Option<Proof>,
}

/// A proof, and the request that it came with.
#[derive(Debug, Clone)]
pub struct Proof {
    /// The proof.
    pub text: String,
    /// The request's method.
    pub method: String,
    /// The request's path, without its query.
    pub path: String,
}
