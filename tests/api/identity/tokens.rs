//! Access tokens: good ones, and ones that are refused.

use std::collections::BTreeSet;

use accord::api::Random;
use accord::identity::{Credentials, Fingerprint, Identity, Refusal, Settings};
use accord::store;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::Algorithm;
use serde_json::{Value, json};

use super::issuer::{AGENCY_CLAIM, AUDIENCE, Issuer, Key, LEVEL};
use super::{bare, logged, trusting};

#[test]
fn a_good_token_of_every_kind_of_key_is_accepted_and_logged_as_issuer_and_subject() {
    let issuer = Issuer::start();
    let (server, hands) = trusting(&issuer);
    for id in ["ec", "ed", "rsa"] {
        let token = issuer.key(id).sign(&issuer.header(id), &issuer.claims(hands.seconds()));
        server.with_token(Some(&token)).get("/v1/queries").ok();
    }
    let user = format!("{}#248289761001", issuer.name());
    for (_, agency, logged_user, _) in logged(&server) {
        assert_eq!(agency.as_deref(), Some("metro-police"));
        assert_eq!(logged_user.as_deref(), Some(user.as_str()));
    }
    assert_eq!(issuer.fetches(), 1, "keys are kept");
}

#[test]
fn where_a_token_says_its_key_is_makes_no_difference() {
    let issuer = Issuer::start();
    let (server, hands) = trusting(&issuer);
    let mut header = issuer.header("ec");
    header["jku"] = json!("http://127.0.0.1:1/evil");
    header["x5u"] = json!("http://127.0.0.1:1/evil");
    header["jwk"] = Key::new("ec", Algorithm::ES256).public();
    let token = issuer.key("ec").sign(&header, &issuer.claims(hands.seconds()));
    server.with_token(Some(&token)).get("/v1/queries").ok();
}

#[test]
fn values_at_the_edge_of_what_is_good_are_good() {
    let issuer = Issuer::start();
    let (server, hands) = trusting(&issuer);
    let now = hands.seconds();
    let changes: [fn(&mut Value, i64); 8] = [
        |claims, now| claims["exp"] = json!(now + 1),
        |claims, now| claims["exp"] = json!(now as f64 + 1.5),
        |claims, now| claims["nbf"] = json!(now + 30),
        |claims, now| claims["auth_time"] = json!(now - 12 * 3600),
        |claims, _| claims["aud"] = json!(["other", AUDIENCE]),
        |claims, _| {
            claims["acr"] = json!("low");
            claims["amr"] = json!(["pwd", "mfa"]);
        },
        |claims, _| drop(claims.as_object_mut().unwrap().remove("iat")),
        |claims, _| claims[AGENCY_CLAIM] = json!(["DC0010000"]),
    ];
    for (index, change) in changes.iter().enumerate() {
        let token = issuer.token(now, |claims| change(claims, now));
        assert_eq!(server.with_token(Some(&token)).get("/v1/queries").status, 200, "{index}");
    }
}

