//! Tokens bound to a key that each request proves (DPoP, RFC 9449): a stolen token is useless.

use std::path::Path;

use accord::identity::{Credentials, Identity, Proof, Refusal, Settings};
use aws_lc_rs::digest::{SHA256, digest};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::Algorithm;
use jsonwebtoken::jwk::{Jwk, ThumbprintHash};
use serde_json::{Value, json};

use super::issuer::{Issuer, Key};
use super::{Answer, Hands, Server, bare};
use crate::api::server::Special;

/// The address by which clients call the server.
const ADDRESS: &str = "https://accord.example";
const PATH: &str = "/v1/queries";

/// Starts a server that trusts an issuer and knows the address by which clients call it.
fn serving(issuer: &Issuer, address: Option<&str>) -> (Server, Hands) {
    let hands = Hands::default();
    let address = address.map(|it| format!("address = \"{it}\"\n")).unwrap_or_default();
    let text = address + &issuer.settings();
    let identity = Settings::from_toml(&text, Path::new(".")).unwrap();
    let special = Special { identity, clock: Some(hands.clock()), ..Special::default() };
    (Server::with(special), hands)
}

/// A client's key without a name, and its thumbprint.
struct Bound {
    key: Key,
    thumbprint: String,
}

impl Bound {
    fn new(algorithm: Algorithm) -> Self {
        let key = Key::new("client", algorithm);
        let jwk: Jwk = serde_json::from_value(key.public()).unwrap();
        let thumbprint = jwk.thumbprint(ThumbprintHash::SHA256).unwrap();
        Self { key, thumbprint }
    }

    fn header(&self) -> Value {
        let algorithm = format!("{:?}", self.key.algorithm);
        json!({ "typ": "dpop+jwt", "alg": algorithm, "jwk": self.key.public() })
    }

    /// A proof for a token, changed in its header and its claims.
    fn proof(&self, claims: &Value, change: impl FnOnce(&mut Value, &mut Value)) -> String {
        let (mut header, mut claims) = (self.header(), claims.clone());
        change(&mut header, &mut claims);
        self.key.sign(&header, &claims)
    }

    /// A token that is bound to it.
    fn token(&self, issuer: &Issuer, hands: &Hands) -> String {
        issuer.token(hands.seconds(), |it| it["cnf"] = json!({ "jkt": self.thumbprint }))
    }
}

/// The claims of a good proof for reading the list of queries.
fn claims(token: &str, hands: &Hands, name: &str) -> Value {
    let hash = URL_SAFE_NO_PAD.encode(digest(&SHA256, token.as_bytes()));
    let address = format!("{ADDRESS}{PATH}");
    json!({ "jti": name, "htm": "GET", "htu": address, "iat": hands.seconds(), "ath": hash })
}

fn ask(server: &Server, token: &str, proof: &str) -> Answer {
    server.with_token(Some(token)).proving(proof).get(PATH)
}

#[test]
fn a_bound_token_is_good_with_a_proof_of_its_key_each_time_anew() {
    let issuer = Issuer::start();
    let (server, hands) = serving(&issuer, Some(ADDRESS));
    for (index, algorithm) in [Algorithm::ES256, Algorithm::EdDSA].into_iter().enumerate() {
        let bound = Bound::new(algorithm);
        let token = bound.token(&issuer, &hands);
        let proof = |name: &str| bound.proof(&claims(&token, &hands, name), |_, _| {});
        let first = proof(&format!("{index} first"));
        assert_eq!(ask(&server, &token, &first).status, 200, "{algorithm:?}");
        assert_eq!(ask(&server, &token, &first).status, 401, "a second time");
        assert_eq!(ask(&server, &token, &proof(&format!("{index} second"))).status, 200);
        // The query is no part of what is proved.
        let client = server.with_token(Some(&token)).proving(&proof(&format!("{index} third")));
        assert_eq!(client.get(&format!("{PATH}?x=1")).status, 400, "known, and told what is wrong");
    }
}

#[test]
fn a_proof_is_good_for_a_minute_and_a_little_before_its_time() {
    let issuer = Issuer::start();
    let (server, hands) = serving(&issuer, Some(ADDRESS));
    let bound = Bound::new(Algorithm::ES256);
    let token = bound.token(&issuer, &hands);
    let status = |seconds: i64| {
        let claims = claims(&token, &hands, &format!("at {seconds}"));
        let made = hands.seconds() + seconds;
        ask(&server, &token, &bound.proof(&claims, |_, it| it["iat"] = json!(made))).status
    };
    assert_eq!([-61, -60, 0, 30, 31].map(status), [401, 200, 200, 200, 401]);
}

