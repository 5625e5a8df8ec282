//! One identity provider, as configured and checked.

use jsonwebtoken::Algorithm;

use super::token::{Factors, IssuerKeys, Mapping};

/// An identity provider whose access tokens are accepted.
pub(super) struct Issuer {
    /// Its identifier: the exact value of `iss` in its tokens.
    pub(super) name: String,
    /// The audience that `aud` of its tokens must contain.
    pub(super) audience: String,
    pub(super) algorithms: Vec<Algorithm>,
    pub(super) keys: IssuerKeys,
    pub(super) mapping: Mapping,
    pub(super) factors: Factors,
}
