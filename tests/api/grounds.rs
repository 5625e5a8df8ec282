//! The grounds of answers: each answer states them, in the same words whatever is hidden.

use accord::govern::Role;
use serde_json::{Value, json};

use super::Server;
use super::documentation;
use super::server::{AGENCIES, START};
use crate::policy::CASE;

/// A case of accord's own form that nobody works on.
const NO_CASE: &str = "case_0123456789abcdef0123456789abcdef";

#[test]
fn every_answer_about_records_says_on_what_it_rests() {
    let server = Server::demo();
    let client = server.agency("metro-police");
    let mut seen = 0;
    let document = accord::api::document();
    for ((method, path), operation) in documentation::all() {
        let tag = operation["tags"][0].as_str().unwrap();
        let id = operation["operationId"].as_str().unwrap();
        let about_records = matches!(
            tag,
            "resolve" | "entities" | "explanations" | "network" | "indicators" | "queries" | "jobs"
        ) || id == "get_record";
        if !about_records || matches!(id, "get_job" | "cancel_job") {
            continue;
        }
        let answer = documentation::ask(&client, &method, &path, &operation);
        assert_eq!(answer.status, 200, "{id}");
        let text = answer.text();
        let rests_on = match answer.header("content-type") {
            Some("application/json") => answer.json()["rests_on"].clone(),
            _ => {
                let metadata = text.split("<metadata>").nth(1).unwrap();
                let metadata =
                    metadata.split("</metadata>").next().unwrap().replace("&quot;", "\"");
                serde_json::from_str::<Value>(&metadata).unwrap()["rests_on"].clone()
            }
        };
        assert_eq!(rests_on["purpose"], "trafficking_investigation", "{id}: {text}");
        assert_eq!(rests_on["purpose_shows_records"], true, "{id}");
        assert_eq!(rests_on["own_records"], true, "{id}");
        let others: Vec<&str> = AGENCIES.into_iter().filter(|it| *it != "metro-police").collect();
        assert_eq!(rests_on["disclosers"], json!(others), "{id}");
        // And so says the document.
        let responses = &operation["responses"]["200"]["content"]["application/json"]["schema"];
        if answer.header("content-type") == Some("application/json") {
            let said = responses["$ref"].as_str().and_then(|to| to.strip_prefix('#'));
            let said = said.and_then(|to| document.pointer(to)).unwrap();
            assert!(
                said["required"].as_array().unwrap().contains(&json!("rests_on")),
                "{id}: {said}"
            );
        }
        seen += 1;
    }
    assert!(seen >= 17, "{seen}");
}

#[test]
fn a_purpose_that_hides_everything_does_not_read_as_nobody_is_known() {
    let server = Server::demo();
    let police = server.agency("metro-police");
    for (purpose, shows) in [
        ("missing_person", true),
        ("statistics", false),
        ("oversight", false),
        ("victim_safety", true),
    ] {
        let found = police
            .asking(Some(purpose), Some(CASE))
            .post("/v1/search", &json!({ "text": "Horvat" }))
            .ok();
        let rests_on = &found["rests_on"];
        assert_eq!(rests_on["purpose"], purpose);
        assert_eq!(rests_on["purpose_shows_records"], shows, "{purpose}");
        assert_eq!(rests_on["own_records"], shows);
        assert_eq!(rests_on["disclosers"].as_array().unwrap().is_empty(), !shows);
    }
    let missing = police
        .asking(Some("statistics"), Some(CASE))
        .get("/v1/entities/ent_00000000000000000000000000000000");
    missing.problem(404);
    assert_eq!(missing.json()["rests_on"]["purpose_shows_records"], false);
    // The case as understood.
    let about = |case: &str| {
        let client = police.asking(Some("prosecution"), Some(case));
        client.post("/v1/search", &json!({ "text": "x" })).ok()["rests_on"]["case"].clone()
    };
    assert_eq!(about(CASE), json!({ "id": CASE }));
    assert_eq!(about("MP-2026/17"), json!({ "reference": "MP-2026/17" }));
}

