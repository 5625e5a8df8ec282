//! Proofs of possession (DPoP, RFC 9449): a client that holds the key a token is bound to signs each request with it,
//! so that a stolen token is worthless. A proof is valid for one method, one address, one token and one minute, and
//! once.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use aws_lc_rs::digest::{SHA256, digest};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::DecodingKey;
use jsonwebtoken::jwk::{Jwk, ThumbprintHash};
use serde::Deserialize;
use serde_json::Value;

use super::claims::{CLOCK_SKEW_SECONDS, Claims};
use super::header::algorithm_of;
use super::keys::{PRIVATE_MEMBERS, algorithms};
use super::object::Object;
use super::{decode, parts};
use crate::identity::{Credentials, Proof, Refusal};
use crate::model::Timestamp;

/// The media type of a proof.
const TYPE: &str = "dpop+jwt";
/// The longest proof, in bytes.
const PROOF_BYTES_MAX: usize = 8 * 1024;
/// The longest `jti` of a proof, in bytes.
const NAME_BYTES_MAX: usize = 256;
/// The validity of a proof, in seconds.
const PROOF_SECONDS: i64 = 60;
/// Used proofs that are remembered until they expire; while there are more, further ones are refused.
const PROOFS_MAX: usize = 200_000;

/// Checks proofs, and remembers the used ones.
#[derive(Default)]
pub(crate) struct Proofs {
    /// The address by which clients call this server, without the path; `None` refuses all proofs.
    pub(crate) address: Option<String>,
    used: Mutex<BTreeMap<[u8; 32], i64>>,
}

impl Proofs {
    pub(crate) fn at(address: Option<String>) -> Self {
        Self { address, used: Mutex::default() }
    }

    /// Checks that the sender holds the key that the token is bound to: that of a certificate (RFC 8705) or of proofs
    /// (RFC 9449). A binding of another kind cannot be checked here and so is refused; so is a proof with a token that
    /// is bound to no key.
    pub(super) fn check_binding(
        &self,
        claims: &Claims,
        shown: &Credentials,
        now: Timestamp,
    ) -> Result<(), Refusal> {
        let proof = shown.proof.as_ref();
        let Some(binding) = claims.get("cnf") else {
            let unbound = Refusal::Bad("a proof with a token that is bound to no key");
            return if proof.is_none() { Ok(()) } else { Err(unbound) };
        };
        let members = binding.as_object().ok_or(Refusal::Bad("cnf is not an object"))?;
        let unknown = || Refusal::Bad("cnf is of a kind that is not known");
        let (Some((kind, bound)), 1) = (members.iter().next(), members.len()) else {
            return Err(unknown());
        };
        match (kind.as_str(), bound.as_str()) {
            ("x5t#S256", Some(bound)) => {
                let certificate = shown.certificate.as_ref();
                let digest = certificate.map(|shown| URL_SAFE_NO_PAD.encode(shown.as_bytes()));
                if digest.as_deref() == Some(bound) && proof.is_none() {
                    return Ok(());
                }
                Err(Refusal::Bad("the certificate the token is bound to was not shown"))
            }
            ("jkt", Some(bound)) => {
                let missing = Refusal::Bad("no proof of the key the token is bound to");
                self.check(proof.ok_or(missing)?, (&shown.bearer, bound), now)
            }
            _ => Err(unknown()),
        }
    }

