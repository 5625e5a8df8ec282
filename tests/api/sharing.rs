//! Sharing by the labels of rows: handling, audience, conditions, and the markings of others.

use accord::govern::Role;
use serde_json::{Value, json};

use super::governance::{POLICE, SHELTER, agreed, approvers, grant, row, server, terms};
use super::{Client, Server};

/// A shelter that shares all it may with the police, and lets all go on.
fn shared() -> Server {
    let server = server();
    let mut terms = terms(grant("white"));
    terms["onward"] = json!("allowed");
    agreed(&server, &terms);
    server
}

fn marked(id: &str, says: Value) -> Value {
    let mut row = row(id, "suspect", "+442025550143");
    row.as_object_mut().unwrap().extend(says.as_object().unwrap().clone());
    row
}

/// The path of the record that a row became.
#[track_caller]
fn stored(server: &Server, id: &str, says: Value) -> String {
    let answer = server.agency(SHELTER).post("/v1/records", &marked(id, says)).ok();
    format!("/v1/records/{}", answer["records"][0].as_str().unwrap())
}

fn pointers(client: &Client) -> Value {
    let client = client.asking(Some("deconfliction"), Some("MY-1"));
    let asked = json!({ "identifiers": [{ "kind": "phone", "number": "+442025550143" }] });
    client.post("/v1/deconflict", &asked).ok()["pointers"].clone()
}

#[test]
fn what_its_owner_lets_be_pointed_to_only_is_pointed_to_whatever_was_agreed() {
    let server = shared();
    let police = server.user(POLICE, "u", &[Role::Investigator]);
    let own = stored(&server, "1", json!({ "handling": "own" }));
    police.get(&own).problem(404);
    assert_eq!(pointers(&police), json!([]));
    let pointed = stored(&server, "2", json!({ "handling": "pointer" }));
    police.get(&pointed).problem(404);
    assert_eq!(pointers(&police).as_array().unwrap().len(), 1);
    assert_eq!(server.agency(SHELTER).get(&pointed).ok()["record"]["handling"], "pointer");
    // Where the same is marked so by another standard, too.
    let gray = stored(&server, "3", json!({ "markings": ["LEXS:gray"] }));
    police.get(&gray).problem(404);
    police.get(&stored(&server, "4", json!({ "markings": ["lexs:white"] }))).ok();
}

#[test]
fn nobody_outside_of_the_audience_sees_a_row_and_its_owner_always_does() {
    let server = shared();
    let police = server.user(POLICE, "u", &[Role::Investigator]);
    let colleague = server.user(POLICE, "v", &[Role::Investigator]);
    let sees = |client: &Client, path: &str| {
        let answer = client.get(path);
        assert!(answer.status == 200 || answer.problem(404) == "not_found");
        answer.status == 200
    };
    let audiences = [
        (json!({ "agencies": [POLICE] }), true, true),
        (json!({ "agencies": ["coast-guard"] }), false, false),
        (json!({ "agencies": [] }), false, false),
        (json!({ "users": [format!("{POLICE}/u")] }), true, false),
        (json!({ "users": [format!("{POLICE}/u")], "agencies": [] }), false, false),
        (json!({ "cases": ["case_of_others"] }), false, false),
    ];
    for (number, (audience, first, second)) in audiences.into_iter().enumerate() {
        let path = stored(&server, &number.to_string(), json!({ "audience": audience }));
        assert_eq!((sees(&police, &path), sees(&colleague, &path)), (first, second), "{audience}");
        server.agency(SHELTER).get(&path).ok();
    }
}

#[test]
fn a_row_for_a_case_is_seen_by_those_who_work_on_it_and_ask_about_it() {
    let server = shared();
    let lead = server.user(POLICE, "u", &[Role::TaskForceLead, Role::Investigator]);
    let opened = json!({ "reference": "TF-1", "expires": "2099-01-01T00:00:00Z" });
    let case = lead.post("/v1/cases", &opened).ok()["id"].as_str().unwrap().to_owned();
    let path = stored(&server, "1", json!({ "audience": { "cases": [case] } }));
    let about = |client: &Client| client.asking(Some("trafficking_investigation"), Some(&case));
    about(&lead).get(&path).ok();
    lead.get(&path).problem(404);
    about(&server.user(POLICE, "v", &[Role::Investigator])).get(&path).problem(400);
    lead.post(&format!("/v1/cases/{case}/end"), &json!({})).ok();
    assert_eq!(about(&lead).get(&path).problem(400), "no_such_case");
    lead.get(&path).problem(404);
}

