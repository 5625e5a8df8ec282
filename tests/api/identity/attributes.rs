//! Attributes of a user that an identity provider vouches for (GFIPM's indicators), and agreements that require them.

use accord::govern::{Attribute, Grant, POLICY_DOCUMENT, Policy};
use serde_json::{Value, json};

use super::issuer::Issuer;
use super::{Hands, Server, trusting};
use crate::api::governance::{POLICE, SHELTER, row};
use crate::policy::{agreement_id, everything, signed, terms};

const SWORN: &str = "gfipm:2.0:user:SwornLawEnforcementOfficerIndicator";
const NDEX: &str = "gfipm:2.0:user:NDExPrivilegeIndicator";
const CERTIFIED: &str = "gfipm:2.0:user:28CFRCertificationIndicator";

/// The shelter discloses all that it shares to the users of the police with this attribute.
fn requiring(server: &Server, requires: &[Attribute]) -> String {
    let requires = requires.iter().copied().collect();
    let grant = Grant { requires, ..everything() };
    let mut policy = Policy::default();
    policy.agreements.insert(agreement_id("1"), signed(terms(SHELTER, &[POLICE], vec![grant])));
    server
        .store
        .put_document(POLICY_DOCUMENT, &policy.to_document(), &crate::unlogged::MAKING)
        .unwrap();
    let answer = server.agency(SHELTER).post("/v1/records", &row("1", "suspect", "+442025550143"));
    format!("/v1/records/{}", answer.ok()["records"][0].as_str().unwrap())
}

/// The status of reading a record with a token of these claims.
fn reads(server: &Server, (issuer, hands): (&Issuer, &Hands), path: &str, claims: &Value) -> u16 {
    let token = issuer.token(hands.seconds(), |token| {
        for (name, value) in claims.as_object().unwrap() {
            token[name] = value.clone();
        }
    });
    server.with_token(Some(&token)).get(path).status
}

#[test]
fn a_grant_is_for_those_of_whom_all_that_it_requires_is_vouched_for() {
    let issuer = Issuer::start();
    let (server, hands) = trusting(&issuer);
    let reads = |path: &str, claims: Value| reads(&server, (&issuer, &hands), path, &claims);
    let sworn = requiring(&server, &[Attribute::Sworn]);
    assert_eq!(reads(&sworn, json!({ SWORN: true })), 200);
    assert_eq!(reads(&sworn, json!({ SWORN: "true" })), 200, "as SAML says it");
    let not_so = [
        json!({}),
        json!({ SWORN: false }),
        json!({ SWORN: "false" }),
        json!({ SWORN: "yes" }),
        json!({ SWORN: 1 }),
        json!({ SWORN: null }),
        json!({ SWORN: ["true"] }),
        json!({ NDEX: true, CERTIFIED: true }),
        json!({ "SwornLawEnforcementOfficerIndicator": true }),
        json!({ "attributes": ["sworn"], "sworn": true }),
    ];
    for claims in not_so {
        assert_eq!(reads(&sworn, claims.clone()), 404, "{claims}");
    }
    let both = requiring(&server, &[Attribute::Sworn, Attribute::Ndex]);
    assert_eq!(reads(&both, json!({ SWORN: true })), 404);
    assert_eq!(reads(&both, json!({ NDEX: true })), 404);
    assert_eq!(reads(&both, json!({ SWORN: true, NDEX: true })), 200);
    let nothing = requiring(&server, &[]);
    assert_eq!(reads(&nothing, json!({})), 200);
}

#[test]
fn what_is_vouched_for_counts_for_the_token_that_says_it_only() {
    let issuer = Issuer::start();
    let (server, hands) = trusting(&issuer);
    let path = requiring(&server, &[Attribute::Ndex]);
    let reads = |claims: Value| reads(&server, (&issuer, &hands), &path, &claims);
    assert_eq!(reads(json!({ NDEX: true })), 200);
    // The same user, a moment later.
    assert_eq!(reads(json!({})), 404);
    assert_eq!(reads(json!({ NDEX: true, "sub": "another" })), 200);
    // The employer's ORI names the agency, and the agreement is not with this one.
    assert_eq!(reads(json!({ NDEX: true, super::issuer::AGENCY_CLAIM: "CA0190000" })), 404);
}
