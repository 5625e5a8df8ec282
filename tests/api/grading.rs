//! Grades of rows, the agencies that must give them, and the weakest grade in answers that rest on them.

use accord::govern::Role;
use serde_json::{Value, json};

use super::governance::{POLICE, SHELTER, agreed, grant, row, server, terms};
use super::{Client, Server};
use crate::policy::CASE;

fn graded(id: &str, category: &str, says: Value) -> Value {
    let mut row = row(id, category, "+442025550143");
    row.as_object_mut().unwrap().extend(says.as_object().unwrap().clone());
    row
}

/// Ids of the records of a suspect's row, as stored for an agency.
#[track_caller]
fn stored(client: &Client, id: &str, says: Value) -> [String; 2] {
    let answer = client.post("/v1/records", &graded(id, "suspect", says)).ok();
    [0, 1].map(|at| answer["records"][at].as_str().unwrap().to_owned())
}

fn shared() -> Server {
    let server = server();
    agreed(&server, &terms(grant("white")));
    server
}

/// The grade and nature of a record.
fn record(client: &Client, id: &str) -> (Value, Value) {
    let record = client.get(&format!("/v1/records/{id}")).ok()["record"].clone();
    (record["grade"].clone(), record["nature"].clone())
}

/// Returns the basis of an answer: the weakest grade, and if it rests on an opinion.
fn basis(answer: &Value) -> (&Value, bool) {
    (&answer["weakest_grade"], answer["rests_on_opinion"].as_bool().unwrap())
}

fn entity(client: &Client, record: &str) -> Value {
    let answer = client.get(&format!("/v1/records/{record}")).ok();
    client.get(&format!("/v1/entities/{}", answer["entity"]["id"].as_str().unwrap())).ok()
}

#[test]
fn every_record_of_a_row_bears_its_grade_as_it_came() {
    let server = server();
    let police = server.agency(POLICE);
    for (number, (given, kept)) in
        [("3X5X2:2b", "3x5x2:2B"), ("5x5x5:b2", "5x5x5:B2"), ("4x4:x4", "4x4:X4")]
            .into_iter()
            .enumerate()
    {
        let says = json!({ "grade": given, "nature": "opinion" });
        for id in stored(&police, &number.to_string(), says) {
            assert_eq!(record(&police, &id), (json!(kept), json!("opinion")));
        }
    }
    for id in stored(&police, "none", json!({})) {
        let shown = police.get(&format!("/v1/records/{id}")).ok()["record"].clone();
        assert!(shown.get("grade").is_none() && shown.get("nature").is_none(), "{shown}");
    }
}

#[test]
fn what_is_no_grade_is_refused_and_said_to_be_none() {
    let server = server();
    let police = server.agency(POLICE);
    let refused = |says: Value, column: &str, reason: &str| {
        let answer = police.post("/v1/records", &graded("1", "suspect", says));
        assert_eq!(answer.problem(422), "invalid_input");
        let fault = answer.json()["faults"][0].clone();
        assert_eq!((&fault["column"], &fault["reason"]), (&json!(column), &json!(reason)));
    };
    for grade in ["", "2B", "3x5x2:B2", "3x5x2:2BP", "5x5x5:F1", "4x4:A5", "6x6:A1"] {
        refused(json!({ "grade": grade }), "grade", "unknown_grade");
    }
    refused(json!({ "grade": 1 }), "grade", "wrong_type");
    refused(json!({ "nature": "rumour" }), "nature", "unknown_code");
    // Criminal intelligence has one, alone and among others.
    let suspicion = json!({ "reasonable_suspicion": "Seen at the place twice" });
    let without = json!({ "intelligence": suspicion, "review_by": "2027-01-01T00:00:00Z" });
    refused(without.clone(), "grade", "no_grade");
    let rows = json!({ "rows": [row("2", "suspect", "1"), graded("1", "suspect", without)] });
    let fault = police.post("/v1/records/batch", &rows).json()["faults"][0].clone();
    assert_eq!((&fault["row"], &fault["reason"]), (&json!(1), &json!("no_grade")));
    let found = police.post("/v1/search", &json!({ "text": "horvat" })).ok();
    assert_eq!(found["hits"]["total"], 0);
}

