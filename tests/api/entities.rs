//! Entities: search, records and the explanation of their joins, neighbours, routes.

use serde_json::{Value, json};

use accord::govern::Role;

use super::{Client, Server};
use crate::policy::CASE;

const PHONE: &str = "ent_ac3e67dc330a0be5fb1aea554b9077a4";
const VEHICLE: &str = "ent_2b7b99e8a2a548d910a1e64dc33838f2";

/// All items of a paged list.
fn pages(client: &Client, path: &str, pointer: &str) -> (Vec<Value>, u64) {
    let (mut items, mut cursor) = (Vec::new(), String::new());
    loop {
        let page = client.get(&format!("{path}{cursor}")).ok().pointer(pointer).unwrap().clone();
        items.extend(page["items"].as_array().unwrap().clone());
        match page["next"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => return (items, page["total"].as_u64().unwrap()),
        }
    }
}

#[test]
fn an_entity_shows_its_records_and_the_links_that_hold_them_together() {
    let server = Server::demo();
    let answer = server.agency("metro-police").get(&format!("/v1/entities/{VEHICLE}")).ok();
    let records = answer["records"].as_array().unwrap();
    assert_eq!(records.len() as u64, answer["entity"]["records"].as_u64().unwrap());
    let strongest = answer["why"]["strongest"].as_array().unwrap();
    assert_eq!(strongest.len(), records.len() - 1, "a spanning tree");
    let bits: Vec<f64> = strongest.iter().map(|link| link["bits"].as_f64().unwrap()).collect();
    assert!(bits.windows(2).all(|pair| pair[0] >= pair[1]));
    let ids: Vec<&Value> = records.iter().map(|record| &record["id"]).collect();
    for link in strongest {
        assert!(ids.contains(&&link["a"]) && ids.contains(&&link["b"]));
        assert!(!link["levels"].as_array().unwrap().is_empty());
    }
}

#[test]
fn search_finds_words_from_their_start_and_numbers_in_any_format() {
    let server = Server::demo();
    let client = server.agency("metro-police");
    let phone = json!({
        "local_id": "1", "source": "s",
        "records": [{ "slot": "t", "body": { "type": "phone", "number": "+44 20 2555 0187" } }],
    });
    client.post("/v1/records", &phone).ok();
    let hits = |asked: Value| client.post("/v1/search", &asked).ok()["hits"].clone();
    let found = hits(json!({ "text": "KHADK may", "type": "person" }));
    assert_eq!(found["items"][0]["entity"]["name"], "Maya Khadka");
    assert_eq!(found["items"][0]["words"], 2);
    let found = hits(json!({ "text": "20 2555-0187", "type": "phone" }));
    assert_eq!(found["total"], 1, "{found}");
    assert_eq!(hits(json!({ "text": "zzzzqqq" }))["total"], 0);
    for text in ["", "  ", &"x".repeat(201)] {
        let answer = client.post("/v1/search", &json!({ "text": text }));
        assert_eq!(answer.problem(422), "invalid_input");
    }
}

#[test]
fn pages_of_search_hold_every_hit_once() {
    let server = Server::demo();
    let client = server.agency("metro-police");
    let (mut seen, mut cursor) = (Vec::new(), Value::Null);
    let total = loop {
        let asked = json!({ "text": "london", "limit": 7, "cursor": cursor });
        let hits = client.post("/v1/search", &asked).ok()["hits"].clone();
        let ids = hits["items"].as_array().unwrap().iter();
        seen.extend(ids.map(|hit| hit["entity"]["id"].as_str().unwrap().to_owned()));
        cursor = hits["next"].clone();
        if cursor.is_null() {
            break hits["total"].as_u64().unwrap();
        }
    };
    assert!(total > 14);
    assert_eq!(seen.len() as u64, total);
    seen.sort();
    seen.dedup();
    assert_eq!(seen.len() as u64, total);
}

#[test]
fn a_cursor_of_another_list_or_agency_is_refused() {
    let server = Server::demo();
    let client = server.agency("metro-police");
    let page = client.get("/v1/centrality/degree?limit=1").ok();
    let next = page["ranking"]["next"].as_str().unwrap();
    client.get(&format!("/v1/centrality/degree?limit=1&cursor={next}")).ok();
    let other = client.get(&format!("/v1/centrality/pagerank?limit=1&cursor={next}"));
    assert_eq!(other.problem(400), "bad_cursor");
    let stranger = server.agency("border-guard");
    let answer = stranger.get(&format!("/v1/centrality/degree?limit=1&cursor={next}"));
    assert_eq!(answer.problem(400), "bad_cursor");
}

#[test]
fn neighbours_come_page_by_page_with_what_relates_them() {
    let server = Server::demo();
    let client = server.agency("metro-police");
    let path = format!("/v1/entities/{PHONE}/neighbours?limit=3");
    let (items, total) = pages(&client, &path, "/neighbours");
    assert_eq!(items.len() as u64, total);
    assert!(total > 6);
    for item in &items {
        for relationship in item["relationships"].as_array().unwrap() {
            let ends = [&relationship["source"], &relationship["target"]];
            assert!(ends.contains(&&json!(PHONE)) && ends.contains(&&item["entity"]["id"]));
            let evidence =
                relationship["ties"].as_u64().unwrap() + relationship["events"].as_u64().unwrap();
            assert!(evidence > 0);
        }
    }
    let (people, _) = pages(&client, &format!("{path}&type=person"), "/neighbours");
    assert!(people.len() < items.len() && people.len() > 3);
    assert!(people.iter().all(|item| item["entity"]["type"] == "person"));
}

