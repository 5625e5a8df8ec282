//! Events, and the ties and events that other answers name as their evidence.

use accord::audit::Line;
use accord::model::{EventKind, IdKey};
use serde_json::{Value, json};

use super::governance::{self, POLICE, SHELTER, agreed, terms};
use super::masked::sheltered;
use super::shown::assert_named;
use super::{Client, Server};

const NUMBER: &str = "+442025550143";

/// An event of the day of this number.
fn event(kind: &str, day: usize, participants: Value) -> Value {
    json!({
        "kind": kind, "at": format!("2026-01-{day:02}T10:00:00Z"),
        "until": format!("2026-01-{day:02}T11:00:00Z"),
        "place": { "name": "Pier 7", "city": "Dover", "latitude": 51.12, "longitude": 1.31 },
        "text": "call me", "amount": { "cents": 4_200, "currency": "EUR" },
        "participants": participants,
    })
}

/// A row of a person and a phone, who meet in an event.
fn row(id: &str, category: &str, day: usize) -> Value {
    let mut row = governance::row(id, category, NUMBER);
    let parts = json!({ "subject": ["p"], "contact": ["t"] });
    row["events"] = json!([event("sighting", day, parts)]);
    row
}

/// The entity of the first record of a stored row.
fn entity(client: &Client, stored: &Value) -> String {
    let record = stored["records"][0].as_str().unwrap();
    let entity = client.get(&format!("/v1/records/{record}")).ok()["entity"]["id"].clone();
    entity.as_str().unwrap().to_owned()
}

/// The ties and events that the relationships of an entity with its neighbours rest on.
fn evidence(client: &Client, entity: &str) -> Vec<Value> {
    let answer = client.get(&format!("/v1/entities/{entity}/neighbours?limit=500")).ok();
    let items = answer["neighbours"]["items"].as_array().unwrap().clone();
    let relationships = items.iter().flat_map(|item| item["relationships"].as_array().unwrap());
    relationships.flat_map(|it| it["evidence"].as_array().unwrap().clone()).collect()
}

/// The ids of the events in a list of evidence.
fn events(evidence: &[Value]) -> Vec<String> {
    let ids = evidence.iter().map(|it| it["id"].as_str().unwrap().to_owned());
    ids.filter(|id| id.starts_with("evt_")).collect()
}

#[test]
fn an_event_opens_with_its_participants_and_its_entry_names_what_it_showed() {
    let server = Server::empty();
    let client = server.agency(POLICE);
    let stored = client.post("/v1/records", &row("1", "suspect", 3)).ok();
    let person = entity(&client, &stored);
    let [id] = &events(&evidence(&client, &person))[..] else { panic!("one event") };
    assert_eq!(*id, IdKey::default().event(POLICE, "1", EventKind::Sighting).to_string());
    let answer = client.get(&format!("/v1/events/{id}"));
    let shown = answer.ok()["event"].clone();
    let expected = json!({
        "id": id, "kind": "sighting", "masked": false, "at": "2026-01-03T10:00:00Z",
        "until": "2026-01-03T11:00:00Z", "text": "call me", "local_id": "1",
        "amount": { "cents": 4_200, "currency": "EUR" },
        "place": { "name": "Pier 7", "city": "Dover", "latitude": 51.12, "longitude": 1.31 },
        "participants_total": 2,
    });
    for (member, value) in expected.as_object().unwrap() {
        assert_eq!(shown[member], *value, "{member}");
    }
    let label = &shown["label"];
    assert_eq!((&label["agency"], &label["category"]), (&json!(POLICE), &json!("suspect")));
    let parts = shown["participants"].as_array().unwrap();
    let roles: Vec<&str> = parts.iter().map(|part| part["role"].as_str().unwrap()).collect();
    assert_eq!(roles, ["subject", "contact"]);
    assert_eq!(parts[0]["record"], stored["records"][0]);
    assert_eq!(
        (&parts[0]["entity"]["id"], &parts[1]["record"]),
        (&json!(person), &stored["records"][1])
    );
    assert!(
        assert_named(&server.audit, "get_event", &answer) == 5,
        "an event, 2 records, 2 entities"
    );
    let text = std::fs::read_to_string(&server.audit).unwrap();
    let entry = serde_json::from_str::<Line>(text.lines().last().unwrap()).unwrap().entry;
    assert_eq!((entry.operation.as_str(), entry.object), ("GET /v1/events/{id}", Some(id.clone())));
    assert_eq!(entry.shown.keys().collect::<Vec<_>>(), [POLICE]);
}

