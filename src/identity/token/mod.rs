//! Access tokens of identity providers: JWTs by the profile of RFC 9068. The claims are believed only after the
//! signature holds with a key of the configured issuer, and only if the token is of the right type. The key is never
//! taken from the token: `jku`, `x5u`, `jwk` and `x5c` are ignored.

mod claims;
mod fetch;
mod header;
mod keys;
mod object;
mod proof;

pub(super) use claims::{ClaimNames, Factors, Mapping};
pub(super) use fetch::{Fetch, Source};
pub(super) use header::{ALGORITHMS, Header};
pub(super) use keys::IssuerKeys;
pub(super) use proof::Proofs;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use super::settings::Settings;
use super::{Credentials, Refusal};
use crate::govern::Principal;
use crate::model::Timestamp;
use claims::Claims;

/// The longest token, in bytes.
const TOKEN_BYTES_MAX: usize = 16 * 1024;

/// Returns the principal of a token, and the time of the user's sign-in.
///
/// # Errors
/// Every reason for which the token is refused.
pub(super) fn principal(
    settings: &Settings,
    shown: &Credentials,
    now: Timestamp,
) -> Result<(Principal, Timestamp), Refusal> {
    let token = shown.bearer.as_str();
    if token.len() > TOKEN_BYTES_MAX {
        return Err(Refusal::Bad("longer than a token is"));
    }
    let [header, claims, signature] = parts(token)?;
    let header = Header::read(&decode(header)?)?;
    let claims = Claims::read(&decode(claims)?)?;
    decode(signature)?;
    // Only to find the issuer's keys; nothing else is believed yet.
    let issuer = claims.text("iss")?.ok_or(Refusal::Bad("iss is missing"))?;
    let issuer = settings
        .issuers
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
    claims.check(&issuer.audience, now)?;
    settings.proofs.check_binding(&claims, shown, now)?;
    let principal = claims.principal(&issuer.name, &issuer.mapping)?;
    let since = claims.check_factors(&issuer.factors, now)?;
    Ok((principal, since))
}

/// Splits a token into header, claims and signature.
fn parts(token: &str) -> Result<[&str; 3], Refusal> {
    let parts: Vec<&str> = token.split('.').collect();
    <[&str; 3]>::try_from(parts).map_err(|_| Refusal::Bad("not three parts"))
}

/// Decodes strict base64url: no padding, no other alphabet, no bits left over, not empty.
fn decode(part: &str) -> Result<Vec<u8>, Refusal> {
    match URL_SAFE_NO_PAD.decode(part) {
        Ok(bytes) if !bytes.is_empty() => Ok(bytes),
        _ => Err(Refusal::Bad("a part is not base64url")),
    }
}
