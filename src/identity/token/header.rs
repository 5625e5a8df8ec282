//! The header of a token: the algorithm and the id of the key.

use jsonwebtoken::Algorithm;
use serde_json::{Map, Value};

use super::object::Object;
use crate::identity::Refusal;

/// The algorithms that an issuer may be configured for: signatures with a public key only. There is no HMAC, since a
/// key that anyone can read must not be taken for a shared secret.
pub(crate) const ALGORITHMS: [(&str, Algorithm); 9] = [
    ("ES256", Algorithm::ES256),
    ("ES384", Algorithm::ES384),
    ("EdDSA", Algorithm::EdDSA),
    ("PS256", Algorithm::PS256),
    ("PS384", Algorithm::PS384),
    ("PS512", Algorithm::PS512),
    ("RS256", Algorithm::RS256),
    ("RS384", Algorithm::RS384),
    ("RS512", Algorithm::RS512),
];

/// The media types of an access token (RFC 9068); an ID token has another.
const TYPES: [&str; 2] = ["at+jwt", "application/at+jwt"];

/// The used members of a header.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Header {
    pub(crate) algorithm: Algorithm,
    pub(crate) key: String,
}

impl Header {
    pub(super) fn read(bytes: &[u8]) -> Result<Self, Refusal> {
        let Object(members) = serde_json::from_slice(bytes)
            .map_err(|_| Refusal::Bad("the header is not a JSON object"))?;
        // RFC 7515: critical extensions that are not understood are refused; here none is understood.
        if ["crit", "zip", "enc"].iter().any(|name| members.contains_key(*name)) {
            return Err(Refusal::Bad("the header asks for an extension"));
        }
        let text = |name: &str| members.get(name).and_then(Value::as_str);
        let kind = text("typ").ok_or(Refusal::Bad("typ is missing"))?;
        if !TYPES.iter().any(|known| known.eq_ignore_ascii_case(kind)) {
            return Err(Refusal::Bad("typ is not that of an access token"));
        }
        let algorithm = algorithm_of(&members)?;
        let key = text("kid").filter(|key| !key.is_empty());
        let key = key.ok_or(Refusal::Bad("kid is missing"))?.to_owned();
        Ok(Self { algorithm, key })
    }
}

/// The algorithm that a header names.
pub(super) fn algorithm_of(members: &Map<String, Value>) -> Result<Algorithm, Refusal> {
    let algorithm = members.get("alg").and_then(Value::as_str);
    let algorithm = algorithm.ok_or(Refusal::Bad("alg is missing"))?;
    let known = ALGORITHMS.iter().find(|(name, _)| *name == algorithm);
    known.map(|(_, algorithm)| *algorithm).ok_or(Refusal::Bad("alg is none that is accepted"))
}
