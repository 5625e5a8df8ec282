//! An identity provider: keys made here, served by a small HTTP server.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use aws_lc_rs::encoding::{AsDer, Pkcs8V1Der};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::{KeyPair as RsaKeyPair, KeySize};
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED_SIGNING, ECDSA_P384_SHA384_FIXED_SIGNING, EcdsaKeyPair, Ed25519KeyPair,
    KeyPair,
};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::jwk::Jwk;
use jsonwebtoken::{Algorithm, EncodingKey};
use serde_json::{Value, json};

/// A signing key with its id.
pub struct Key {
    pub id: &'static str,
    pub algorithm: Algorithm,
    pub signing: EncodingKey,
    /// The public half of an Ed25519 key.
    edwards: Option<String>,
}

impl Key {
    pub fn new(id: &'static str, algorithm: Algorithm) -> Self {
        let random = SystemRandom::new();
        let mut edwards = None;
        let signing = match algorithm {
            Algorithm::ES256 => {
                let curve = &ECDSA_P256_SHA256_FIXED_SIGNING;
                EncodingKey::from_ec_der(
                    EcdsaKeyPair::generate_pkcs8(curve, &random).unwrap().as_ref(),
                )
            }
            Algorithm::ES384 => {
                let curve = &ECDSA_P384_SHA384_FIXED_SIGNING;
                EncodingKey::from_ec_der(
                    EcdsaKeyPair::generate_pkcs8(curve, &random).unwrap().as_ref(),
                )
            }
            Algorithm::EdDSA => {
                let pkcs8 = Ed25519KeyPair::generate_pkcs8(&random).unwrap();
                let pair = Ed25519KeyPair::from_pkcs8(pkcs8.as_ref()).unwrap();
                edwards = Some(URL_SAFE_NO_PAD.encode(pair.public_key()));
                EncodingKey::from_ed_der(pkcs8.as_ref())
            }
            _ => {
                let pair = RsaKeyPair::generate(KeySize::Rsa2048).unwrap();
                let pkcs8: Pkcs8V1Der = pair.as_der().unwrap();
                // RSAPrivateKey lies within PKCS #8, after 26 bytes of header for this size.
                EncodingKey::from_rsa_der(&pkcs8.as_ref()[26..])
            }
        };
        Self { id, algorithm, signing, edwards }
    }

    /// The public half of the key.
    pub fn public(&self) -> Value {
        if let Some(x) = &self.edwards {
            return json!({ "kty": "OKP", "crv": "Ed25519", "alg": "EdDSA", "kid": self.id, "x": x });
        }
        let mut jwk = Jwk::from_encoding_key(&self.signing, self.algorithm).unwrap();
        jwk.common.key_id = Some(self.id.to_owned());
        serde_json::to_value(jwk).unwrap()
    }

    pub fn sign(&self, header: &Value, claims: &Value) -> String {
        self.sign_text(&header.to_string(), &claims.to_string())
    }

    pub fn sign_text(&self, header: &str, claims: &str) -> String {
        let encode = |text: &str| URL_SAFE_NO_PAD.encode(text);
        let signed = format!("{}.{}", encode(header), encode(claims));
        let signature =
            jsonwebtoken::crypto::sign(signed.as_bytes(), &self.signing, self.algorithm).unwrap();
        format!("{signed}.{signature}")
    }
}

/// A running identity provider.
pub struct Issuer {
    address: SocketAddr,
    pub keys: Vec<Key>,
    served: Arc<Mutex<String>>,
    fetches: Arc<AtomicUsize>,
}

pub const AUDIENCE: &str = "https://accord.example";
pub const AGENCY_CLAIM: &str = "gfipm:2.0:user:EmployerORI";
pub const LEVEL: &str = "https://refeds.org/profile/mfa";

impl Issuer {
    /// Starts an identity provider with a key of each kind, all served.
    pub fn start() -> Self {
        let keys = vec![
            Key::new("ec", Algorithm::ES256),
            Key::new("ed", Algorithm::EdDSA),
            Key::new("rsa", Algorithm::RS256),
            Key::new("ec384", Algorithm::ES384),
        ];
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let issuer = Self {
            address: listener.local_addr().unwrap(),
            keys,
            served: Arc::default(),
            fetches: Arc::default(),
        };
        issuer.serve(&issuer.keys.iter().map(Key::public).collect::<Vec<_>>());
        let (served, fetches) = (Arc::clone(&issuer.served), Arc::clone(&issuer.fetches));
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                let mut stream = stream.unwrap();
                let (mut head, mut byte) = (Vec::new(), [0]);
                while !head.ends_with(b"\r\n\r\n") && stream.read(&mut byte).is_ok_and(|n| n == 1) {
                    head.push(byte[0]);
                }
                fetches.fetch_add(1, Ordering::SeqCst);
                let body = served.lock().unwrap().clone();
                let _ = write!(
                    stream,
                    "HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: {}\r\n\r\n{body}",
                    body.len()
                );
            }
        });
        issuer
    }

    /// Serves these public keys from now on.
    pub fn serve(&self, keys: &[Value]) {
        *self.served.lock().unwrap() = json!({ "keys": keys }).to_string();
    }

    pub fn name(&self) -> String {
        format!("http://{}", self.address)
    }

    /// The number of times that the keys were fetched.
    pub fn fetches(&self) -> usize {
        self.fetches.load(Ordering::SeqCst)
    }

    /// The configuration of a server that trusts it; not for ES384.
    pub fn settings(&self) -> String {
        let name = self.name();
        format!(
            r#"
[[issuer]]
issuer = "{name}"
audience = "{AUDIENCE}"
keys = "{name}/jwks.json"
algorithms = ["ES256", "EdDSA", "RS256"]
agencies = {{ "DC0010000" = "metro-police", "CA0190000" = "border-guard" }}
roles = {{ "accord-users" = ["analyst"], "accord-it" = ["system_administrator"], "accord-leads" = ["task_force_lead"] }}
indicators = {{ investigator = "gfipm:2.0:user:SwornLawEnforcementOfficerIndicator" }}
acr = ["{LEVEL}"]
"#
        )
    }

    pub fn key(&self, id: &str) -> &Key {
        self.keys.iter().find(|key| key.id == id).unwrap()
    }

    pub fn header(&self, id: &str) -> Value {
        json!({ "alg": format!("{:?}", self.key(id).algorithm), "typ": "at+jwt", "kid": id })
    }

    /// The claims of a good token at this second.
    pub fn claims(&self, now: i64) -> Value {
        json!({
            "iss": self.name(), "sub": "248289761001", "aud": AUDIENCE, "client_id": "page",
            "iat": now, "exp": now + 600, "auth_time": now - 60, "acr": LEVEL, "jti": "1",
            AGENCY_CLAIM: "DC0010000", "roles": ["accord-users", "other"],
        })
    }

    /// A good token at this second, changed.
    pub fn token(&self, now: i64, change: impl FnOnce(&mut Value)) -> String {
        let mut claims = self.claims(now);
        change(&mut claims);
        self.key("ec").sign(&self.header("ec"), &claims)
    }
}