#[test]
fn a_match_shows_the_weakest_grade_of_the_records_that_the_caller_sees() {
    let server = shared();
    let (shelter, police) = (server.agency(SHELTER), server.agency(POLICE));
    let [own, _] = stored(&police, "1", json!({ "grade": "5x5x5:A1", "nature": "fact" }));
    assert_eq!(basis(&entity(&police, &own)), (&json!("5x5x5:A1"), false));
    let theirs = json!({ "grade": "3x5x2:2B", "nature": "opinion" });
    let [other, _] = stored(&shelter, "1", theirs);
    // A row that the police do not see counts for the shelter only.
    stored(&shelter, "2", json!({ "grade": "3x5x2:3E", "handling": "own" }));
    let probe = json!({ "body": graded("", "", json!({}))["records"][0]["body"] });
    for (client, weakest) in [(&police, "3x5x2:2B"), (&shelter, "3x5x2:3E")] {
        let answer = entity(client, &other);
        assert_eq!(basis(&answer), (&json!(weakest), true));
        let id = answer["entity"]["id"].as_str().unwrap();
        let how = client.get(&format!("/v1/explanations/entity/{id}")).ok();
        assert_eq!(basis(&how), (&json!(weakest), true));
        let drawn = client.get(&format!("/v1/explanations/entity/{id}.svg")).text();
        assert!(
            drawn.contains(&format!("; weakest grade {weakest}; rests on opinion<")),
            "{drawn}"
        );
        let found = client.post("/v1/resolve", &probe).ok();
        assert_eq!(found["candidates"][0]["entity"]["id"], id);
        assert_eq!(basis(&found["candidates"][0]), (&json!(weakest), true));
    }
    let pair = |a: &str, b: &str| police.get(&format!("/v1/explanations/pair?a={a}&b={b}")).ok();
    assert_eq!(basis(&pair(&own, &other)), (&json!("3x5x2:2B"), true));
    let drawn = police.get(&format!("/v1/explanations/pair.svg?a={own}&b={other}")).text();
    assert!(drawn.contains("; weakest grade 3x5x2:2B; rests on opinion<"), "{drawn}");
    // The weaker of two, and of those that say nothing, nothing.
    let [another, _] = stored(&police, "2", json!({ "grade": "5x5x5:E2" }));
    assert_eq!(basis(&pair(&own, &another)), (&json!("5x5x5:E2"), false));
    let [one, _] = stored(&police, "3", json!({}));
    assert_eq!(basis(&pair(&own, &one)), (&json!("5x5x5:A1"), false));
    let [two, _] = stored(&police, "4", json!({ "nature": "fact" }));
    let neither = pair(&one, &two);
    assert!(neither.get("weakest_grade").is_none() && neither["rests_on_opinion"] == false);
}

#[test]
fn a_record_of_which_an_agreement_keeps_something_back_keeps_its_grade() {
    let server = server();
    let mut terms = terms(grant("white"));
    terms["fields_never"] = json!(["birth_date"]);
    agreed(&server, &terms);
    let says = json!({ "grade": "4x4:B3", "nature": "fact" });
    let [id, _] = stored(&server.agency(SHELTER), "1", says);
    let police = server.agency(POLICE);
    let shown = police.get(&format!("/v1/records/{id}")).ok();
    assert!(shown["record"]["body"]["birth_date"].is_null());
    assert_eq!(record(&police, &id), (json!("4x4:B3"), json!("fact")));
}

#[test]
fn of_a_masked_victim_no_grade_is_told() {
    let server = Server::empty();
    let client = server.agency(SHELTER);
    let says = json!({ "grade": "5x5x5:D4", "nature": "opinion" });
    let answer = client.post("/v1/records", &graded("1", "victim", says)).ok();
    for id in answer["records"].as_array().unwrap() {
        let id = id.as_str().unwrap();
        assert_eq!(record(&client, id), (Value::Null, Value::Null));
        let shown = entity(&client, id);
        assert_eq!(basis(&shown), (&Value::Null, false));
        assert!(!shown.to_string().contains("5x5x5:D4"));
    }
    let specialist =
        server.user(SHELTER, "specialist", &[Role::Investigator, Role::VictimSpecialist]);
    let subjects = json!({ "records": answer["records"] });
    specialist.post(&format!("/v1/cases/{CASE}/subjects"), &subjects).ok();
    let id = entity(&specialist, answer["records"][0].as_str().unwrap())["entity"]["id"].clone();
    let path = format!("/v1/entities/{}?unmask=true", id.as_str().unwrap());
    let shown = specialist.get(&path).ok();
    assert_eq!(basis(&shown), (&json!("5x5x5:D4"), true));
}

#[test]
fn a_finding_shows_the_weakest_grade_of_its_evidence() {
    let names = ["Katarina Horvat", "Blerim Hoxha", "Oluwaseun Adeyemi"];
    let more = ["Nguyen Thi Lan", "Jonas Weber", "Emre Yilmaz"];
    let user = |name: &str, number: &str, says: Value| {
        let mut row = graded(name, "suspect", says);
        row["records"][0]["body"] = json!({ "type": "person", "names": [{ "full": name }] });
        row["records"][1]["body"]["number"] = json!(number);
        row
    };
    let server = Server::empty();
    let police = server.agency(POLICE);
    let hub = |name: &&str| {
        let grade = if *name == "Jonas Weber" { "4x4:C4" } else { "5x5x5:B2" };
        user(name, "+442025550101", json!({ "grade": grade, "nature": "fact" }))
    };
    let mut rows: Vec<Value> = names.iter().chain(&more).map(hub).collect();
    // Phones of one user each, some of them graded worse than the hub's.
    rows.extend((0..60).map(|at| {
        let letters = "abcdefghij".chars().cycle().skip(at).take(4 + at % 7);
        let name = format!("Person{at} {}", letters.collect::<String>());
        user(&name, &format!("+4420255502{at:02}"), json!({ "grade": "3x5x2:3E" }))
    }));
    police.post("/v1/records/batch", &json!({ "rows": rows })).ok();
    let findings = |client: &Client| {
        let answer = client.get("/v1/indicators/shared-hub").ok();
        answer["findings"]["items"].as_array().unwrap().clone()
    };
    let found = findings(&police);
    assert_eq!(found.len(), 1);
    assert_eq!(basis(&found[0]), (&json!("4x4:C4"), false));
    let row = user("Maria Silva", "+442025550101", json!({ "nature": "opinion" }));
    police.post("/v1/records", &row).ok();
    assert_eq!(basis(&findings(&police)[0]), (&json!("4x4:C4"), true));
}