#[test]
fn a_text_that_names_no_event_is_not_found() {
    let server = Server::empty();
    let client = server.agency(POLICE);
    let mut own = row("1", "suspect", 3);
    own["handling"] = json!("own");
    let stored = client.post("/v1/records", &own).ok();
    let [id] = &events(&evidence(&client, &entity(&client, &stored)))[..] else { panic!() };
    let record = stored["records"][0].as_str().unwrap();
    let none = format!("evt_{}", "0".repeat(32));
    for text in ["x", &id.to_uppercase(), record, &format!("{id}0"), &none] {
        assert_eq!(client.get(&format!("/v1/events/{text}")).problem(404), "not_found", "{text}");
    }
    let unknown = client.get(&format!("/v1/events/{id}?unmasked=true"));
    assert_eq!(unknown.problem(400), "bad_parameter");
    let other = server.agency(SHELTER);
    assert_eq!(other.get(&format!("/v1/events/{id}")).problem(404), "not_found");
}

#[test]
fn a_masked_event_tells_neither_when_nor_where_and_opens_in_its_case_only() {
    let (server, specialist, _) = sheltered();
    let mut victim = row("7", "victim", 9);
    let parts = json!({ "subject": ["p"], "contact": ["t"] });
    let days = [("call", 8), ("ad", 7), ("incident", 6)];
    let more = days.map(|(kind, day)| event(kind, day, parts.clone()));
    victim["events"].as_array_mut().unwrap().extend(more);
    victim["handling"] = json!("own");
    let stored = specialist.post("/v1/records", &victim).ok();
    let person = entity(&specialist, &stored);
    let named = evidence(&specialist, &person);
    let ids = events(&named);
    assert_eq!(ids.len(), 4);
    assert!(ids.is_sorted(), "in order of time they would tell which came first: {ids:?}");
    assert!(named.len() > ids.len(), "ties are named, too");
    for statement in &named {
        for member in ["at", "until", "place"] {
            assert_eq!(statement[member], Value::Null, "{statement}");
        }
    }
    for id in &ids {
        let answer = specialist.get(&format!("/v1/events/{id}"));
        let shown = &answer.ok()["event"];
        assert_eq!((&shown["id"], &shown["masked"]), (&json!(id), &json!(true)));
        for member in ["at", "until", "place", "text", "amount", "local_id"] {
            assert_eq!(shown[member], Value::Null, "{shown}");
        }
        assert!(!answer.text().contains("Horvat") && !answer.text().contains("2026-01"));
        assert_eq!(shown["participants"].as_array().unwrap().len(), 2);
        assert!(shown["participants"][0]["entity"]["pseudonym"].is_string());
        assert_eq!(assert_named(&server.audit, "get_event", &answer), 5);
    }
    // Neither the id that is stored opens, nor that of this case in another.
    let stored = IdKey::default().event(SHELTER, "7", EventKind::Sighting);
    let problem = |client: &Client, id: &str| {
        let mut answer = client.get(&format!("/v1/events/{id}")).json();
        answer["request"] = Value::Null;
        answer
    };
    let absent = problem(&specialist, &format!("evt_{}", "0".repeat(32)));
    assert_eq!(absent["status"], 404);
    assert_eq!(problem(&specialist, &stored.to_string()), absent);
    let elsewhere = specialist.asking(Some("trafficking_investigation"), Some("OTHER-1"));
    let there = elsewhere.get(&format!("/v1/events/{}", ids[0]));
    assert_eq!(there.problem(404), "not_found");
}

