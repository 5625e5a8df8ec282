//! Submitting and reading records.

use serde_json::{Value, json};

use accord::govern::Role;

use super::Server;
use crate::policy::CASE;

fn person(local_id: &str, name: &str, born: &str, handling: &str) -> Value {
    json!({
        "local_id": local_id, "source": "tips", "category": "unknown", "handling": handling,
        "records": [{ "slot": "p", "body": {
            "type": "person", "names": [{ "full": name }], "birth_date": born,
        }}],
    })
}

#[test]
fn a_submitted_row_is_linked_at_once_and_submitting_it_again_changes_nothing() {
    let server = Server::empty();
    let client = server.agency("metro-police");
    let first = person("1", "Katarina Horvat", "1991-07-03", "own");
    let answer = client.post("/v1/records", &first).ok();
    assert_eq!((&answer["records_new"], &answer["records_unchanged"]), (&json!(1), &json!(0)));
    assert!(answer.get("links").is_none(), "links may go to hidden records");
    let again = client.post("/v1/records", &first).ok();
    assert_eq!((&again["records_new"], &again["records_unchanged"]), (&json!(0), &json!(1)));
    assert_eq!(answer["records"], again["records"]);
    client.post("/v1/records", &person("2", "Horvat, Katarina", "1991-07-03", "own")).ok();
    let id = answer["records"][0].as_str().unwrap();
    let record = client.get(&format!("/v1/records/{id}")).ok();
    assert_eq!(record["entity"]["records"], 2);
    assert_eq!(record["record"]["agency"], "metro-police");
    assert_eq!(record["record"]["body"]["birth_date"], "1991-07-03");
}

#[test]
fn other_content_under_the_same_id_is_refused_and_the_first_stays() {
    let server = Server::empty();
    let client = server.agency("metro-police");
    let answer = client.post("/v1/records", &person("1", "Ana Lima", "1987", "own")).ok();
    let changed = person("1", "Ana Lima", "1988", "own");
    let refused = client.post("/v1/records", &changed);
    assert_eq!(refused.problem(409), "record_changed");
    assert_eq!(refused.json()["faults"][0]["reason"], "record_changed");
    let id = answer["records"][0].as_str().unwrap();
    let record = client.get(&format!("/v1/records/{id}")).ok();
    assert_eq!(record["record"]["body"]["birth_date"], "1987");
    // Another agency's record of the same local id is another record.
    server.agency("border-guard").post("/v1/records", &changed).ok();
}

#[test]
fn a_batch_is_stored_whole_or_not_at_all() {
    let server = Server::empty();
    let client = server.agency("metro-police");
    client.post("/v1/records", &person("1", "Ana Lima", "1987", "own")).ok();
    let rows =
        json!([person("2", "Bo Chen", "1990", "own"), person("1", "Ana Lima", "1999", "own"),]);
    let refused = client.post("/v1/records/batch", &json!({ "rows": rows }));
    assert_eq!(refused.problem(409), "record_changed");
    assert_eq!(refused.json()["faults"][0]["row"], 1);
    let found = client.post("/v1/search", &json!({ "text": "Chen" })).ok();
    assert_eq!(found["hits"]["total"], 0);
    let good = json!({ "rows": [person("2", "Bo Chen", "1990", "own")] });
    assert_eq!(client.post("/v1/records/batch", &good).ok()["records_new"], 1);
    let found = client.post("/v1/search", &json!({ "text": "Chen" })).ok();
    assert_eq!(found["hits"]["total"], 1);
}

#[test]
fn a_victims_record_is_shown_to_nobody_but_a_victim_specialist_in_whose_case_it_is() {
    let server = Server::empty();
    let client = server.agency("harbour-shelter");
    let mut row = person("1", "Katarina Horvat", "1991-07-03", "own");
    row["category"] = json!("victim");
    let answer = client.post("/v1/records", &row).ok();
    let path = format!("/v1/records/{}", answer["records"][0].as_str().unwrap());
    let masked = client.get(&path);
    assert!(!masked.text().contains("Horvat") && !masked.text().contains("1991"));
    assert_eq!(masked.ok()["entity"]["protected"], true);
    let unmask = format!("{path}?unmask=true");
    assert_eq!(masked.ok(), client.get(&unmask).ok(), "asking for it is not enough");
    let specialist =
        server.user("harbour-shelter", "specialist", &[Role::Investigator, Role::VictimSpecialist]);
    assert_eq!(masked.ok(), specialist.get(&unmask).ok(), "nor is the role: it is in no case yet");
    let subject = json!({ "records": [answer["records"][0]] });
    specialist.post(&format!("/v1/cases/{CASE}/subjects"), &subject).ok();
    let shown = specialist.get(&unmask).ok();
    assert_eq!(shown["record"]["body"]["names"][0]["full"], "Katarina Horvat");
    assert_eq!(masked.ok(), specialist.get(&path).ok(), "masked is the default");
    assert_eq!(masked.ok(), client.get(&unmask).ok(), "nor is the case without the role");
    let elsewhere = specialist.asking(Some("trafficking_investigation"), Some("MY-1"));
    elsewhere.get(&path).problem(404);
    let there = super::path_in_case("harbour-shelter", "1", "harbour-shelter\nMY-1");
    let other = elsewhere.get(&format!("{there}?unmask=true")).ok();
    assert!(other["record"]["body"].is_null(), "nor the role about another case");
    assert_ne!(
        other["entity"]["pseudonym"], shown["entity"]["pseudonym"],
        "pseudonyms are those of a case"
    );
    let name = masked.ok()["entity"]["pseudonym"].as_str().unwrap().to_owned();
    assert!(name.starts_with("person-"), "{name}");
}
