//! Criminal intelligence cannot be probed by its local id: for users who are not certified, the id of such a row
//! answers like an unused id, in every answer that follows.

use accord::govern::{Principal, Purpose, Role};
use accord::identity::ApiKey;
use serde_json::{Value, json};

use super::server::key;
use super::{Answer, Client, Server};
use crate::policy::{CASE, REFERENCE};

const POLICE: &str = "metro-police";

fn row(id: &str, name: &str) -> Value {
    json!({
        "local_id": id, "source": "s", "category": "suspect",
        "records": [
            { "slot": "p", "body": { "type": "person", "names": [{ "full": name }] } },
            { "slot": "t", "body": { "type": "phone", "number": "+442025550143" } },
        ],
        "ties": [{ "kind": "USES", "from": "p", "to": "t" }],
        "events": [{ "kind": "sighting", "at": "2026-03-01T00:00:00Z",
                     "participants": { "subject": ["p"] } }],
    })
}

fn intelligence(id: &str, name: &str) -> Value {
    let mut row = row(id, name);
    row["intelligence"] = json!({ "reasonable_suspicion": "seen at three known houses" });
    row["grade"] = json!("3x5x2:2B");
    row["review_by"] = json!("2027-06-01T00:00:00Z");
    row
}

fn certified(server: &Server) -> Client {
    let known = key(POLICE, "u", &[Role::Investigator]);
    let holder = Principal { certified: true, ..known.holder.clone() };
    server.holder(ApiKey { holder, ..known }).asking(Some("trafficking_investigation"), Some(CASE))
}

/// Answers without the request's id.
fn told(answer: &Answer) -> (u16, String) {
    let mut text = answer.text();
    if let Some(id) = answer.header("x-request-id") {
        text = text.replace(id, "");
    }
    (answer.status, text)
}

/// All answers to a colleague who is not certified and hands in rows with these ids.
fn probe(server: &Server) -> Vec<(u16, String)> {
    let client = server.agency(POLICE);
    let mut answers = Vec::new();
    let mut note = |answer: Answer| {
        answers.push(told(&answer));
        answer
    };
    // Another content, the exact content but for the mark, and again, and changed.
    note(client.post("/v1/records", &row("INT-1", "Ana Horvat")));
    let same = note(client.post("/v1/records", &row("INT-2", "Mira Kovac")));
    note(client.post("/v1/records", &row("INT-2", "Mira Kovac")));
    note(client.post("/v1/records", &row("INT-2", "Someone Else")));
    let rows = json!({ "rows": [row("INT-3", "Ana Horvat"), row("new", "Iva Novak")] });
    note(client.post("/v1/records/batch", &rows));
    // Marked as criminal intelligence, which the colleague may hand in and not see: again, and changed.
    note(client.post("/v1/records", &intelligence("INT-1", "Ana Horvat")));
    note(client.post("/v1/records", &intelligence("INT-2", "Mira Kovac")));
    note(client.post("/v1/records", &intelligence("INT-2", "Mira Kovac")));
    note(client.post("/v1/records", &intelligence("INT-2", "Someone Else")));
    let id = same.json()["records"][0].as_str().unwrap().to_owned();
    let record = note(client.get(&format!("/v1/records/{id}")));
    let entity = record.json()["entity"]["id"].as_str().unwrap().to_owned();
    note(client.get(&format!("/v1/entities/{entity}")));
    note(client.get(&format!("/v1/entities/{entity}/routes")));
    note(client.post("/v1/search", &json!({ "text": "Kovac" })));
    note(client.get("/v1/communities"));
    note(client.get("/v1/inbox"));
    answers
}

#[test]
fn a_local_id_of_intelligence_answers_as_an_unused_one() {
    let (with, without) = (Server::empty(), Server::empty());
    let analyst = certified(&with);
    // The clocks and the numbers of both servers move alike.
    let other = certified(&without);
    for (id, name) in [("INT-1", "Petra Babic"), ("INT-2", "Mira Kovac"), ("INT-3", "Petra Babic")]
    {
        analyst.post("/v1/records", &intelligence(id, name)).ok();
        other.post("/v1/records", &intelligence(&format!("other-{id}"), "Nobody Here")).ok();
    }
    assert_eq!(probe(&with), probe(&without));
}