/// An open event is not masked by standing beside a masked one, and masked ones come last.
#[test]
fn an_open_event_with_a_part_of_a_masked_one_is_masked_and_its_others_are_not() {
    let (_server, specialist, _) = sheltered();
    let mut open = row("8", "suspect", 5);
    open["handling"] = json!("own");
    open["records"].as_array_mut().unwrap().push(json!({
        "slot": "c", "body": { "type": "vehicle", "plate": "8BXK 210" },
    }));
    let with_car = event("crossing", 4, json!({ "subject": ["p"], "vehicle": ["c"] }));
    let of_car = event("incident", 2, json!({ "contact": ["t"], "vehicle": ["c"] }));
    open["events"].as_array_mut().unwrap().extend([with_car, of_car]);
    specialist.post("/v1/records", &row("7", "victim", 9)).ok();
    specialist.post("/v1/records", &open).ok();
    // The phone is joined with the victim's: events in which it had a part are masked.
    let find = |text: &str, of: &str| {
        let found = specialist.post("/v1/search", &json!({ "text": text, "type": of })).ok();
        found["hits"]["items"][0]["entity"]["id"].as_str().map(str::to_owned)
    };
    assert_eq!(find(NUMBER, "phone"), None);
    let car = find("8BXK", "vehicle").unwrap();
    let named = evidence(&specialist, &car);
    let times: Vec<&Value> = named.iter().map(|it| &it["at"]).collect();
    assert_eq!(times.iter().filter(|at| at.is_string()).count(), 1, "{named:?}");
    for statement in &named {
        let id = statement["id"].as_str().unwrap();
        let shown = specialist.get(&format!("/v1/events/{id}")).ok()["event"].clone();
        assert_eq!(shown["masked"], statement["at"].is_null());
        assert_eq!(shown["at"], statement["at"]);
        assert_eq!(shown["place"], statement["place"]);
    }
}

#[test]
fn participants_that_are_hidden_are_absent() {
    let server = governance::server();
    let mut terms = terms(governance::grant("white"));
    terms["grants"][0]["kinds"] = json!(["phone", "event"]);
    agreed(&server, &terms);
    let shelter = server.agency(SHELTER);
    let stored = shelter.post("/v1/records", &row("1", "suspect", 3)).ok();
    let id = IdKey::default().event(SHELTER, "1", EventKind::Sighting).to_string();
    let path = format!("/v1/events/{id}");
    assert_eq!(shelter.get(&path).ok()["event"]["participants_total"], 2);
    let police = server.agency(POLICE);
    let answer = police.get(&path);
    let shown = answer.ok()["event"].clone();
    assert_eq!(shown["participants_total"], 1);
    assert_eq!(shown["participants"].as_array().unwrap().len(), 1);
    assert_eq!(shown["participants"][0]["record"], stored["records"][1]);
    assert!(!answer.text().contains(stored["records"][0].as_str().unwrap()));
    assert_eq!(assert_named(&server.audit, "get_event", &answer), 3);
}

#[test]
fn neighbours_and_paths_name_the_first_of_what_they_rest_on_and_count_it_all() {
    let server = Server::empty();
    let client = server.agency(POLICE);
    let parts = json!({ "subject": ["p"], "contact": ["t"] });
    // One row a day, the last day first.
    let mut stored = Value::Null;
    for day in (1..=25).rev() {
        stored = client.post("/v1/records", &row(&day.to_string(), "suspect", day)).ok();
    }
    let person = entity(&client, &stored);
    let answer = client.get(&format!("/v1/entities/{person}/neighbours")).ok();
    let item = &answer["neighbours"]["items"][0];
    let of_kind = |relationships: &Value, kind: &str| {
        let mut all = relationships.as_array().unwrap().iter();
        all.find(|it| it["kind"] == kind).cloned().unwrap()
    };
    let met = of_kind(&item["relationships"], "SAME_EVENT");
    assert_eq!(met["events"], 25);
    let named = met["evidence"].as_array().unwrap();
    assert_eq!(named.len(), 20);
    for (day, statement) in (1..).zip(named) {
        let expected = event("sighting", day, parts.clone());
        for member in ["kind", "at", "until", "place"] {
            assert_eq!(statement[member], expected[member]);
        }
        let roles = statement["roles"].as_array().unwrap();
        let role = |at: usize| (roles[at]["role"].clone(), roles[at]["entity"].clone());
        assert_eq!(role(0), (json!("contact"), item["entity"]["id"].clone()));
        assert_eq!(role(1), (json!("subject"), json!(person)));
        client.get(&format!("/v1/events/{}", statement["id"].as_str().unwrap())).ok();
    }
    let uses = of_kind(&item["relationships"], "USES");
    assert_eq!((&uses["ties"], uses["evidence"].as_array().unwrap().len()), (&json!(25), 20));
    assert_eq!(uses["evidence"][0]["roles"][0], json!({ "role": "from", "entity": person }));
    let phone = item["entity"]["id"].as_str().unwrap();
    let path = client.get(&format!("/v1/paths?from={phone}&to={person}")).ok();
    assert_eq!(of_kind(&path["paths"][0]["steps"][0], "SAME_EVENT"), met);
}
