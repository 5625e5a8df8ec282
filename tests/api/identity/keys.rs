//! API keys.

use accord::govern::{Principal, Purpose, Role};
use accord::identity::{ApiKey, Denials, Denied, IdentityError, KEY_DAYS_MAX, Keys};
use accord::model::Timestamp;
use serde_json::json;

use super::{Hands, Server, bare, standing};
use crate::policy::REFERENCE;

fn holder(user: &str) -> Principal {
    Principal {
        agency: "metro-police".into(),
        user: user.into(),
        roles: [Role::Analyst].into(),
        purposes: Some([Purpose::MissingPerson].into()),
        certified: false,
        attributes: [].into(),
    }
}

fn key(user: &str, hands: &Hands, days: i64) -> ApiKey {
    let created = hands.now();
    let expires = Timestamp::from_micros(created.as_micros() + days * 86_400_000_000).unwrap();
    ApiKey { holder: holder(user), created, expires, certificate: None }
}

#[test]
fn a_key_ends_when_it_says() {
    let (server, hands) = standing();
    let (_, text) = Keys(server.store.as_ref())
        .create([9; 32], &key("gate", &hands, 2), |_| crate::unlogged::making())
        .unwrap();
    let client = server.with_token(Some(&text));
    client.get("/v1/queries").ok();
    hands.forward(2 * 86_400 - 1);
    client.get("/v1/queries").ok();
    hands.forward(1);
    assert_eq!(client.get("/v1/queries").problem(401), "unauthenticated");
}

#[test]
fn only_a_hash_of_a_key_is_kept() {
    let (server, hands) = standing();
    let store = server.store.as_ref();
    let (id, text) = Keys(store)
        .create([9; 32], &key("gate", &hands, 2), |_| crate::unlogged::making())
        .unwrap();
    let secret = text.trim_start_matches("accord_key_");
    assert_eq!(secret.len(), 64, "256 bits");
    for (name, document) in store.documents("").unwrap() {
        assert!(!name.contains(secret) && !document.contains(secret), "{name}");
    }
    let listed = Keys(store).list().unwrap();
    let (_, kept) = listed.iter().find(|(listed, _)| *listed == id).unwrap();
    assert_eq!(kept.holder, holder("gate"), "agency, roles and purposes are bound to it");
}

#[test]
fn a_key_without_end_role_or_name_is_not_made() {
    let (server, hands) = standing();
    let keys = Keys(server.store.as_ref());
    let with = |change: &dyn Fn(&mut ApiKey)| {
        let mut key = key("gate", &hands, 2);
        change(&mut key);
        keys.create([9; 32], &key, |_| crate::unlogged::making())
    };
    let roleless = with(&|key| key.holder.roles.clear());
    assert!(matches!(roleless, Err(IdentityError::NoRole)));
    for name in ["", " ", "a\nb", &"x".repeat(601)] {
        assert!(matches!(with(&|key| key.holder.user = name.into()), Err(IdentityError::Name)));
        assert!(matches!(with(&|key| key.holder.agency = name.into()), Err(IdentityError::Name)));
    }
    assert!(matches!(with(&|key| key.expires = key.created), Err(IdentityError::Expiry)));
    let long = key("gate", &hands, KEY_DAYS_MAX + 1).expires;
    assert!(matches!(with(&|key| key.expires = long), Err(IdentityError::Expiry)));
    with(&|_| {}).unwrap();
    assert!(with(&|_| {}).is_err(), "the same random bytes twice");
}

#[test]
fn a_key_bound_to_a_purpose_is_shown_nothing_for_another() {
    let server = Server::demo();
    let key = key("gate", &Hands::default(), 2);
    let (_, text) =
        Keys(server.store.as_ref()).create([9; 32], &key, |_| crate::unlogged::making()).unwrap();
    let found = |purpose: &str| {
        let client = server.with_token(Some(&text)).asking(Some(purpose), Some(REFERENCE));
        let asked = json!({ "text": "a", "type": "person" });
        client.post("/v1/search", &asked).ok()["hits"]["total"].as_u64().unwrap()
    };
    assert!(found("missing_person") > 0);
    assert_eq!(found("trafficking_investigation"), 0);
}

#[test]
fn a_denied_agency_or_user_is_refused_with_the_same_answer_as_a_stranger() {
    let (server, hands) = standing();
    let store = server.store.as_ref();
    let (_, text) = Keys(store)
        .create([9; 32], &key("gate", &hands, 2), |_| crate::unlogged::making())
        .unwrap();
    let stranger = bare(&server.with_token(Some("accord_0")).get("/v1/queries"));
    let status = || server.with_token(Some(&text)).get("/v1/queries").status;
    let police = || server.agency("metro-police").get("/v1/queries").status;
    let denied = |user: Option<&str>| Denied {
        agency: "metro-police".into(),
        user: user.map(str::to_owned),
        since: hands.now(),
    };
    assert!(Denials(store).add(&denied(Some("gate")), &crate::unlogged::MAKING).unwrap());
    assert!(
        !Denials(store).add(&denied(Some("gate")), &crate::unlogged::MAKING).unwrap(),
        "denied already"
    );
    assert_eq!(bare(&server.with_token(Some(&text)).get("/v1/queries")), stranger);
    assert_eq!(police(), 200, "another user of the agency");
    assert!(Denials(store).remove("metro-police", Some("gate"), &crate::unlogged::MAKING).unwrap());
    assert_eq!(status(), 200);
    Denials(store).add(&denied(None), &crate::unlogged::MAKING).unwrap();
    assert_eq!((status(), police()), (401, 401));
    server.agency("border-guard").get("/v1/queries").ok();
    assert_eq!(Denials(store).list().unwrap(), [denied(None)]);
}
