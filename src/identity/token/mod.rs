//! Access tokens of identity providers: JWTs by the profile of RFC 9068. What the token says is
//! believed only after its signature holds with a key of the issuer that is configured, and only if it
//! is of the kind it should be. Nothing in a token says where its key is: `jku`, `x5u`, `jwk` and `x5c`
//! are not looked at.

mod claims;
mod fetch;
mod header;
mod keys;
mod object;

pub(super) use claims::{ClaimNames, Factors, Mapping};
pub(super) use fetch::{Fetch, Source};
pub(super) use header::{ALGORITHMS, Header};
pub(super) use keys::IssuerKeys;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use super::Fingerprint;
use super::authenticate::Refusal;
use super::issuer::Issuer;
use crate::govern::Principal;
use crate::model::Timestamp;
use claims::Claims;

/// The longest token, in bytes.
const TOKEN_BYTES_MAX: usize = 16 * 1024;

/// Whom a token stands for, and when the user showed who they are.
///
/// # Errors
/// Every reason for which it is refused.
pub(super) fn principal(
    issuers: &[Issuer],
    token: &str,
    certificate: Option<&Fingerprint>,
    now: Timestamp,
) -> Result<(Principal, Timestamp), Refusal> {
    if token.len() > TOKEN_BYTES_MAX {
        return Err(Refusal::Bad("longer than a token is"));
    }
    let parts: Vec<&str> = token.split('.').collect();
    let [header, claims, signature] = parts[..] else {
        return Err(Refusal::Bad("not three parts"));
    };
    let header = Header::read(&decode(header)?)?;
    let claims = Claims::read(&decode(claims)?)?;
    decode(signature)?;
    // Only to know whose key to ask for; nothing else is believed yet.
    let issuer = claims.text("iss")?.ok_or(Refusal::Bad("iss is missing"))?;
    let issuer = issuers
        .iter()
        .find(|known| known.name == issuer)
        .ok_or(Refusal::Bad("iss is not a configured issuer"))?;
    if !issuer.algorithms.contains(&header.algorithm) {
        return Err(Refusal::Bad("alg is not on the issuer's list"));
    }
    let signed = &token[..token.len() - signature.len() - 1];
    if !issuer.keys.verify(&header, signed.as_bytes(), signature, now)? {
        return Err(Refusal::Bad("the signature does not hold"));
    }
    claims.check(&issuer.audience, certificate, now)?;
    let principal = claims.principal(&issuer.name, &issuer.mapping)?;
    let since = claims.check_factors(&issuer.factors, now)?;
    Ok((principal, since))
}

/// Strict base64url: no padding, no other alphabet, no bits left over.
fn decode(part: &str) -> Result<Vec<u8>, Refusal> {
    match URL_SAFE_NO_PAD.decode(part) {
        Ok(bytes) if !bytes.is_empty() => Ok(bytes),
        _ => Err(Refusal::Bad("a part is not base64url")),
    }
}
