//! The keys of an issuer, cached. They are fetched anew when they are old or a token names an unknown one, but never
//! more often than once a minute, whatever tokens are sent.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};

use jsonwebtoken::jwk::{AlgorithmParameters, EllipticCurve, Jwk, KeyOperations, PublicKeyUse};
use jsonwebtoken::{Algorithm, DecodingKey};
use serde::Deserialize;
use serde_json::Value;

use super::Header;
use super::fetch::Fetch;
use crate::identity::Refusal;
use crate::identity::seconds;
use crate::model::Timestamp;

/// Least time between two fetches, in seconds.
const FETCH_SECONDS_MIN: i64 = 60;
/// Seconds after which keys are fetched again: a withdrawn key stays in use at most this long.
const FRESH_SECONDS: i64 = 600;
/// Seconds after which keys that cannot be fetched again are no longer trusted.
const STALE_SECONDS_MAX: i64 = 3600;
/// The shortest modulus of an RSA key, in bytes.
const RSA_BYTES_MIN: usize = 256;
/// Members that only a private or a symmetric key has.
pub(super) const PRIVATE_MEMBERS: [&str; 7] = ["d", "p", "q", "dp", "dq", "qi", "k"];

/// A set of public keys, by their ids.
#[derive(Default)]
struct KeySet(BTreeMap<String, Vec<(Vec<Algorithm>, DecodingKey)>>);

impl KeySet {
    /// Reads a JWK set. Keys of unknown kinds are left out, since an issuer may have keys for other uses.
    fn read(text: &str) -> Result<Self, String> {
        let document: Value =
            serde_json::from_str(text).map_err(|_| "not a JSON document".to_owned())?;
        let keys = document.get("keys").and_then(Value::as_array);
        let mut set = Self::default();
        for key in keys.ok_or("not a JWK set: no list `keys`")? {
            if PRIVATE_MEMBERS.iter().any(|name| key.get(name).is_some()) {
                return Err("a key is not public".to_owned());
            }
            let Ok(key) = Jwk::deserialize(key) else { continue };
            let algorithms = algorithms(&key);
            if let (Some(id), false, Ok(decoding)) =
                (&key.common.key_id, algorithms.is_empty(), DecodingKey::from_jwk(&key))
            {
                set.0.entry(id.clone()).or_default().push((algorithms, decoding));
            }
        }
        if set.0.is_empty() {
            return Err("no key that can be used: each needs `kid` and a known kind".to_owned());
        }
        Ok(set)
    }

    fn verify(&self, header: &Header, signed: &[u8], signature: &str) -> bool {
        let keys = self.0.get(&header.key).into_iter().flatten();
        keys.filter(|(algorithms, _)| algorithms.contains(&header.algorithm)).any(|(_, key)| {
            jsonwebtoken::crypto::verify(signature, signed, key, header.algorithm).unwrap_or(false)
        })
    }
}

/// Returns the algorithms that a key may be used for: those of its kind, restricted by its own members `use`, `key_ops`
/// and `alg`.
pub(super) fn algorithms(key: &Jwk) -> Vec<Algorithm> {
    use Algorithm::{ES256, ES384, EdDSA, PS256, PS384, PS512, RS256, RS384, RS512};
    let for_signatures = match &key.common.public_key_use {
        Some(PublicKeyUse::Signature) | None => true,
        Some(_) => false,
    };
    let verifies = match &key.common.key_operations {
        Some(operations) => operations.contains(&KeyOperations::Verify),
        None => true,
    };
    if !for_signatures || !verifies {
        return Vec::new();
    }
    let of_kind = match &key.algorithm {
        AlgorithmParameters::EllipticCurve(of) if of.curve == EllipticCurve::P256 => vec![ES256],
        AlgorithmParameters::EllipticCurve(of) if of.curve == EllipticCurve::P384 => vec![ES384],
        AlgorithmParameters::OctetKeyPair(of) if of.curve == EllipticCurve::Ed25519 => vec![EdDSA],
        AlgorithmParameters::RSA(of)
            if super::decode(&of.n).is_ok_and(|n| n.len() >= RSA_BYTES_MIN) =>
        {
            vec![PS256, PS384, PS512, RS256, RS384, RS512]
        }
        _ => Vec::new(),
    };
    let own = key.common.key_algorithm.map(|own| own.to_string());
    let fits =
        |algorithm: &Algorithm| own.as_ref().is_none_or(|own| *own == format!("{algorithm:?}"));
    of_kind.into_iter().filter(fits).collect()
}

/// An issuer's keys as last fetched.
pub(crate) struct IssuerKeys {
    fetch: Box<dyn Fetch>,
    cached: RwLock<Cached>,
    /// The time at which the last fetch began; the holder of the lock fetches.
    last_fetch: Mutex<Option<Timestamp>>,
}

#[derive(Clone, Default)]
struct Cached {
    keys: Arc<KeySet>,
    at: Option<Timestamp>,
}

impl IssuerKeys {
    pub(crate) fn new(fetch: Box<dyn Fetch>) -> Self {
        Self { fetch, cached: RwLock::default(), last_fetch: Mutex::new(None) }
    }

    /// Checks that a text is a JWK set with at least one usable key.
    pub(crate) fn check(text: &str) -> Result<(), String> {
        KeySet::read(text).map(|_| ())
    }