#[test]
fn an_agency_without_records_and_agreements_is_told_so() {
    let server = Server::demo();
    let nobody = server.user("new-agency", "ana", &[Role::Analyst]);
    let found = nobody.post("/v1/search", &json!({ "text": "Horvat" })).ok();
    assert_eq!(found["hits"]["total"], 0);
    assert_eq!(
        (&found["rests_on"]["own_records"], &found["rests_on"]["disclosers"]),
        (&json!(false), &json!([]))
    );
}

#[test]
fn a_case_of_accord_that_is_not_the_callers_is_refused_as_one_that_is_not() {
    let server = Server::demo();
    let lead = server.user("border-guard", "lead", &[Role::TaskForceLead]);
    let expires = "2027-01-01T00:00:00Z";
    let opened = lead.post("/v1/cases", &json!({ "reference": "TF-1", "expires": expires })).ok();
    let case = opened["id"].as_str().unwrap().to_owned();
    let ended = lead.post("/v1/cases", &json!({ "reference": "TF-2", "expires": expires })).ok();
    let ended = ended["id"].as_str().unwrap().to_owned();
    lead.post(&format!("/v1/cases/{ended}/end"), &json!({})).ok();
    let police = server.agency("metro-police");
    let ask = |case: &str| {
        let client = police.asking(Some("trafficking_investigation"), Some(case));
        let answer = client.post("/v1/search", &json!({ "text": "Horvat" }));
        assert_eq!(answer.problem(400), "no_such_case", "{case}");
        let mut body = answer.json();
        body.as_object_mut().unwrap().remove("request");
        body
    };
    let refused = ask(NO_CASE);
    assert_eq!(ask(&case), refused);
    assert_eq!(ask(&ended), refused);
    let mine = lead.asking(Some("trafficking_investigation"), Some(&case));
    let found = mine.post("/v1/search", &json!({ "text": "x" }));
    // Its lead may ask no questions here, but is in the case.
    assert_ne!(found.json()["code"], "no_such_case");
    let its = lead.asking(Some("trafficking_investigation"), Some(&ended));
    assert_eq!(its.get("/v1/cases").problem(400), "no_such_case");
    // The log keeps what was asked: an id of accord's is no name.
    let log = std::fs::read_to_string(&server.audit).unwrap();
    assert!(
        [NO_CASE, &case, &ended].iter().all(|case| log.contains(&format!("\"case\":\"{case}\"")))
    );
    let _ = START;
}

#[test]
fn who_is_refused_is_told_the_roles_that_are_not() {
    let server = Server::demo();
    let mut refused = 0;
    for role in Role::ALL {
        let client = server.user("metro-police", role.as_str(), &[role]);
        for ((method, path), operation) in documentation::all() {
            let answer = documentation::ask(&client, &method, &path, &operation);
            if answer.status != 403 {
                continue;
            }
            refused += 1;
            assert_eq!(answer.problem(403), "forbidden");
            let body = answer.json();
            let roles: Vec<&str> =
                body["roles"].as_array().unwrap().iter().map(|it| it.as_str().unwrap()).collect();
            assert!(
                !roles.is_empty() && !roles.contains(&role.as_str()),
                "{method} {path}: {body}"
            );
            let detail = body["detail"].as_str().unwrap();
            assert!(roles.iter().all(|role| detail.contains(role)), "{body}");
            // One of them may.
            let named = Role::ALL.into_iter().find(|it| it.as_str() == roles[0]).unwrap();
            let other = server.user("metro-police", "other", &[named]);
            let answer = documentation::ask(&other, &method, &path, &operation);
            assert_ne!(answer.status, 403, "{method} {path} {}", named.as_str());
        }
    }
    assert!(refused > 200, "{refused}");
}
