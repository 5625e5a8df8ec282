//! Officers' own keys: a signature under an agreement that anybody can check, and that cannot be forged with the
//! officer's password or with write access to the store.

use std::collections::BTreeMap;
use std::fmt;

use aws_lc_rs::signature::{ED25519, UnparsedPublicKey};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use rustls::pki_types::SubjectPublicKeyInfoDer;
use rustls::pki_types::pem::PemObject;
use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::model::Timestamp;

/// The DER bytes that precede the 32 bytes of an Ed25519 public key: they name the algorithm (RFC 8410).
const ED25519_DER: [u8; 12] = [0x30, 0x2a, 0x30, 5, 6, 3, 0x2b, 0x65, 0x70, 3, 0x21, 0];

/// The longest file of a public key, in bytes.
const PEM_BYTES_MAX: usize = 4_096;

/// An officer's public key (Ed25519).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublicKey([u8; 32]);

/// The error that a text is not an Ed25519 public key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("a public key of Ed25519: the text between the lines of `openssl pkey -pubout`")]
pub struct PublicKeyError;

impl PublicKey {
    /// The key of a PEM text (`openssl pkey -pubout`).
    ///
    /// # Errors
    /// When the text is not an Ed25519 public key, or is longer than 4,096 bytes.
    pub fn from_pem(text: &str) -> Result<Self, PublicKeyError> {
        let text = Some(text).filter(|text| text.len() <= PEM_BYTES_MAX).ok_or(PublicKeyError)?;
        let der = SubjectPublicKeyInfoDer::from_pem_slice(text.as_bytes());
        Self::from_der(&der.map_err(|_| PublicKeyError)?)
    }

    /// The key of base64 text: the lines of a PEM text between its first and last.
    ///
    /// # Errors
    /// When the text is not an Ed25519 public key.
    pub fn from_base64(text: &str) -> Result<Self, PublicKeyError> {
        Self::from_der(&STANDARD.decode(text).map_err(|_| PublicKeyError)?)
    }

    fn from_der(der: &[u8]) -> Result<Self, PublicKeyError> {
        let key = der.strip_prefix(&ED25519_DER).and_then(|key| key.try_into().ok());
        key.map(Self).ok_or(PublicKeyError)
    }

    /// Tells if `signature` (base64) is this key's signature over `text`.
    pub fn has_signed(&self, text: &str, signature: &str) -> bool {
        let key = UnparsedPublicKey::new(&ED25519, &self.0);
        let signature = STANDARD.decode(signature);
        signature.is_ok_and(|signature| key.verify(text.as_bytes(), &signature).is_ok())
    }
}

impl fmt::Display for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&STANDARD.encode([&ED25519_DER[..], &self.0].concat()))
    }
}

/// A key that an agency has registered for an officer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OfficerKey {
    /// The public key, base64.
    pub key: String,
    /// The time of registration.
    pub since: Timestamp,
}

/// The keys of agencies' officers, by agency and user.
pub type OfficerKeys = BTreeMap<String, BTreeMap<String, OfficerKey>>;

/// A signature as it is handed in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SignedWith<'a> {
    /// The officer's public key, base64.
    pub key: &'a str,
    /// The signature, base64.
    pub signature: &'a str,
}

/// Reasons for which a signature is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum SignatureError {
    /// No signature with a key, though the agency has registered keys of its officers.
    #[error("the agency has registered keys of its officers: its officers sign with them")]
    Missing,
    /// The key is not the one that is registered for the officer.
    #[error("not the key that the agency has registered for this officer (`accord key officer`)")]
    OtherKey,
    /// The signature is not by the key, or is over another text.
    #[error("not a signature by this key over the 64 digits of `terms_hash`")]
    Wrong,
}

#[cfg(test)]
mod tests {
    use aws_lc_rs::signature::{Ed25519KeyPair, KeyPair};

    use super::*;
    use crate::govern::Policy;

    const HASH: &str = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08";

    fn pair(seed: u8) -> (Ed25519KeyPair, PublicKey) {
        let pair = Ed25519KeyPair::from_seed_unchecked(&[seed; 32]).unwrap();
        let public = PublicKey(pair.public_key().as_ref().try_into().unwrap());
        (pair, public)
    }

    fn signed(pair: &Ed25519KeyPair, text: &str) -> String {
        STANDARD.encode(pair.sign(text.as_bytes()))
    }

    #[test]
    fn a_key_reads_as_it_is_written_and_nothing_else_is_one() {
        let (_, public) = pair(1);
        let text = public.to_string();
        assert_eq!(PublicKey::from_base64(&text).unwrap(), public);
        let pem = format!("-----BEGIN PUBLIC KEY-----\n{text}\n-----END PUBLIC KEY-----\n");
        assert_eq!(PublicKey::from_pem(&pem).unwrap(), public);
        let private = pem.replace("PUBLIC", "PRIVATE");
        for bad in ["", "x", &text, &private, &pem.replace("MCow", "MCox"), &pem.repeat(100)] {
            assert!(PublicKey::from_pem(bad).is_err(), "{bad}");
        }
        for bad in ["", &text[1..], &text[..text.len() - 4], &format!("{text}AAAA"), &pem] {
            assert!(PublicKey::from_base64(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn a_signature_holds_for_its_key_and_text_only() {
        let (own, public) = pair(1);
        let (other, _) = pair(2);
        let good = signed(&own, HASH);
        assert!(public.has_signed(HASH, &good));
        for bad in ["", "AAAA", &signed(&other, HASH), &signed(&own, "another"), &good[4..]] {
            assert!(!public.has_signed(HASH, bad), "{bad}");
        }
        assert!(!public.has_signed(&HASH.to_uppercase(), &good));
    }

    #[test]
    fn an_agency_with_keys_takes_no_bare_signature_and_no_other_key() {
        let ((own, public), (other, foreign)) = (pair(1), pair(2));
        let at = Timestamp::from_micros(0).unwrap();
        let mut policy = Policy::default();
        let (key, foreign_key) = (public.to_string(), foreign.to_string());
        let good = signed(&own, HASH);
        let with = |key, signature| Some(SignedWith { key, signature });
        let check = |policy: &Policy, officer, given| {
            policy.check_signature(("metro", officer), HASH, given).err()
        };
        assert_eq!(check(&policy, "chief", None), None);
        assert_eq!(check(&policy, "chief", with(&key, &good)), Some(SignatureError::OtherKey));
        assert!(policy.register_officer("metro", "chief", Some((&public, at))));
        assert!(!policy.register_officer("metro", "chief", Some((&public, at))), "the same");
        assert_eq!(check(&policy, "chief", with(&key, &good)), None);
        assert_eq!(check(&policy, "chief", None), Some(SignatureError::Missing));
        assert_eq!(check(&policy, "deputy", None), Some(SignatureError::Missing));
        assert_eq!(check(&policy, "deputy", with(&key, &good)), Some(SignatureError::OtherKey));
        let forged = signed(&other, HASH);
        assert_eq!(check(&policy, "chief", with(&key, &forged)), Some(SignatureError::Wrong));
        let foreign = with(&foreign_key, &forged);
        assert_eq!(check(&policy, "chief", foreign), Some(SignatureError::OtherKey));
        assert_eq!(policy.check_signature(("border", "chief"), HASH, None), Ok(()));
        assert!(policy.register_officer("metro", "chief", None));
        assert_eq!(policy, Policy::default());
    }
}