/// Tokens that are wrong in one way each, with the fault and the reason that must be found.
fn bad_tokens(issuer: &Issuer, now: i64) -> Vec<(&'static str, String, &'static str)> {
    let mut bad: Vec<(&'static str, String, &'static str)> = Vec::new();
    let good = issuer.token(now, |_| {});
    let parts: Vec<&str> = good.split('.').collect();
    let encode = |text: &str| URL_SAFE_NO_PAD.encode(text);
    let (header, claims) = (issuer.header("ec"), issuer.claims(now));

    // Its form.
    let form = "not three parts";
    bad.push(("empty", String::new(), form));
    bad.push(("a word", "token".into(), form));
    bad.push(("two parts", parts[..2].join("."), form));
    bad.push(("four parts", format!("{good}.x"), form));
    bad.push(("five parts, encrypted", format!("{good}.x.y"), form));
    let base64 = "a part is not base64url";
    bad.push(("no signature", format!("{}.{}.", parts[0], parts[1]), base64));
    bad.push(("no header", format!(".{}.{}", parts[1], parts[2]), base64));
    bad.push(("no claims", format!("{}..{}", parts[0], parts[2]), base64));
    bad.push(("padded signature", format!("{good}=="), base64));
    bad.push((
        "standard alphabet",
        format!("{}.{}.+{}", parts[0], parts[1], &parts[2][1..]),
        base64,
    ));
    bad.push((
        "too long",
        issuer.token(now, |it| it["x"] = json!("x".repeat(20_000))),
        "longer than a token is",
    ));

    // Its header.
    let mut headed = |what, change: &dyn Fn(&mut Value), reason| {
        let mut header = header.clone();
        change(&mut header);
        bad.push((what, issuer.key("ec").sign(&header, &claims), reason));
    };
    let algorithm = "alg is none that is accepted";
    headed("alg none", &|it| it["alg"] = json!("none"), algorithm);
    headed("alg NONE", &|it| it["alg"] = json!("NONE"), algorithm);
    headed("alg HS256", &|it| it["alg"] = json!("HS256"), algorithm);
    headed("alg es256", &|it| it["alg"] = json!("es256"), algorithm);
    headed("alg a list", &|it| it["alg"] = json!(["ES256"]), "alg is missing");
    headed("no alg", &|it| drop(it.as_object_mut().unwrap().remove("alg")), "alg is missing");
    headed("alg of another key", &|it| it["alg"] = json!("EdDSA"), "the signature does not hold");
    headed(
        "alg not on the list",
        &|it| it["alg"] = json!("ES384"),
        "alg is not on the issuer's list",
    );
    headed(
        "typ of an ID token",
        &|it| it["typ"] = json!("JWT"),
        "typ is not that of an access token",
    );
    headed("no typ", &|it| drop(it.as_object_mut().unwrap().remove("typ")), "typ is missing");
    headed("typ a number", &|it| it["typ"] = json!(1), "typ is missing");
    headed("no kid", &|it| drop(it.as_object_mut().unwrap().remove("kid")), "kid is missing");
    headed("kid unknown", &|it| it["kid"] = json!("other"), "kid is none of the issuer's keys");
    headed(
        "kid a path",
        &|it| it["kid"] = json!("../../dev/null"),
        "kid is none of the issuer's keys",
    );
    headed("kid of another key", &|it| it["kid"] = json!("ed"), "the signature does not hold");
    headed(
        "critical extension",
        &|it| it["crit"] = json!(["exp"]),
        "the header asks for an extension",
    );
    headed("compressed", &|it| it["zip"] = json!("DEF"), "the header asks for an extension");

    // Its signature.
    let holds = "the signature does not hold";
    let stranger = Key::new("ec", Algorithm::ES256);
    bad.push(("a stranger's key", stranger.sign(&header, &claims), holds));
    let mut with_key = header.clone();
    with_key["jwk"] = stranger.public();
    bad.push(("a stranger's key in jwk", stranger.sign(&with_key, &claims), holds));
    let mut with_address = header.clone();
    with_address["jku"] = json!(format!("{}/jwks.json", issuer.name()));
    bad.push(("a stranger's key by jku", stranger.sign(&with_address, &claims), holds));
    let public = issuer.key("rsa").public().to_string();
    let mut mac = issuer.header("rsa");
    mac["alg"] = json!("HS256");
    let signed = format!("{}.{}", encode(&mac.to_string()), encode(&claims.to_string()));
    let shared = jsonwebtoken::EncodingKey::from_secret(public.as_bytes());
    let signature =
        jsonwebtoken::crypto::sign(signed.as_bytes(), &shared, Algorithm::HS256).unwrap();
    bad.push(("HMAC with the public key", format!("{signed}.{signature}"), algorithm));
    let mut other = claims.clone();
    other[AGENCY_CLAIM] = json!("CA0190000");
    let changed = format!("{}.{}.{}", parts[0], encode(&other.to_string()), parts[2]);
    bad.push(("claims changed", changed, holds));
    bad.push((
        "signature of zeros",
        format!("{}.{}.{}", parts[0], parts[1], encode(&"\0".repeat(64))),
        holds,
    ));
    let first = if parts[2].starts_with('A') { "B" } else { "A" };
    bad.push((
        "signature changed",
        format!("{}.{}.{first}{}", parts[0], parts[1], &parts[2][1..]),
        holds,
    ));

    // Its text.
    let ec = issuer.key("ec");
    let object = "the claims are not a JSON object";
    bad.push(("claims a list", ec.sign_text(&header.to_string(), "[]"), object));
    bad.push(("claims not JSON", ec.sign_text(&header.to_string(), "{"), object));
    let twice = claims.to_string().replacen('{', "{\"sub\":\"admin\",", 1);
    bad.push(("sub twice", ec.sign_text(&header.to_string(), &twice), object));
    let twice = header.to_string().replacen('{', "{\"alg\":\"none\",", 1);
    bad.push((
        "alg twice",
        ec.sign_text(&twice, &claims.to_string()),
        "the header is not a JSON object",
    ));

    // Wrong claims.
    let mut says = |what, change: &dyn Fn(&mut Value), reason| {
        bad.push((what, issuer.token(now, |claims| change(claims)), reason));
    };
    let remove =
        |name: &'static str| move |it: &mut Value| drop(it.as_object_mut().unwrap().remove(name));
    says("no iss", &remove("iss"), "iss is missing");
    says(
        "iss a list",
        &|it| it["iss"] = json!([issuer.name()]),
        "a claim that must be a text is not",
    );
    says(
        "another iss",
        &|it| it["iss"] = json!("https://evil.example"),
        "iss is not a configured issuer",
    );
    says(
        "iss with a slash more",
        &|it| it["iss"] = json!(format!("{}/", issuer.name())),
        "iss is not a configured issuer",
    );
    says(
        "iss in capitals",
        &|it| it["iss"] = json!(issuer.name().to_uppercase()),
        "iss is not a configured issuer",
    );
    says("no aud", &remove("aud"), "aud is missing");
    says("another aud", &|it| it["aud"] = json!("https://other.example"), "aud is not us");
    says(
        "aud begins like ours",
        &|it| it["aud"] = json!(format!("{AUDIENCE}.evil.example")),
        "aud is not us",
    );
    says("aud empty list", &|it| it["aud"] = json!([]), "aud is not us");
    says(
        "aud with a number",
        &|it| it["aud"] = json!([AUDIENCE, 1]),
        "a claim that must be texts is not",
    );
    says("aud null", &|it| it["aud"] = Value::Null, "a claim that must be texts is not");
    says("no exp", &remove("exp"), "exp is missing");
    let number = "a time is not a number";
    says("exp a text", &|it| it["exp"] = json!((now + 600).to_string()), number);
    says("exp null", &|it| it["exp"] = Value::Null, number);
    says("exp a list", &|it| it["exp"] = json!([now + 600]), number);
    says("exp now", &|it| it["exp"] = json!(now), "the token has ended");
    says("exp past", &|it| it["exp"] = json!(now - 1), "the token has ended");
    says("exp negative", &|it| it["exp"] = json!(-1), "a time is out of range");
    says("exp beyond time", &|it| it["exp"] = json!(1e300), "a time is out of range");
    says("nbf a text", &|it| it["nbf"] = json!("0"), number);
    says("nbf null", &|it| it["nbf"] = Value::Null, number);
    says("nbf to come", &|it| it["nbf"] = json!(now + 31), "the token has not begun");
    says("iat a text", &|it| it["iat"] = json!("0"), number);
    says("iat to come", &|it| it["iat"] = json!(now + 31), "the token is of the future");
    says(
        "ends before it was issued",
        &|it| {
            it["iat"] = json!(now + 20);
            it["exp"] = json!(now + 10);
        },
        "the token ends before it was issued",
    );
    says("no sub", &remove("sub"), "sub is missing");
    says("sub empty", &|it| it["sub"] = json!(""), "sub is no name");
    says("sub a number", &|it| it["sub"] = json!(1), "a claim that must be a text is not");
    says("sub with a line feed", &|it| it["sub"] = json!("a\nb"), "sub is no name");
    says("sub too long", &|it| it["sub"] = json!("x".repeat(256)), "sub is no name");
    let agency = "the claim of the agency names none or several";
    says("no agency", &remove(AGENCY_CLAIM), agency);
    says("two agencies", &|it| it[AGENCY_CLAIM] = json!(["DC0010000", "CA0190000"]), agency);
    says(
        "an agency of others",
        &|it| it[AGENCY_CLAIM] = json!("harbour-shelter"),
        "the issuer does not speak for the agency",
    );
    says("agency a number", &|it| it[AGENCY_CLAIM] = json!(1), "a claim that must be texts is not");
    says("roles a number", &|it| it["roles"] = json!(1), "a claim that must be texts is not");
    says(
        "roles objects",
        &|it| it["roles"] = json!([{ "value": "accord-users" }]),
        "a claim that must be texts is not",
    );
    says(
        "purposes an object",
        &|it| it["purposes"] = json!({}),
        "a claim that must be texts is not",
    );
    says("acr a list", &|it| it["acr"] = json!([LEVEL]), "a claim that must be a text is not");
    says("amr a number", &|it| it["amr"] = json!(2), "a claim that must be texts is not");
    says("auth_time a text", &|it| it["auth_time"] = json!(now.to_string()), number);
    says(
        "auth_time to come",
        &|it| it["auth_time"] = json!(now + 31),
        "the user signed in in the future",
    );
    let bound = URL_SAFE_NO_PAD.encode(Fingerprint::of(b"certificate").as_bytes());
    says(
        "bound, no certificate",
        &|it| it["cnf"] = json!({ "x5t#S256": bound }),
        "the certificate the token is bound to was not shown",
    );
    says(
        "bound to a key that nothing proves",
        &|it| it["cnf"] = json!({ "jkt": bound }),
        "no proof of the key the token is bound to",
    );
    says(
        "bound in another way",
        &|it| it["cnf"] = json!({ "kid": bound }),
        "cnf is of a kind that is not known",
    );
    says(
        "bound in two ways",
        &|it| it["cnf"] = json!({ "x5t#S256": bound, "jkt": bound }),
        "cnf is of a kind that is not known",
    );
    says("cnf a text", &|it| it["cnf"] = json!(bound), "cnf is not an object");
    bad
}

