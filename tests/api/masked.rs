//! Masked content cannot be guessed from an answer, and every unmasking is marked, however it was asked for.

use accord::audit::{Entry, Line};
use accord::govern::Role;
use serde_json::{Value, json};

use super::{Client, Server};
use crate::policy::CASE;

/// The last entry of a server's audit log.
fn last(server: &Server) -> Entry {
    let text = std::fs::read_to_string(&server.audit).unwrap();
    serde_json::from_str::<Line>(text.lines().last().unwrap()).unwrap().entry
}

fn victim(id: &str, name: &str) -> Value {
    json!({
        "local_id": id, "source": "cases", "category": "victim",
        "records": [{ "slot": "p", "body": {
            "type": "person", "names": [{ "full": name }], "birth_date": "1991-07-03",
        }}],
    })
}

/// A victim of the shelter, whose record is in the case of its victim specialist.
pub fn sheltered() -> (Server, Client, String) {
    let server = Server::empty();
    let roles = [Role::Investigator, Role::VictimSpecialist];
    let specialist = server.user("harbour-shelter", "specialist", &roles);
    let stored = specialist.post("/v1/records", &victim("1", "Katarina Horvat")).ok();
    let record = stored["records"][0].as_str().unwrap().to_owned();
    let subject = json!({ "records": [record] });
    specialist.post(&format!("/v1/cases/{CASE}/subjects"), &subject).ok();
    (server, specialist, record)
}

#[test]
fn an_unmasking_is_marked_however_the_request_spells_it() {
    let (server, specialist, record) = sheltered();
    for query in [
        "unmask=true",
        "unmask=%74rue",
        "%75nmask=true",
        "%75%6e%6D%61%73%6b=%74%72%75%65",
        "&unmask=true",
        "unmask=true&",
    ] {
        let answer = specialist.get(&format!("/v1/records/{record}?{query}"));
        if answer.status != 200 {
            assert_eq!(answer.problem(400), "bad_parameter", "{query}");
            continue;
        }
        assert!(answer.text().contains("Horvat"), "{query}");
        assert_eq!(last(&server).operation, "GET /v1/records/{id} unmasked", "{query}");
    }
    let own = json!({
        "local_id": "2", "source": "cases", "category": "suspect",
        "records": [{ "slot": "p", "body": { "type": "person", "names": [{ "full": "B. H." }] }}],
    });
    let open = specialist.post("/v1/records", &own).ok()["records"][0].clone();
    // It tells that she is not the victim.
    specialist.get(&format!("/v1/records/{}?unmask=true", open.as_str().unwrap())).ok();
    assert_eq!(last(&server).operation, "GET /v1/records/{id} unmasked");
    server.agency("harbour-shelter").get(&format!("/v1/records/{record}?unmask=true")).ok();
    assert_eq!(last(&server).operation, "GET /v1/records/{id}");
}

fn phone(id: &str, number: &str) -> Value {
    json!({
        "local_id": id, "source": "s", "category": "contact",
        "records": [{ "slot": "t", "body": { "type": "phone", "number": number } }],
    })
}

/// Formerly a caller who may unmask the victim, and had not asked for it, could hand in the right number and find it
/// joined with the victim's, and no mark was left.
#[test]
fn a_guess_of_who_may_unmask_meets_the_victim_only_where_that_is_asked_for_and_marked() {
    let server = Server::empty();
    let roles = [Role::Investigator, Role::VictimSpecialist];
    let [owner, specialist] =
        ["harbour-shelter", "metro-police"].map(|it| server.user(it, "specialist", &roles));
    let mut row = victim("1", "Katarina Horvat");
    row["handling"] = json!("shared");
    let records = row["records"].as_array_mut().unwrap();
    records.push(json!({ "slot": "t", "body": { "type": "phone", "number": "+442025550143" } }));
    row["ties"] = json!([{ "kind": "USES", "from": "p", "to": "t" }]);
    let stored = owner.post("/v1/records", &row).ok();
    let subjects = json!({ "records": stored["records"] });
    owner.post(&format!("/v1/cases/{CASE}/subjects"), &subjects).ok();
    let hers = format!("/v1/records/{}", stored["records"][1].as_str().unwrap());
    let before = specialist.get(&hers).ok();
    assert_eq!(before["entity"]["records"], 1);
    let guesses = ["+442025550142", "+442025550143", "+442025550144"].map(|number| {
        let guess = phone(number, number);
        let id = specialist.post("/v1/records", &guess).ok()["records"][0].clone();
        (number, format!("/v1/records/{}", id.as_str().unwrap()))
    });
    for (number, path) in &guesses {
        let read = specialist.get(path).ok();
        assert_eq!(
            (&read["entity"]["records"], &read["entity"]["name"]),
            (&json!(1), &json!(number))
        );
        assert_eq!(last(&server).operation, "GET /v1/records/{id}");
        let after = specialist.get(&hers).ok();
        assert_eq!((&after["entity"], &after["record"]), (&before["entity"], &before["record"]));
    }
    for (number, path) in &guesses {
        let read = specialist.get(&format!("{path}?unmask=true")).ok();
        let records = if *number == "+442025550143" { 2 } else { 1 };
        assert_eq!(read["entity"]["records"], records, "{number}");
        assert_eq!(last(&server).operation, "GET /v1/records/{id} unmasked");
    }
    // The ids of the one lead to the other.
    let own = guesses[1].1.as_str();
    let entity =
        |path: &str| specialist.get(path).ok()["entity"]["id"].as_str().unwrap().to_owned();
    let joined = entity(&format!("{own}?unmask=true"));
    for id in [entity(own), entity(&hers), joined] {
        let found = specialist.get(&format!("/v1/entities/{id}?unmask=true")).ok();
        assert_eq!(found["entity"]["records"], 2);
        let around = specialist.get(&format!("/v1/entities/{id}/neighbours?unmask=true")).ok();
        assert_eq!(around["neighbours"]["total"], 1, "the victim: {around}");
    }
}