    /// Tells if a signature is by the issuer's key that the header names.
    pub(crate) fn verify(
        &self,
        header: &Header,
        signed: &[u8],
        signature: &str,
        now: Timestamp,
    ) -> Result<bool, Refusal> {
        let cached = self.cached_for(&header.key, now);
        if !cached.younger_than(STALE_SECONDS_MAX, now) {
            return Err(Refusal::NoKeys);
        }
        if !cached.keys.0.contains_key(&header.key) {
            return Err(Refusal::Bad("kid is none of the issuer's keys"));
        }
        Ok(cached.keys.verify(header, signed, signature))
    }

    fn cached_for(&self, key: &str, now: Timestamp) -> Cached {
        let cached = self.cached();
        let known = cached.keys.0.contains_key(key);
        if known && cached.younger_than(FRESH_SECONDS, now) {
            return cached;
        }
        // No thread waits for another's fetch while there are keys to use: a slow issuer and a flood of invented key
        // ids must not block threads.
        let turn = if cached.younger_than(STALE_SECONDS_MAX, now) {
            self.last_fetch.try_lock().ok()
        } else {
            Some(self.last_fetch.lock().unwrap_or_else(PoisonError::into_inner))
        };
        if let Some(turn) = turn {
            self.refresh(turn, now);
        }
        self.cached()
    }

    fn cached(&self) -> Cached {
        self.cached.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn refresh(&self, mut last: MutexGuard<'_, Option<Timestamp>>, now: Timestamp) {
        if last.is_some_and(|last| (0..FETCH_SECONDS_MIN).contains(&seconds(last, now))) {
            return;
        }
        *last = Some(now);
        match self.fetch.fetch().and_then(|text| KeySet::read(&text)) {
            Ok(keys) => {
                let mut cached = self.cached.write().unwrap_or_else(PoisonError::into_inner);
                *cached = Cached { keys: Arc::new(keys), at: Some(now) };
            }
            Err(error) => tracing::warn!(%error, "an issuer's keys cannot be fetched"),
        }
    }
}

impl Cached {
    fn younger_than(&self, most: i64, now: Timestamp) -> bool {
        self.at.is_some_and(|at| seconds(at, now) < most)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::{AtomicUsize, Ordering};

    /// Gives a set with one key, named after how often it was asked; fails at the first `failing`.
    struct Counting {
        asked: Arc<AtomicUsize>,
        failing: usize,
    }

    impl Fetch for Counting {
        fn fetch(&self) -> Result<String, String> {
            let count = self.asked.fetch_add(1, Ordering::SeqCst) + 1;
            if count <= self.failing {
                return Err("down".to_owned());
            }
            Ok(format!(
                r#"{{"keys":[{{"kty":"OKP","crv":"Ed25519","kid":"k{count}","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}}]}}"#
            ))
        }
    }

    fn keys(failing: usize) -> (IssuerKeys, Arc<AtomicUsize>) {
        let asked = Arc::new(AtomicUsize::new(0));
        let fetch = Counting { asked: Arc::clone(&asked), failing };
        (IssuerKeys::new(Box::new(fetch)), asked)
    }

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_micros((1_790_000_000 + seconds) * 1_000_000).unwrap()
    }

    fn ask(keys: &IssuerKeys, key: &str, now: Timestamp) -> Result<bool, Refusal> {
        let header = Header { algorithm: Algorithm::EdDSA, key: key.to_owned() };
        keys.verify(&header, b"signed", "c2ln", now)
    }

    #[test]
    fn unknown_keys_cause_one_fetch_a_minute_at_most() {
        let (keys, asked) = keys(0);
        for second in 0..59 {
            for name in ["x", "y", "z"] {
                assert!(matches!(ask(&keys, name, at(second)), Err(Refusal::Bad(_))));
            }
        }
        assert_eq!(asked.load(Ordering::SeqCst), 1);
        assert!(matches!(ask(&keys, "k2", at(60)), Ok(false)));
        assert_eq!(asked.load(Ordering::SeqCst), 2);
    }

    #[test]
    fn a_withdrawn_key_is_forgotten_after_a_while() {
        let (keys, asked) = keys(0);
        assert!(ask(&keys, "k1", at(0)).is_ok());
        assert!(ask(&keys, "k1", at(FRESH_SECONDS - 1)).is_ok());
        assert_eq!(asked.load(Ordering::SeqCst), 1);
        assert!(matches!(ask(&keys, "k1", at(FRESH_SECONDS)), Err(Refusal::Bad(_))));
    }

    #[test]
    fn an_issuer_that_is_down_is_unavailable_and_asked_once_a_minute() {
        let (keys, asked) = keys(2);
        for second in 0..120 {
            assert!(matches!(ask(&keys, "k3", at(second)), Err(Refusal::NoKeys)));
        }
        assert_eq!(asked.load(Ordering::SeqCst), 2);
        assert!(ask(&keys, "k3", at(120)).is_ok());
    }

    #[test]
    fn sets_that_hold_secrets_or_nothing_of_use_are_refused() {
        for text in [
            "",
            "[]",
            "{}",
            r#"{"keys":[]}"#,
            r#"{"keys":[{"kty":"oct","kid":"a","k":"c2VjcmV0"}]}"#,
            r#"{"keys":[{"kty":"OKP","crv":"Ed25519","kid":"a","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo","d":"nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A"}]}"#,
            r#"{"keys":[{"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}]}"#,
            r#"{"keys":[{"kty":"OKP","crv":"Ed25519","kid":"a","use":"enc","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}]}"#,
            r#"{"keys":[{"kty":"RSA","kid":"a","n":"AQAB","e":"AQAB"}]}"#,
        ] {
            assert!(KeySet::read(text).is_err(), "{text}");
        }
    }
}