    /// Checks that a proof shows the sender to hold the key that the token is bound to.
    fn check(
        &self,
        proof: &Proof,
        (token, bound): (&str, &str),
        now: Timestamp,
    ) -> Result<(), Refusal> {
        if proof.text.len() > PROOF_BYTES_MAX {
            return Err(Refusal::Bad("longer than a proof is"));
        }
        let [header, claims, signature] = parts(&proof.text)?;
        check_signature(&decode(header)?, &proof.text, signature, bound)?;
        let claims = Claims::read(&decode(claims)?)?;
        if claims.text("htm")? != Some(&proof.method) {
            return Err(Refusal::Bad("the proof is for another method"));
        }
        let address = self.address.as_ref().ok_or(Refusal::Bad("no address is configured"))?;
        if claims.text("htu")? != Some(&format!("{address}{}", proof.path)) {
            return Err(Refusal::Bad("the proof is for another address"));
        }
        let hash = URL_SAFE_NO_PAD.encode(digest(&SHA256, token.as_bytes()));
        if claims.text("ath")? != Some(&hash) {
            return Err(Refusal::Bad("the proof is for another token"));
        }
        let now = now.as_micros().div_euclid(1_000_000);
        let made = claims.time("iat")?.ok_or(Refusal::Bad("iat of the proof is missing"))?;
        if !(now - PROOF_SECONDS..=now + CLOCK_SKEW_SECONDS).contains(&made) {
            return Err(Refusal::Bad("the proof is too old, or of the future"));
        }
        let name = claims.text("jti")?.filter(|it| (1..=NAME_BYTES_MAX).contains(&it.len()));
        let name = name.ok_or(Refusal::Bad("the proof has no name"))?;
        self.use_up(bound, name, made + PROOF_SECONDS, now)
    }

    /// Marks a proof as used; called last, so that only holders of a key can fill the memory.
    fn use_up(&self, bound: &str, name: &str, until: i64, now: i64) -> Result<(), Refusal> {
        let hash = digest(&SHA256, format!("{bound}\n{name}").as_bytes());
        let key = hash.as_ref().try_into().map_err(|_| Refusal::Bad("no hash"))?;
        let mut used = self.used.lock().unwrap_or_else(PoisonError::into_inner);
        if used.get(&key).is_some_and(|until| *until >= now) {
            return Err(Refusal::Bad("the proof was used before"));
        }
        if used.len() >= PROOFS_MAX {
            used.retain(|_, until| *until >= now);
        }
        if used.len() >= PROOFS_MAX {
            return Err(Refusal::Bad("too many proofs in a minute"));
        }
        used.insert(key, until);
        Ok(())
    }
}

/// Checks that the key in the proof's header is the one that the token is bound to, and that the signature is by it.
fn check_signature(header: &[u8], text: &str, signature: &str, bound: &str) -> Result<(), Refusal> {
    let Object(members) = serde_json::from_slice(header)
        .map_err(|_| Refusal::Bad("the proof's header is not a JSON object"))?;
    if ["crit", "zip", "enc"].iter().any(|name| members.contains_key(*name)) {
        return Err(Refusal::Bad("the proof's header asks for an extension"));
    }
    let kind = members.get("typ").and_then(Value::as_str).unwrap_or_default();
    if !TYPE.eq_ignore_ascii_case(kind) {
        return Err(Refusal::Bad("typ is not that of a proof"));
    }
    let algorithm = algorithm_of(&members)?;
    let key = members.get("jwk").ok_or(Refusal::Bad("the proof shows no key"))?;
    if PRIVATE_MEMBERS.iter().any(|name| key.get(name).is_some()) {
        return Err(Refusal::Bad("the proof's key is not public"));
    }
    let no_key = |_| Refusal::Bad("the proof's key is of no kind that is known");
    let key = Jwk::deserialize(key).map_err(no_key)?;
    if !algorithms(&key).contains(&algorithm) {
        return Err(Refusal::Bad("the proof's key is not for its algorithm"));
    }
    let failed = |_| Refusal::Bad("the proof's key cannot be used");
    if key.thumbprint(ThumbprintHash::SHA256).map_err(failed)? != bound {
        return Err(Refusal::Bad("the proof is by another key than the token is bound to"));
    }
    let decoding = DecodingKey::from_jwk(&key).map_err(failed)?;
    let signed = &text[..text.len() - signature.len() - 1];
    decode(signature)?;
    match jsonwebtoken::crypto::verify(signature, signed.as_bytes(), &decoding, algorithm) {
        Ok(true) => Ok(()),
        _ => Err(Refusal::Bad("the proof's signature does not hold")),
    }
}