#[test]
fn routes_advance_in_time_and_leave_out_impossible_travel() {
    let server = Server::demo();
    let client = server.agency("metro-police");
    let answer = client.get(&format!("/v1/entities/{VEHICLE}/routes")).ok();
    let stays = answer["stays"].as_array().unwrap();
    assert_eq!(answer["legs"].as_array().unwrap().len() + 1, stays.len());
    let routes = answer["routes"].as_array().unwrap();
    assert!(!routes.is_empty());
    for route in routes {
        let visits = route["visits"].as_array().unwrap();
        let from = |visit: &Value| visit["from"].as_str().unwrap().to_owned();
        assert!(visits.windows(2).all(|pair| from(&pair[0]) < from(&pair[1])));
        assert!(visits.windows(2).all(|pair| pair[0]["city"] != pair[1]["city"]));
        assert!(
            visits
                .iter()
                .all(|visit| visit["city"].as_str().unwrap().starts_with(char::is_uppercase))
        );
    }
}

#[test]
fn who_may_be_a_victim_is_masked_everywhere_and_ranked_nowhere() {
    let server = Server::empty();
    let client = server.agency("harbour-shelter");
    let row = |id: &str, name: &str, category: &str| {
        json!({
            "local_id": id, "source": "cases", "category": category,
            "records": [
                { "slot": "p", "body": { "type": "person", "names": [{ "full": name }] } },
                { "slot": "t", "body": { "type": "phone", "number": "+442025550143" } },
            ],
            "ties": [{ "kind": "USES", "from": "p", "to": "t" }],
            "events": [{
                "kind": "sighting", "at": "2026-03-01T00:00:00Z",
                "place": { "city": "Paris" }, "participants": { "subject": ["p"] },
            }],
        })
    };
    let stored = client.post("/v1/records", &row("1", "Katarina Horvat", "victim")).ok();
    client.post("/v1/records", &row("2", "Blerim Hoxha", "suspect")).ok();
    for text in ["Horvat", "2025550143"] {
        let found = client.post("/v1/search", &json!({ "text": text })).ok();
        assert_eq!(found["hits"]["total"], 0, "what is masked is found by nothing: {text}");
    }
    let phone = json!({ "type": "phone", "number": "+442025550143" });
    let person = json!({ "type": "person", "names": [{ "full": "Katarina Horvat" }] });
    for body in [phone, person] {
        let found = client.post("/v1/resolve", &json!({ "body": body })).ok();
        assert_eq!(found["total"], 0, "nor matched: {body}");
    }
    let [id, phone] = [0, 1].map(|position| {
        let record = stored["records"][position].as_str().unwrap();
        let answer = client.get(&format!("/v1/records/{record}")).ok();
        assert!(answer["record"]["body"].is_null() && answer["record"]["local_id"].is_null());
        assert!(answer["entity"]["name"].is_null() && answer["entity"]["pseudonym"].is_string());
        answer["entity"]["id"].as_str().unwrap().to_owned()
    });
    for path in [
        format!("/v1/entities/{id}"),
        format!("/v1/entities/{id}/routes"),
        format!("/v1/entities/{id}/neighbours"),
        format!("/v1/entities/{phone}/neighbours"),
        format!("/v1/paths?from={id}&to={phone}"),
        "/v1/communities".to_owned(),
        "/v1/centrality/degree".to_owned(),
        "/v1/indicators/shared-hub".to_owned(),
    ] {
        let text = client.get(&path).text();
        assert!(!text.contains("Horvat") && !text.contains("Paris"), "{path}: {text}");
        assert!(!text.contains("5550143"), "{path}: {text}");
    }
    for measure in ["degree", "pagerank", "betweenness"] {
        let ranking = client.get(&format!("/v1/centrality/{measure}")).ok();
        assert_eq!(ranking["not_ranked"], 1);
        assert!(!ranking.to_string().contains(&id));
    }
    let rows = client.post("/v1/queries/shared-phones", &json!({ "parameters": {} })).text();
    assert!(rows.contains("phone-") && !rows.contains("5550143"), "{rows}");
    let specialist =
        server.user("harbour-shelter", "specialist", &[Role::Investigator, Role::VictimSpecialist]);
    let subject = json!({ "records": [stored["records"][0], stored["records"][1]] });
    specialist.post(&format!("/v1/cases/{CASE}/subjects"), &subject).ok();
    let shown = specialist.get(&format!("/v1/entities/{id}/routes?unmask=true")).ok();
    assert_eq!(shown["stays"][0]["city"], "Paris");
    assert_eq!(shown["entity"]["name"], "Katarina Horvat");
    let shown = specialist.get(&format!("/v1/entities/{phone}?unmask=true")).ok();
    assert_eq!(shown["entity"]["name"], "+442025550143");
    let search = |client: &Client, path: &str, text: &str| {
        client.post(path, &json!({ "text": text })).ok()["hits"].clone()
    };
    for (text, entity) in [("Horvat", &id), ("2025550143", &phone)] {
        let found = search(&specialist, "/v1/search?unmask=true", text);
        assert_eq!(
            (&found["total"], &found["items"][0]["entity"]["id"]),
            (&json!(1), &json!(entity))
        );
        assert!(found["items"][0]["entity"]["name"].is_string());
        assert_eq!(
            search(&specialist, "/v1/search", text)["total"],
            0,
            "not unless it is asked for"
        );
        assert_eq!(search(&client, "/v1/search?unmask=true", text)["total"], 0, "nor for others");
    }
    let masked = client.get(&format!("/v1/entities/{id}/routes?unmask=true")).ok();
    assert_eq!((&masked["masked"], &masked["stays"]), (&json!(true), &Value::Null));
}
