//! "Who is this?"

use serde_json::{Value, json};

use super::Server;

fn ask(name: &str, born: &str) -> Value {
    json!({ "body": { "type": "person", "names": [{ "full": name }], "birth_date": born } })
}

#[test]
fn candidates_are_ranked_and_each_score_adds_up() {
    let server = Server::demo();
    let client = server.agency("metro-police");
    let answer = client.post("/v1/resolve", &ask("Khadka, Maia", "2002-09-27")).ok();
    let candidates = answer["candidates"].as_array().unwrap();
    assert!(!candidates.is_empty());
    let bits = |candidate: &Value| candidate["bits"].as_f64().unwrap();
    assert!(candidates.windows(2).all(|pair| bits(&pair[0]) >= bits(&pair[1])));
    assert_eq!(candidates[0]["entity"]["name"], "Maya Khadka");
    assert!(candidates[0]["probability"].as_f64().unwrap() > 0.9);
    for candidate in candidates {
        let levels = candidate["levels"].as_array().unwrap();
        let part =
            |level: &Value| level["bits"].as_f64().unwrap() + level["tf_bits"].as_f64().unwrap();
        let sum = candidate["prior_bits"].as_f64().unwrap() + levels.iter().map(part).sum::<f64>();
        assert!((sum - bits(candidate)).abs() < 1e-9, "{candidate}");
    }
}

#[test]
fn nothing_of_the_question_is_stored() {
    let server = Server::empty();
    let client = server.agency("metro-police");
    let before = server.store.revision().unwrap();
    let answer = client.post("/v1/resolve", &ask("Katarina Horvat", "1991-07-03")).ok();
    assert_eq!(answer["total"], 0);
    let again = client.post("/v1/resolve", &ask("Katarina Horvat", "1991-07-03")).ok();
    assert_eq!(answer, again);
    assert_eq!(server.store.revision().unwrap(), before);
}

#[test]
fn every_type_can_be_asked_for_in_another_spelling() {
    let server = Server::demo();
    let client = server.agency("metro-police");
    let phone = json!({
        "local_id": "1", "source": "s",
        "records": [{ "slot": "t", "body": { "type": "phone", "number": "1-901-555-0187" } }],
    });
    client.post("/v1/records", &phone).ok();
    for (body, name) in [
        (json!({ "type": "phone", "number": "0019015550187" }), "1-901-555-0187"),
        (json!({ "type": "vehicle", "plate": "rd-85 ywh" }), "RD85YWH"),
    ] {
        let answer = client.post("/v1/resolve", &json!({ "body": body })).ok();
        assert_eq!(answer["candidates"][0]["entity"]["name"], name, "{answer}");
    }
}

#[test]
fn at_most_as_many_as_asked_for_and_the_total_counts_all() {
    let server = Server::demo();
    let client = server.agency("metro-police");
    let mut asked = ask("Maria", "1990");
    let all = client.post("/v1/resolve", &asked).ok()["total"].as_u64().unwrap();
    asked["limit"] = json!(1);
    let one = client.post("/v1/resolve", &asked).ok();
    assert_eq!(one["total"].as_u64(), Some(all));
    assert!(one["candidates"].as_array().unwrap().len() <= 1);
    for limit in [0, 51] {
        asked["limit"] = json!(limit);
        assert_eq!(client.post("/v1/resolve", &asked).problem(400), "bad_parameter");
    }
}
