//! A change of rights takes effect on the next request, for each kind of credential.

use accord::govern::Role;
use accord::identity::{Accounts, ApiKey, Denials, Denied, Keys};
use serde_json::json;

use super::accounts::User;
use super::issuer::Issuer;
use super::{standing, trusting};
use crate::api::server::key;

#[test]
fn a_key_revoked() {
    let (server, _) = standing();
    let client = server.agency("metro-police");
    client.get("/v1/queries").ok();
    let its = |_: &str, key: &ApiKey| key.holder.agency == "metro-police";
    Keys(server.store.as_ref()).revoke(its, |_, _| crate::unlogged::making()).unwrap();
    assert_eq!(client.get("/v1/queries").problem(401), "unauthenticated");
}

#[test]
fn an_account_disabled() {
    let (server, hands) = standing();
    let user = User::create(server.store.as_ref(), &hands);
    let token = user.begin(&server, &hands);
    let client = server.with_token(Some(&token));
    client.get("/v1/queries").ok();
    let accounts = Accounts(server.store.as_ref());
    accounts.disable("harbour-shelter", "jdoe", hands.now(), &crate::unlogged::MAKING).unwrap();
    assert_eq!(client.get("/v1/queries").problem(401), "unauthenticated");
    accounts.release("harbour-shelter", "jdoe", hands.now(), &crate::unlogged::MAKING).unwrap();
    assert_eq!(client.get("/v1/queries").status, 401, "its old sessions stay ended");
}

#[test]
fn a_role_changed() {
    let (server, hands) = standing();
    let user = User::create(server.store.as_ref(), &hands);
    let client = server.with_token(Some(&user.begin(&server, &hands)));
    client.get("/v1/queries").ok();
    assert_eq!(client.get("/metrics").status, 403);
    let operator = key("harbour-shelter", "jdoe", &[Role::SystemAdministrator]).holder;
    Accounts(server.store.as_ref()).give(&operator, &crate::unlogged::MAKING).unwrap();
    assert_eq!(client.get("/v1/queries").problem(403), "forbidden");
    assert_eq!(client.get("/metrics").status, 200);
}

#[test]
fn a_session_killed() {
    let (server, hands) = standing();
    let store = server.store.as_ref();
    let user = User::create(store, &hands);
    let client = server.with_token(Some(&user.begin(&server, &hands)));
    client.get("/v1/queries").ok();
    for (name, text) in store.documents("session/").unwrap() {
        assert!(store.swap_document(&name, Some(&text), None, &crate::unlogged::MAKING).unwrap());
    }
    assert_eq!(client.get("/v1/queries").problem(401), "unauthenticated");
}

#[test]
fn a_user_of_an_identity_provider_denied() {
    let issuer = Issuer::start();
    let (server, hands) = trusting(&issuer);
    let token =
        |subject: &str| issuer.token(hands.seconds(), |claims| claims["sub"] = json!(subject));
    let (one, other) = (token("one"), token("other"));
    let status = |token: &str| server.with_token(Some(token)).get("/v1/queries").status;
    assert_eq!((status(&one), status(&other)), (200, 200));
    let denied = Denied {
        agency: "metro-police".into(),
        user: Some(format!("{}#one", issuer.name())),
        since: hands.now(),
    };
    Denials(server.store.as_ref()).add(&denied, &crate::unlogged::MAKING).unwrap();
    assert_eq!((status(&one), status(&other)), (401, 200));
}
