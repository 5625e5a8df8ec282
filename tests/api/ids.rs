//! Ids of agreements, cases, jobs, break-glass, onward requests and referrals in paths.

use accord::govern::Role;
use serde_json::{Value, json};

use super::Server;
use crate::policy::USERS;

const AGENCY: &str = "metro-police";

/// The operations that take one of these ids: method, path, prefix of the ids, and a body.
fn operations() -> Vec<(&'static str, &'static str, &'static str, Value)> {
    let note = json!({ "note": "All of it was deleted" });
    let member = json!({ "agency": AGENCY, "user": "u" });
    let decided = json!({ "granted": true, "note": "As was agreed" });
    let released = json!({ "decision": "release", "note": "As the desks agreed" });
    let reviewed = json!({ "justified": true, "note": "There was danger" });
    let signed = json!({ "version": 1, "terms_hash": "0" });
    let subjects = json!({ "records": [format!("rec_{:032x}", 1)] });
    vec![
        ("GET", "/v1/agreements/{id}", "agr_", Value::Null),
        ("GET", "/v1/agreements/{id}/preview", "agr_", Value::Null),
        ("POST", "/v1/agreements/{id}/sign", "agr_", signed),
        ("POST", "/v1/agreements/{id}/suspend", "agr_", Value::Null),
        ("POST", "/v1/agreements/{id}/end", "agr_", Value::Null),
        ("POST", "/v1/agreements/{id}/purge-receipts", "agr_", note),
        ("POST", "/v1/cases/{id}/members", "case_", member.clone()),
        ("POST", "/v1/cases/{id}/members/remove", "case_", member),
        ("POST", "/v1/cases/{id}/end", "case_", Value::Null),
        ("POST", "/v1/cases/{id}/subjects", "case_", subjects),
        ("GET", "/v1/jobs/{id}", "job_", Value::Null),
        ("DELETE", "/v1/jobs/{id}", "job_", Value::Null),
        ("POST", "/v1/break-glass/{id}/review", "bgl_", reviewed),
        ("POST", "/v1/onward-requests/{id}/decision", "onw_", decided),
        ("POST", "/v1/referrals/{id}/decision", "rfl_", released),
    ]
}

#[test]
fn a_text_that_is_no_id_of_the_kind_answers_as_an_id_that_nothing_has() {
    let server = Server::empty();
    let roles: Vec<Role> =
        Role::ALL.into_iter().filter(|it| *it != Role::SystemAdministrator).collect();
    let client = server.user(AGENCY, USERS[2], &roles);
    for (method, path, prefix, body) in operations() {
        let ask = |id: &str| {
            let path = path.replace("{id}", id);
            let text = if body.is_null() { String::new() } else { body.to_string() };
            let media_type = (!body.is_null()).then_some("application/json");
            let answer = client.send(method, &path, media_type, text.as_bytes());
            assert_eq!(answer.problem(404), "not_found", "{method} {path}");
            let mut body = answer.json();
            body["request"] = Value::Null;
            body
        };
        let digits = "00112233445566778899aabbccddeeff";
        let absent = ask(&format!("{prefix}{digits}"));
        let others = ["agr_", "case_", "job_", "bgl_", "onw_", "rfl_", "tkt_", "rec_", "ent_"];
        let mut malformed: Vec<String> =
            others.iter().filter(|it| **it != prefix).map(|it| format!("{it}{digits}")).collect();
        malformed.push(format!("{prefix}{}", digits.to_uppercase()));
        malformed.extend([format!("{prefix}{digits}0"), prefix.to_owned(), "x".to_owned()]);
        for id in malformed {
            assert_eq!(ask(&id), absent, "{method} {path} {id}");
        }
    }
}
