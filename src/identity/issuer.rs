//! One identity provider, as configured and checked.

use jsonwebtoken::Algorithm;

use super::token::{Factors, IssuerKeys, Mapping};

/// An identity provider whose access tokens are accepted.
pub(super) struct Issuer {
    /// Its identifier: what `iss` must say, to the letter.
    pub(super) name: String,
    /// What `aud` must hold.
    pub(super) audience: String,
    pub(super) algorithms: Vec<Algorithm>,
    pub(super) keys: IssuerKeys,
    pub(super) mapping: Mapping,
    pub(super) factors: Factors,
}