#[test]
fn a_row_that_goes_on_by_leave_only_is_asked_for_though_the_agreement_allows_it() {
    let server = shared();
    let police = server.agency(POLICE);
    let ask = |path: &str| {
        let record = path.rsplit('/').next().unwrap();
        let body = json!({ "record": record, "recipient": "coast-guard", "reason": "It is in their waters" });
        police.post("/v1/onward-requests", &body).ok()["state"].clone()
    };
    assert_eq!(ask(&stored(&server, "1", json!({}))), "granted");
    assert_eq!(ask(&stored(&server, "2", json!({ "conditions": ["onward_with_leave"] }))), "asked");
    assert_eq!(ask(&stored(&server, "3", json!({ "markings": ["europol:H2"] }))), "asked");
    let court = stored(&server, "4", json!({ "markings": ["europol:h1"] }));
    assert_eq!(ask(&court), "granted");
    // Whoever reads the record reads its conditions, in our words and in those of others.
    let record = police.get(&court).ok()["record"].clone();
    assert_eq!(record["conditions"], json!(["court_with_leave"]));
    assert_eq!(record["markings"], json!(["3x5x2:c", "europol:h1", "stix:statement"]));
}

#[test]
fn a_marking_only_cuts_and_one_that_nobody_knows_refuses_the_row() {
    let server = shared();
    let police = server.agency(POLICE);
    let mut own = marked("1", json!({ "markings": ["tlp:clear", "lexs:white"] }));
    own.as_object_mut().unwrap().remove("handling");
    let answer = server.agency(SHELTER).post("/v1/records", &own).ok();
    let path = format!("/v1/records/{}", answer["records"][0].as_str().unwrap());
    police.get(&path).problem(404);
    let red = stored(&server, "2", json!({ "markings": ["tlp:green", "tlp:red"] }));
    police.get(&red).problem(404);
    // For the named only, of whom there are none until the row names them.
    let strict = json!({ "markings": ["tlp:amber+strict"] });
    police.get(&stored(&server, "3", strict.clone())).problem(404);
    let mut named = strict;
    named["audience"] = json!({ "agencies": [POLICE] });
    police.get(&stored(&server, "4", named)).ok();
    let bad = [
        (json!({ "markings": ["tlp:purple"] }), "markings.0", "unknown_marking"),
        (json!({ "markings": ["tlp:red", "red"] }), "markings.1", "unknown_marking"),
        (json!({ "audience": { "agencies": [""] } }), "audience.agencies", "id_missing"),
    ];
    for (says, column, reason) in bad {
        let answer = server.agency(SHELTER).post("/v1/records", &marked("5", says));
        assert_eq!(answer.problem(422), "invalid_input");
        let fault = answer.json()["faults"][0].clone();
        assert_eq!((&fault["column"], &fault["reason"]), (&json!(column), &json!(reason)));
    }
    let unknown = marked("5", json!({ "audience": { "everybody": true } }));
    assert_eq!(server.agency(SHELTER).post("/v1/records", &unknown).problem(422), "invalid_input");
}

#[test]
fn a_preview_counts_what_an_audience_lets_a_recipient_have_and_as_what() {
    let server = server();
    stored(&server, "1", json!({}));
    stored(&server, "2", json!({ "handling": "pointer" }));
    stored(&server, "3", json!({ "audience": { "agencies": ["coast-guard"] } }));
    let officer = &approvers(&server, SHELTER)[0];
    let drafted = officer.post("/v1/agreements", &terms(grant("white"))).ok();
    let path = format!("/v1/agreements/{}/preview", drafted["agreement"].as_str().unwrap());
    let classes = officer.get(&path).ok()["classes"].clone();
    let people =
        |it: &&Value| it["kind"] == "person" && it["purpose"] == "trafficking_investigation";
    let people: Vec<_> = classes.as_array().unwrap().iter().filter(people).collect();
    let told: Vec<_> =
        people.iter().map(|it| (it["level"].as_str(), it["objects"].as_u64())).collect();
    assert_eq!(told, [(Some("gray"), Some(1)), (Some("white"), Some(1))]);
}