#[test]
fn every_bad_token_gets_the_same_401() {
    let issuer = Issuer::start();
    let (server, hands) = trusting(&issuer);
    let stranger = server.with_token(Some("accord_0")).get("/v1/queries");
    assert_eq!(stranger.problem(401), "unauthenticated");
    let bad = bad_tokens(&issuer, hands.seconds());
    assert!(bad.len() >= 40, "{}", bad.len());
    for (what, token, _) in &bad {
        let answer = server.with_token(Some(token)).get("/v1/queries");
        assert_eq!(bare(&answer), bare(&stranger), "{what}");
    }
    assert_eq!(issuer.fetches(), 1, "unknown keys must not make the server fetch again and again");
}

/// The reason is compared too: otherwise a token could be refused for another fault than the one that it tests.
#[test]
fn every_bad_token_is_refused_for_what_is_wrong_with_it() {
    let issuer = Issuer::start();
    let (_server, hands) = trusting(&issuer);
    let folder = tempfile::tempdir().unwrap();
    let address = folder.path().join("s").to_str().unwrap().parse().unwrap();
    let store = store::open(&address, true).unwrap();
    let random: Random = std::sync::Arc::new(|| [7; 32]);
    let settings = Settings::from_toml(&issuer.settings(), folder.path()).unwrap();
    let identity = Identity::new(
        store.as_ref(),
        settings,
        super::super::server::sealing(),
        &*random,
        hands.now(),
    )
    .unwrap();
    let ask = |token: String| {
        let shown = Credentials { bearer: token, certificate: None, proof: None };
        identity.authenticate(store.as_ref(), &shown, hands.now())
    };
    assert!(ask(issuer.token(hands.seconds(), |_| {})).is_ok());
    let bad = bad_tokens(&issuer, hands.seconds());
    let names: BTreeSet<&str> = bad.iter().map(|(what, _, _)| *what).collect();
    assert_eq!(names.len(), bad.len());
    for (what, token, reason) in bad {
        match ask(token) {
            Err(Refusal::Bad(found)) => assert_eq!(found, reason, "{what}"),
            other => panic!("{what}: {other:?}"),
        }
    }
}