/// The router reads the path decoded, and so does the log.
#[test]
fn an_operation_bears_its_name_in_the_log_however_its_path_is_spelt() {
    let (server, specialist, record) = sheltered();
    for prefix in ["/v1/%72ecords", "/%761/records", "/v1/records"] {
        let path = format!("{prefix}/{record}?unmask=true");
        let answer = specialist.send_as_it_is("GET", &path, &specialist.headers(), b"");
        assert_eq!(
            (answer.status, last(&server).operation.as_str()),
            (200, "GET /v1/records/{id} unmasked")
        );
    }
    let probe = specialist.send_as_it_is("GET", "/%72eady", &[], b"");
    assert_eq!(probe.status, 200, "public is public however it is spelt");
}

#[test]
fn a_masked_victim_is_matched_only_for_who_asks_to_unmask_and_that_is_marked() {
    let (server, specialist, record) = sheltered();
    let body = json!({
        "type": "person", "names": [{ "full": "Katarina Horvat" }], "birth_date": "1991-07-03",
    });
    let asked = json!({ "body": body });
    assert_eq!(specialist.post("/v1/resolve", &asked).ok()["total"], 0);
    assert_eq!(last(&server).operation, "POST /v1/resolve");
    let found = specialist.post("/v1/resolve?unmask=true", &asked).ok();
    assert_eq!((&found["total"], &found["candidates"][0]["record"]), (&json!(1), &json!(record)));
    assert_eq!(found["candidates"][0]["entity"]["name"], "Katarina Horvat");
    assert_eq!(last(&server).operation, "POST /v1/resolve unmasked");
    let other = server.agency("harbour-shelter");
    assert_eq!(other.post("/v1/resolve?unmask=true", &asked).ok()["total"], 0);
}

/// The names of all members of an answer, at any depth, that hold a number.
fn numbers(value: &Value, path: &str, found: &mut Vec<String>) {
    match value {
        Value::Number(_) => found.push(path.to_owned()),
        Value::Array(items) => items.iter().for_each(|item| numbers(item, path, found)),
        Value::Object(members) => {
            for (name, member) in members {
                numbers(member, &format!("{path}.{name}"), found);
            }
        }
        _ => {}
    }
}

#[test]
fn a_masked_pair_tells_no_score_in_any_member_of_any_explanation() {
    let server = Server::empty();
    let shelter = server.agency("harbour-shelter");
    let store = |id: &str, name: &str| {
        let stored = shelter.post("/v1/records", &victim(id, name)).ok();
        stored["records"][0].as_str().unwrap().to_owned()
    };
    // One and the same, alike but two, and quite another.
    let records = [
        store("1", "Katarina Horvat"),
        store("2", "Katarina Horvat"),
        store("3", "Katarina Hoxha"),
        store("4", "Blerim Kodra"),
    ];
    let mut shapes = Vec::new();
    for other in &records[1..] {
        let pair = shelter.get(&format!("/v1/explanations/pair?a={}&b={other}", records[0])).ok();
        assert_eq!(pair["masked"], true);
        let mut found = Vec::new();
        numbers(&pair, "", &mut found);
        assert_eq!(found, [".entity_a.records", ".entity_b.records"], "{pair}");
        shapes.push(pair.as_object().unwrap().keys().cloned().collect::<Vec<_>>());
    }
    assert!(shapes.iter().all(|shape| *shape == shapes[0]), "{shapes:?}");
    let entity = shelter.get(&format!("/v1/records/{}", records[0])).ok()["entity"].clone();
    let id = entity["id"].as_str().unwrap();
    let how = shelter.get(&format!("/v1/explanations/entity/{id}")).ok();
    let whole = shelter.get(&format!("/v1/entities/{id}")).ok();
    for answer in [how, whole] {
        let text = answer.to_string();
        for member in ["bits", "probability", "cohesion", "levels", "weakest", "links"] {
            assert!(!text.contains(&format!("\"{member}\"")), "{member}: {text}");
        }
    }
    let drawn = shelter.get(&format!("/v1/explanations/entity/{id}.svg")).text();
    assert!(drawn.contains("Masked") && !drawn.contains("bits"), "{drawn}");
}
