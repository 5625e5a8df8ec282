//! Without a token only the operations that are listed as public answer.

use accord::api::{document, public_operations};
use accord::identity::{ApiKey, Keys};
use serde_json::Value;

use super::Server;
use super::server::token;

#[test]
fn every_operation_but_the_public_ones_answers_401_without_a_token() {
    let server = Server::demo();
    let document = serde_json::to_value(document()).unwrap();
    for (path, item) in document["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            let method = method.to_uppercase();
            let public =
                public_operations().iter().any(|it| it.method == method && it.path == path);
            let declared = operation["security"] == serde_json::json!([{}]);
            assert_eq!(public, declared, "{method} {path}: security in the document");
            if public {
                continue;
            }
            let path = path.replace("{id}", "x").replace("{name}", "x").replace("{measure}", "x");
            for token in [None, Some(""), Some("accord_0"), Some("Bearer")] {
                let answer = server.with_token(token).send(&method, &path, None, b"{");
                assert_eq!(answer.problem(401), "unauthenticated", "{method} {path}");
                assert!(answer.header("www-authenticate").unwrap().starts_with("Bearer"));
            }
        }
    }
}

#[test]
fn the_list_of_public_operations_is_served_with_a_reason_for_each() {
    let server = Server::empty();
    let served = server.with_token(None).get("/v1/meta/public-operations").ok();
    let listed: Vec<_> = served["operations"].as_array().unwrap().iter().collect();
    assert_eq!(listed.len(), public_operations().len());
    for (served, known) in listed.into_iter().zip(public_operations()) {
        assert_eq!(served["path"], known.path);
        assert_eq!(served["method"], known.method);
        assert!(served["reason"].as_str().unwrap().len() > 10);
    }
}

#[test]
fn other_schemes_and_unknown_paths_answer_401_too() {
    let server = Server::empty();
    let nobody = server.with_token(None);
    assert_eq!(nobody.get("/v1/nothing").problem(401), "unauthenticated");
    assert_eq!(nobody.send("PUT", "/health", None, b"").problem(401), "unauthenticated");
    let agent: ureq::Agent =
        ureq::Agent::config_builder().http_status_as_error(false).build().into();
    for header in ["Basic YTpi", "Bearer", &format!("Token {}", token("metro-police"))] {
        let request = agent.get(format!("{}/v1/queries", server.base()));
        assert_eq!(request.header("authorization", header).call().unwrap().status(), 401);
    }
}

#[test]
fn a_revoked_key_is_refused_from_the_next_request_on() {
    let server = Server::empty();
    let client = server.agency("metro-police");
    client.get("/v1/queries").ok();
    let of_police = |_: &str, key: &ApiKey| key.holder.agency == "metro-police";
    assert_eq!(
        Keys(server.store.as_ref())
            .revoke(of_police, |_, _| crate::unlogged::making())
            .unwrap()
            .len(),
        1
    );
    assert_eq!(client.get("/v1/queries").problem(401), "unauthenticated");
    server.agency("border-guard").get("/v1/queries").ok();
}

#[test]
fn no_answer_is_kept_by_caches() {
    let server = Server::demo();
    for answer in [
        server.agency("metro-police").get("/v1/queries"),
        server.agency("metro-police").get("/v1/nothing"),
        server.with_token(None).get("/v1/queries"),
    ] {
        assert_eq!(answer.header("cache-control"), Some("no-store"));
        assert_ne!(answer.json(), Value::Null);
    }
}