#[test]
fn a_user_with_one_factor_or_from_yesterday_is_asked_to_sign_in_anew() {
    let issuer = Issuer::start();
    let (server, hands) = trusting(&issuer);
    let now = hands.seconds();
    let remove =
        |name: &'static str| move |it: &mut Value| drop(it.as_object_mut().unwrap().remove(name));
    let acr = format!("acr_values=\"{LEVEL}\"");
    let age = "max_age=\"43200\"".to_owned();
    let cases: Vec<(String, &String)> = vec![
        (issuer.token(now, remove("acr")), &acr),
        (issuer.token(now, |it| it["acr"] = json!("0")), &acr),
        (
            issuer.token(now, |it| {
                it["acr"] = json!("0");
                it["amr"] = json!(["pwd"]);
            }),
            &acr,
        ),
        (issuer.token(now, remove("auth_time")), &age),
        (issuer.token(now, |it| it["auth_time"] = json!(now - 12 * 3600 - 1)), &age),
    ];
    for (token, parameter) in cases {
        let answer = server.with_token(Some(&token)).get("/v1/queries");
        assert_eq!(answer.problem(401), "insufficient_user_authentication");
        let challenge = answer.header("www-authenticate").unwrap();
        assert!(challenge.starts_with("Bearer "), "{challenge}");
        assert!(challenge.contains("error=\"insufficient_user_authentication\""), "{challenge}");
        assert!(challenge.contains(parameter.as_str()), "{challenge}");
    }
}