/// Proofs that are wrong in one way each, with the fault and the reason that must be found.
fn bad_proofs(
    (bound, thief): (&Bound, &Bound),
    token: &str,
    hands: &Hands,
) -> Vec<(&'static str, String, &'static str)> {
    let good = |name: &str| claims(token, hands, name);
    let other_key = "the proof is by another key than the token is bound to";
    let unsigned = "the proof's signature does not hold";
    let mut bad = vec![
        ("none", String::new(), "not three parts"),
        ("a word", "proof".to_owned(), "not three parts"),
        ("the token itself", token.to_owned(), "typ is not that of a proof"),
        ("by another key", thief.proof(&good("a"), |_, _| {}), other_key),
        (
            "by another key that shows the right one",
            thief.proof(&good("b"), |header, _| header["jwk"] = bound.key.public()),
            unsigned,
        ),
    ];
    let mut header = |what, reason, change: fn(&mut Value)| {
        bad.push((what, bound.proof(&good(what), |header, _| change(header)), reason));
    };
    let kind = "typ is not that of a proof";
    header("an access token", kind, |it| it["typ"] = json!("at+jwt"));
    header("no type", kind, |it| drop(it.as_object_mut().unwrap().remove("typ")));
    let none = "alg is none that is accepted";
    header("no algorithm", none, |it| it["alg"] = json!("none"));
    header("a shared secret", none, |it| it["alg"] = json!("HS256"));
    let unfit = "the proof's key is not for its algorithm";
    header("another algorithm", unfit, |it| it["alg"] = json!("ES384"));
    header("no key", "the proof shows no key", |it| {
        drop(it.as_object_mut().unwrap().remove("jwk"));
    });
    let private = "the proof's key is not public";
    header("a private key", private, |it| it["jwk"]["d"] = json!("AAAA"));
    let unknown = "the proof's key is of no kind that is known";
    header("a key that is text", unknown, |it| it["jwk"] = json!("key"));
    let extension = "the proof's header asks for an extension";
    header("critical", extension, |it| it["crit"] = json!(["b64"]));
    let mut claim = |what, reason, name: &str, value: Value| {
        bad.push((what, bound.proof(&good(what), |_, claims| claims[name] = value), reason));
    };
    let method = "the proof is for another method";
    claim("another method", method, "htm", json!("POST"));
    claim("a method in small letters", method, "htm", json!("get"));
    let address = "the proof is for another address";
    claim("another path", address, "htu", json!(format!("{ADDRESS}/v1/cases")));
    claim("another host", address, "htu", json!(format!("https://other.example{PATH}")));
    claim("another scheme", address, "htu", json!(format!("http://accord.example{PATH}")));
    let text = "a claim that must be a text is not";
    claim("no address", text, "htu", json!(null));
    claim("another token", "the proof is for another token", "ath", json!("AAAA"));
    claim("no token", text, "ath", json!(null));
    claim("no name", "the proof has no name", "jti", json!(""));
    claim("a name of no text", text, "jti", json!(1));
    let time = "a time is not a number";
    claim("a time that is text", time, "iat", json!(hands.seconds().to_string()));
    claim("no time", time, "iat", json!(null));
    let old = "the proof is too old, or of the future";
    claim("too long ago", old, "iat", json!(hands.seconds() - 61));
    bad
}

#[test]
fn every_bad_proof_gets_the_same_401_as_an_unknown_token() {
    let issuer = Issuer::start();
    let (server, hands) = serving(&issuer, Some(ADDRESS));
    let [bound, thief] = [(); 2].map(|()| Bound::new(Algorithm::ES256));
    let token = bound.token(&issuer, &hands);
    let bad = bad_proofs((&bound, &thief), &token, &hands);
    assert!(bad.len() >= 25, "{}", bad.len());
    let stranger = bare(&server.with_token(Some("accord_0")).get(PATH));
    for (what, proof, _) in &bad {
        let answer = ask(&server, &token, proof);
        assert_eq!(answer.problem(401), "unauthenticated", "{what}");
        assert_eq!(bare(&answer), stranger, "{what}");
    }
    // Stolen: as a plain token, and by who has a key and a token of their own.
    assert_eq!(bare(&server.with_token(Some(&token)).get(PATH)), stranger);
    let own = thief.token(&issuer, &hands);
    let proof = thief.proof(&claims(&own, &hands, "own"), |_, _| {});
    assert_eq!(bare(&ask(&server, &token, &proof)), stranger);
    assert_eq!(ask(&server, &own, &proof).status, 200);
    // None of it has used up a good one.
    let good = bound.proof(&claims(&token, &hands, "another path"), |_, _| {});
    assert_eq!(ask(&server, &token, &good).status, 200);
}

/// The reason is compared too: otherwise a proof could be refused for another fault than the one that it tests.
#[test]
fn every_bad_proof_is_refused_for_what_is_wrong_with_it() {
    let issuer = Issuer::start();
    let (server, hands) = serving(&issuer, Some(ADDRESS));
    let [bound, thief] = [(); 2].map(|()| Bound::new(Algorithm::ES256));
    let token = bound.token(&issuer, &hands);
    let text = format!("address = \"{ADDRESS}\"\n{}", issuer.settings());
    let settings = Settings::from_toml(&text, Path::new(".")).unwrap();
    let (store, sealing) = (server.store.as_ref(), crate::api::server::sealing());
    let identity = Identity::new(store, settings, sealing, || [7; 32], hands.now()).unwrap();
    for (what, text, reason) in bad_proofs((&bound, &thief), &token, &hands) {
        let proof = Some(Proof { text, method: "GET".into(), path: PATH.into() });
        let shown = Credentials { bearer: token.clone(), certificate: None, proof };
        match identity.authenticate(store, &shown, hands.now()) {
            Err(Refusal::Bad(found)) => assert_eq!(found, reason, "{what}"),
            other => panic!("{what}: {other:?}"),
        }
    }
}

#[test]
fn what_is_bound_to_no_key_takes_no_proof_and_a_server_without_an_address_takes_none() {
    let issuer = Issuer::start();
    let (server, hands) = serving(&issuer, Some(ADDRESS));
    let bound = Bound::new(Algorithm::ES256);
    let free = issuer.token(hands.seconds(), |_| {});
    let proof = |token: &str| bound.proof(&claims(token, &hands, "p"), |_, _| {});
    assert_eq!(ask(&server, &free, &proof(&free)).status, 401);
    assert_eq!(server.with_token(Some(&free)).get(PATH).status, 200);
    let key = crate::api::server::token("metro-police");
    assert_eq!(ask(&server, &key, &proof(&key)).status, 401);
    let (server, hands) = serving(&issuer, None);
    let token = bound.token(&issuer, &hands);
    let proof = bound.proof(&claims(&token, &hands, "p"), |_, _| {});
    assert_eq!(ask(&server, &token, &proof).status, 401);
}