#[test]
fn who_may_see_both_is_told_that_they_bear_one_id() {
    let server = Server::empty();
    let analyst = certified(&server);
    let secret = analyst.post("/v1/records", &intelligence("INT-2", "Mira Kovac")).ok();
    let client = server.agency(POLICE);
    let open = client.post("/v1/records", &row("INT-2", "Mira Kovac")).ok();
    let [secret, open] = [secret, open].map(|it| it["records"][0].as_str().unwrap().to_owned());
    assert_ne!(secret, open);
    let get = |client: &Client, id: &str| client.get(&format!("/v1/records/{id}")).ok();
    assert_eq!(get(&analyst, &open)["same_local_id"], json!(secret));
    assert_eq!(get(&analyst, &secret)["same_local_id"], json!(open));
    assert_eq!(get(&client, &open)["same_local_id"], Value::Null);
    client.get(&format!("/v1/records/{secret}")).problem(404);
    // Each is what it was: neither has taken the other's place.
    assert_eq!(get(&analyst, &secret)["record"]["grade"], "3x5x2:2B");
    assert_eq!(get(&analyst, &open)["record"]["grade"], Value::Null);
}

/// A user of a key that is bound to a purpose for which no record is shown.
fn bound(server: &Server, user: &str, certified: bool) -> Client {
    let known = key(POLICE, user, &[Role::Investigator]);
    let purposes = Some([Purpose::Deconfliction].into());
    let holder = Principal { purposes, certified, ..known.holder.clone() };
    server.holder(ApiKey { holder, ..known }).asking(Some("deconfliction"), Some(REFERENCE))
}

/// All answers to a user who is shown no record and hands in rows with these ids.
fn blind(client: &Client) -> Vec<(u16, String)> {
    let mut answers = Vec::new();
    for (id, name) in [("P-1", "Ana Horvat"), ("P-1", "Ana Horvat"), ("P-2", "Mira Kovac")] {
        answers.push(told(&client.post("/v1/records", &row(id, name))));
    }
    for name in ["Mira Kovac", "Someone Else"] {
        answers.push(told(&client.post("/v1/records", &row("P-2", name))));
        answers.push(told(&client.post("/v1/records", &intelligence("P-3", name))));
    }
    let rows = json!({ "rows": [row("P-4", "Ana Horvat"), row("new", "Iva Novak")] });
    answers.push(told(&client.post("/v1/records/batch", &rows)));
    answers.push(told(&client.get("/v1/inbox")));
    answers
}

#[test]
fn a_local_id_answers_as_an_unused_one_to_who_is_shown_no_record_for_any_purpose() {
    for is_certified in [false, true] {
        let (with, without) = (Server::empty(), Server::empty());
        let (analyst, other) = (certified(&with), certified(&without));
        for (id, name) in [("P-1", "Petra Babic"), ("P-2", "Mira Kovac"), ("P-4", "Petra Babic")] {
            analyst.post("/v1/records", &row(id, name)).ok();
            other.post("/v1/records", &row(&format!("other-{id}"), "Nobody Here")).ok();
        }
        analyst.post("/v1/records", &intelligence("P-3", "Mira Kovac")).ok();
        other.post("/v1/records", &intelligence("other-P-3", "Nobody Here")).ok();
        let [one, two] = [&with, &without].map(|server| blind(&bound(server, "b", is_certified)));
        assert_eq!(one, two);
        // A row that is not refused for its content is stored, and handing it in again is no change.
        assert_eq!([one[0].0, one[1].0, one[2].0], [200; 3]);
        assert!(one[1].1.contains("\"records_unchanged\":2"), "{}", one[1].1);
    }
}

#[test]
fn what_who_is_shown_nothing_hands_in_is_told_to_who_may_see_it() {
    let server = Server::empty();
    let analyst = certified(&server);
    let id = |answer: Value| answer["records"][0].as_str().unwrap().to_owned();
    let known = id(analyst.post("/v1/records", &row("P-1", "Petra Babic")).ok());
    let new = id(bound(&server, "b", false).post("/v1/records", &row("P-1", "Ana Horvat")).ok());
    assert_ne!(known, new);
    let get = |id: &str| analyst.get(&format!("/v1/records/{id}")).ok();
    assert_eq!(get(&new)["record"]["local_id"], "P-1");
    assert_eq!(get(&new)["same_local_id"], json!(known));
    assert_eq!(get(&known)["record"]["local_id"], "P-1");
    // Another such user's is another again, and a key that is not bound is of the agency's own series.
    let others = id(bound(&server, "c", false).post("/v1/records", &row("P-1", "A N")).ok());
    assert!(others != new && others != known);
    let again = analyst.post("/v1/records", &row("P-1", "Petra Babic")).ok();
    assert_eq!(again["records_unchanged"], 2);
}