#[test]
fn roles_come_from_the_configured_claims_and_nothing_else() {
    let issuer = Issuer::start();
    let (server, hands) = trusting(&issuer);
    let now = hands.seconds();
    let status = |path: &str, change: &dyn Fn(&mut Value)| {
        let token = issuer.token(now, |claims| change(claims));
        server.with_token(Some(&token)).get(path).status
    };
    assert_eq!(status("/v1/queries", &|_| {}), 200);
    // Not what the issuer calls it.
    assert_eq!(status("/v1/queries", &|it| it["roles"] = json!(["analyst"])), 403);
    assert_eq!(status("/v1/queries", &|it| it["roles"] = json!([])), 403);
    assert_eq!(status("/metrics", &|_| {}), 403);
    assert_eq!(status("/metrics", &|it| it["roles"] = json!("accord-it")), 200);
    assert_eq!(status("/v1/queries", &|it| it["roles"] = json!("accord-it")), 403);
}

#[test]
fn a_new_key_of_the_issuer_is_found_and_a_withdrawn_one_forgotten() {
    let issuer = Issuer::start();
    let (server, hands) = trusting(&issuer);
    let new = Key::new("new", Algorithm::ES256);
    let header = json!({ "alg": "ES256", "typ": "at+jwt", "kid": "new" });
    let by_new = || new.sign(&header, &issuer.claims(hands.seconds()));
    let status = |token: &str| server.with_token(Some(token)).get("/v1/queries").status;
    assert_eq!(status(&by_new()), 401);
    issuer.serve(&[new.public()]);
    assert_eq!(status(&by_new()), 401, "asked a moment ago");
    hands.forward(60);
    assert_eq!(status(&by_new()), 200);
    assert_eq!(status(&issuer.token(hands.seconds(), |_| {})), 401, "withdrawn");
}

#[test]
fn without_the_issuers_keys_nothing_is_believed() {
    let issuer = Issuer::start();
    let (server, hands) = trusting(&issuer);
    issuer.serve(&[]);
    let token = issuer.token(hands.seconds(), |_| {});
    let client = server.with_token(Some(&token));
    assert_eq!(client.get("/v1/queries").problem(503), "unavailable");
    server.agency("metro-police").get("/v1/queries").ok();
    hands.forward(60);
    issuer.serve(&[issuer.key("ec").public()]);
    let token = issuer.token(hands.seconds(), |_| {});
    server.with_token(Some(&token)).get("/v1/queries").ok();
}
