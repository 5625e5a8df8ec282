//! Privileged functions: their users must have authenticated recently.

use accord::govern::Role;
use accord::identity::Accounts;
use serde_json::json;

use super::accounts::{PASSWORD, User, log_on, session};
use super::issuer::Issuer;
use super::{Answer, Server, standing, trusting};
use crate::api::server::key;

/// The limit of the tests' servers.
const SECONDS: i64 = 15 * 60;

#[track_caller]
fn asked_to_sign_in(answer: &Answer) {
    assert_eq!(answer.problem(401), "insufficient_user_authentication");
    let challenge = answer.header("www-authenticate").unwrap();
    assert!(challenge.contains("error=\"insufficient_user_authentication\""), "{challenge}");
    assert!(challenge.contains("max_age=\"900\""), "{challenge}");
}

fn open_case(server: &Server, token: &str, reference: &str) -> Answer {
    let body = json!({ "reference": reference, "expires": "2099-01-01T00:00:00Z" });
    server.with_token(Some(token)).post("/v1/cases", &body)
}

#[test]
fn a_session_of_a_quarter_of_an_hour_ago_asks_on_but_changes_no_rights() {
    let (server, hands) = standing();
    let user = User::create(server.store.as_ref(), &hands);
    let lead = key("harbour-shelter", "jdoe", &[Role::TaskForceLead]).holder;
    Accounts(server.store.as_ref()).give(&lead, &crate::unlogged::MAKING).unwrap();
    let token = user.begin(&server, &hands);
    hands.forward(SECONDS);
    open_case(&server, &token, "TF-1").ok();
    hands.forward(1);
    asked_to_sign_in(&open_case(&server, &token, "TF-2"));
    server.with_token(Some(&token)).get("/v1/cases").ok();
    let anew = session(&log_on(&server, &user.shown(&hands, PASSWORD)));
    open_case(&server, &anew, "TF-2").ok();
}

#[test]
fn an_access_token_counts_from_when_its_user_signed_in_not_from_when_it_was_issued() {
    let issuer = Issuer::start();
    let (server, hands) = trusting(&issuer);
    let now = hands.seconds();
    let token = |ago: i64| {
        issuer.token(now, |claims| {
            claims["auth_time"] = json!(now - ago);
            claims["roles"] = json!(["accord-leads"]);
        })
    };
    open_case(&server, &token(SECONDS), "TF-1").ok();
    asked_to_sign_in(&open_case(&server, &token(SECONDS + 1), "TF-2"));
}

#[test]
fn a_services_key_counts_from_when_it_was_made() {
    let (server, hands) = standing();
    let officer = server.user("metro-police", "officer", &[Role::Approver]);
    let never = format!("/v1/agreements/agr_{}", "0".repeat(32));
    let acts =
        || ["suspend", "end"].map(|act| officer.send("POST", &format!("{never}/{act}"), None, b""));
    let sign = || {
        let body = json!({ "version": 1, "terms_hash": "0" });
        officer.post(&format!("{never}/sign"), &body)
    };
    acts().iter().chain([&sign()]).for_each(|answer| drop(answer.problem(404)));
    hands.forward(SECONDS + 1);
    acts().iter().chain([&sign()]).for_each(asked_to_sign_in);
    officer.get("/v1/agreements").ok();
    // A user without the function is told that first.
    let analyst = server.user("metro-police", "a", &[Role::Analyst]);
    let suspend = analyst.send("POST", &format!("{never}/suspend"), None, b"");
    assert_eq!(suspend.problem(403), "forbidden");
}
