//! Judgements join, split and are taken back.

use serde_json::{Value, json};

use super::{Client, Server};

fn submit(client: &Client, id: &str, name: &str) -> String {
    let row = json!({
        "local_id": id, "source": "s", "category": "unknown", "handling": "shared",
        "records": [{ "slot": "p", "body": { "type": "person", "names": [{ "full": name }], "birth_date": "1991-07-03" } }],
    });
    client.post("/v1/records", &row).ok()["records"][0].as_str().unwrap().to_owned()
}

fn judge(client: &Client, a: &str, b: &str, verdict: &str) -> Value {
    client.post("/v1/judgements", &json!({ "a": a, "b": b, "verdict": verdict })).ok()
}

#[test]
fn not_same_splits_unsure_takes_it_back_and_every_id_returns() {
    let server = Server::empty();
    let client = server.agency("metro-police");
    let a = submit(&client, "1", "Katarina Horvat");
    let b = submit(&client, "2", "Katarina Horvat");
    let before = client.get(&format!("/v1/records/{a}")).ok();
    assert_eq!(before["entity"]["records"], 2);
    let split = judge(&client, &a, &b, "not_same");
    assert_ne!(split["a"]["id"], split["b"]["id"]);
    let back = judge(&client, &b, &a, "unsure");
    assert_eq!(back["a"]["id"], back["b"]["id"]);
    assert_eq!(client.get(&format!("/v1/records/{a}")).ok()["entity"], before["entity"]);
}

#[test]
fn same_joins_and_the_entity_says_who_said_so() {
    let server = Server::empty();
    let client = server.agency("metro-police");
    let a = submit(&client, "1", "Katarina Horvat");
    let b = submit(&client, "2", "Oluwaseun Adeyemi");
    let joined = judge(&client, &a, &b, "same");
    assert_eq!(joined["a"]["id"], joined["b"]["id"]);
    let path = format!("/v1/entities/{}", joined["a"]["id"].as_str().unwrap());
    let why = client.get(&path).ok()["why"].clone();
    assert_eq!(why["judgements"][0]["verdict"], "same");
    assert_eq!(why["judgements"][0]["agency"], "metro-police");
    // It is the agency's own: another one sees two.
    let other = server.agency("border-guard").get(&format!("/v1/records/{a}")).ok();
    assert_eq!(other["entity"]["records"], 1);
}

/// A judgement that joins a record with a masked victim masks the record too and gives it another id. Formerly such a
/// judgement was stored, but answered as if there were no such record.
#[test]
fn a_record_that_is_masked_by_its_judgement_is_answered_with_its_new_id() {
    let server = Server::empty();
    let client = server.agency("metro-police");
    let open = submit(&client, "1", "Oluwaseun Adeyemi");
    let victim = json!({
        "local_id": "2", "source": "s", "category": "victim", "handling": "shared",
        "records": [{ "slot": "p", "body": { "type": "person", "names": [{ "full": "Katarina Horvat" }] } }],
    });
    let victim = client.post("/v1/records", &victim).ok()["records"][0].clone();
    let joined = judge(&client, &open, victim.as_str().unwrap(), "same");
    assert_eq!(joined["a"], joined["b"]);
    assert!(joined["a"]["pseudonym"].is_string() && joined["a"]["records"] == 2, "{joined}");
    client.get(&format!("/v1/records/{open}")).problem(404);
    let path = format!("/v1/entities/{}", joined["a"]["id"].as_str().unwrap());
    let records = client.get(&path).ok()["records"].clone();
    let ids: Vec<&str> =
        records.as_array().unwrap().iter().map(|it| it["id"].as_str().unwrap()).collect();
    assert_eq!(ids.len(), 2);
    let apart = judge(&client, ids[0], ids[1], "not_same");
    assert_ne!(apart["a"]["id"], apart["b"]["id"]);
    client.get(&format!("/v1/records/{open}")).ok();
}

#[test]
fn only_visible_pairs_of_one_type_can_be_judged() {
    let server = Server::demo();
    let client = server.agency("metro-police");
    let a = submit(&client, "x1", "Katarina Horvat");
    let post = |a: &str, b: &str| {
        client.post("/v1/judgements", &json!({ "a": a, "b": b, "verdict": "same" }))
    };
    let phone = "rec_086fb576f9e65a48d2ffb51087dee134";
    assert_eq!(post(&a, &a).problem(422), "invalid_input");
    assert_eq!(post(&a, phone).problem(422), "invalid_input");
    let never = "rec_00000000000000000000000000000000";
    assert_eq!(post(&a, never).problem(404), "not_found");
    assert_eq!(post("Roe", &a).problem(422), "invalid_input");
}
