//! The credentials of a request.

use super::Fingerprint;

/// The credentials of a request.
#[derive(Debug, Clone)]
pub struct Credentials {
    /// The bearer token: an API key, a session's token or an access token.
    pub bearer: String,
    /// The client certificate of the connection, its chain checked.
    pub certificate: Option<Fingerprint>,
    /// The proof that the sender holds a key (`Authorization: DPoP`); a token that is bound to a key is never accepted
    /// without.
    pub proof: Option<Proof>,
}

/// A proof, and the request that contained it.
#[derive(Debug, Clone)]
pub struct Proof {
    /// The proof, a JWT.
    pub text: String,
    /// The request's method.
    pub method: String,
    /// The request's path, without its query.
    pub path: String,
}
