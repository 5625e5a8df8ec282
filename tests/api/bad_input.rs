//! Bad input: a 4xx problem that says what and where, nothing half-stored, nothing echoed.

use serde_json::{Value, json};

use super::{Answer, Client, Server};

/// A text that callers send and that must not come back.
const SECRET: &str = "Jane Roe";

fn row() -> Value {
    json!({
        "local_id": "1", "source": "s", "category": "unknown",
        "records": [{ "slot": "p", "body": { "type": "person", "names": [{ "full": SECRET }] } }],
    })
}

/// The row with one member changed.
fn with(pointer: &str, value: Value) -> Value {
    let mut row = row();
    let (parent, name) = pointer.rsplit_once('/').unwrap();
    let parent = row.pointer_mut(parent).unwrap();
    match parent {
        Value::Array(items) => items[name.parse::<usize>().unwrap()] = value,
        parent => parent[name] = value,
    }
    row
}

fn body(body: Value) -> Value {
    with("/records/0/body", body)
}

fn event(mut event: Value) -> Value {
    event["kind"] = json!("sighting");
    if event["at"].is_null() {
        event["at"] = json!("2026-03-01T00:00:00Z");
    }
    with("/events", json!([event]))
}

/// The first fault of a problem.
#[track_caller]
fn fault(answer: &Answer) -> (String, String) {
    assert!(!answer.text().contains(SECRET) && !answer.text().contains("Roe"), "{}", answer.text());
    let fault = answer.json()["faults"][0].clone();
    let text = |name: &str| fault[name].as_str().unwrap_or_default().to_owned();
    (text("column"), text("reason"))
}

#[test]
fn a_row_that_cannot_be_taken_names_member_and_reason_and_stores_nothing() {
    let server = Server::empty();
    let client = server.agency("metro-police");
    let before = server.store.revision().unwrap();
    let person = |name: &str, value: Value| {
        let mut person = json!({ "type": "person" });
        person[name] = value;
        body(person)
    };
    let address = |latitude: Value, longitude: Value| {
        body(json!({ "type": "address", "latitude": latitude, "longitude": longitude }))
    };
    let in_body = "records.0.body";
    for (row, column, reason) in [
        (with("/local_id", json!(7)), "local_id".into(), "wrong_type"),
        (with("/local_id", json!("")), "local_id".into(), "id_missing"),
        (with("/local_id", json!("x".repeat(300))), "local_id".into(), "id_too_long"),
        (with("/Jane Roe", json!(1)), String::new(), "unknown_field"),
        (with("/category", json!(SECRET)), "category".into(), "unknown_code"),
        (with("/category", Value::Null), "category".into(), "no_category"),
        (with("/tier", json!(5)), "tier".into(), "bad_tier"),
        (with("/tier", json!(-1)), "tier".into(), "out_of_range"),
        (with("/records", json!([])), String::new(), "empty_row"),
        (with("/records/0/slot", json!("A b")), "records.0.slot".into(), "unknown_code"),
        (
            with("/records/0/body", json!({ "type": SECRET })),
            "records.0.body.type".into(),
            "unknown_code",
        ),
        (body(json!({ "type": "person" })), in_body.into(), "empty_record"),
        (body(json!({ "type": "phone", "number": " " })), in_body.into(), "empty_record"),
        (body(json!({ "type": "phone" })), in_body.into(), "missing_field"),
        (person("birth_date", json!("1987-02-30")), format!("{in_body}.birth_date"), "bad_value"),
        (person("birth_date", json!(19870212)), format!("{in_body}.birth_date"), "wrong_type"),
        (person("names", json!([{ "full": 7 }])), format!("{in_body}.names.0.full"), "wrong_type"),
        (person("names", json!(["Jane Roe"])), format!("{in_body}.names.0"), "wrong_type"),
        (person("phones", json!([["+44 20", "GB"]])), format!("{in_body}.phones.0"), "wrong_type"),
        (person("occupation", json!("a\u{0}b")), format!("{in_body}.occupation"), "nul"),
        (person("Jane Roe", json!(1)), in_body.into(), "unknown_field"),
        (address(json!(90.1), json!(0)), format!("{in_body}.latitude"), "bad_latitude"),
        (address(json!(0), json!(-180.5)), format!("{in_body}.longitude"), "bad_longitude"),
        (address(json!(0), json!(null)), format!("{in_body}.longitude"), "half_coordinates"),
        (
            event(json!({ "participants": { "subject": [SECRET] } })),
            "events.0.participants.subject".into(),
            "unknown_slot",
        ),
        (event(json!({ "at": "2026-02-30T00:00:00Z" })), "events.0.at".into(), "bad_value"),
        (event(json!({ "at": "2026-03-01" })), "events.0.at".into(), "bad_value"),
        (
            event(json!({ "until": "2026-02-01T00:00:00Z" })),
            "events.0.until".into(),
            "end_before_begin",
        ),
        (
            event(json!({ "place": { "latitude": 91, "longitude": 0 } })),
            "events.0.place.latitude".into(),
            "bad_latitude",
        ),
        (
            with("/ties", json!([{ "kind": "USES", "from": "p", "to": SECRET }])),
            "ties.0.to".into(),
            "unknown_slot",
        ),
        (
            with("/ties", json!([{ "kind": "USES", "from": "p", "to": "p", "confidence": 2 }])),
            "ties.0".into(),
            "repeated",
        ),
    ] {
        let answer = client.post("/v1/records", &row);
        assert_eq!(answer.problem(422), "invalid_input", "{row}");
        assert_eq!(fault(&answer), (column, reason.to_owned()), "{row}");
        // In a batch the row refuses the whole batch.
        let good = with("/local_id", json!("good"));
        let answer = client.post("/v1/records/batch", &json!({ "rows": [good, row] }));
        assert_eq!(answer.problem(422), "invalid_input", "{row}");
        let _ = fault(&answer);
    }
    assert_eq!(server.store.revision().unwrap(), before, "something was stored");
    let found = client.post("/v1/search", &json!({ "text": SECRET })).ok();
    assert_eq!(found["hits"]["total"], 0);
}

#[test]
fn a_batch_names_every_bad_row_by_its_position() {
    let server = Server::empty();
    let client = server.agency("metro-police");
    let bad = with("/tier", json!(5));
    let answer = client.post("/v1/records/batch", &json!({ "rows": [bad, row(), bad] }));
    assert_eq!(answer.problem(422), "invalid_input");
    let faults = answer.json()["faults"].clone();
    let rows: Vec<u64> =
        faults.as_array().unwrap().iter().map(|fault| fault["row"].as_u64().unwrap()).collect();
    assert_eq!(rows, [0, 2]);
    for rows in [json!([]), json!(vec![row(); 1001])] {
        let answer = client.post("/v1/records/batch", &json!({ "rows": rows }));
        assert_eq!(answer.problem(422), "invalid_input");
    }
}

/// Operations that take a body.
const WITH_BODY: [&str; 7] = [
    "/v1/records",
    "/v1/records/batch",
    "/v1/resolve",
    "/v1/search",
    "/v1/judgements",
    "/v1/imports",
    "/v1/queries/shared-phones",
];

#[test]
fn text_that_is_not_json_is_refused_everywhere() {
    let server = Server::empty();
    let client = server.agency("metro-police");
    let send = |path: &str, text: &[u8]| client.send("POST", path, Some("application/json"), text);
    let deep = "[".repeat(100_000);
    for path in WITH_BODY {
        for text in ["", "{", "{\"a\":}", "nul", "{} {}", "{\"a\":\"\u{1}\"}", &deep] {
            let answer = send(path, text.as_bytes());
            assert!((400..500).contains(&answer.status), "{path} {}", answer.text());
            let _ = answer.problem(answer.status);
        }
        let _ = send(path, b"\xff\xfe{}").problem(400);
        assert_eq!(send(path, b"[]").problem(422), "invalid_input", "{path}");
        assert_eq!(send(path, b"7").problem(422), "invalid_input", "{path}");
        let answer = send(path, format!("{{\"{SECRET}\": 1}}").as_bytes());
        assert_eq!(answer.problem(422), "invalid_input", "{path}");
        assert_eq!(fault(&answer).1, "unknown_field", "{path}");
    }
}

#[test]
fn another_media_type_and_too_large_a_body_are_refused() {
    let server = Server::empty();
    let client = server.agency("metro-police");
    for path in WITH_BODY {
        for media_type in [None, Some("text/plain"), Some("application/xml")] {
            let answer = client.send("POST", path, media_type, b"{}");
            assert_eq!(answer.problem(415), "unsupported_media_type");
        }
        let answer = client.send_much(
            path,
            &vec![b' '; if path == "/v1/imports" { (64 << 20) + 1 } else { (4 << 20) + 1 }],
        );
        assert_eq!(answer.problem(413), "too_large", "{path}");
    }
}

#[test]
fn parameters_that_are_not_what_the_operation_takes_are_named() {
    let server = Server::demo();
    let client = server.agency("metro-police");
    let id = "ent_ac3e67dc330a0be5fb1aea554b9077a4";
    for (path, column) in [
        ("/v1/communities?limit=0", "limit"),
        ("/v1/communities?limit=501", "limit"),
        ("/v1/communities?limit=Jane Roe", "limit"),
        ("/v1/communities?resolution=NaN", "resolution"),
        ("/v1/communities?resolution=0", "resolution"),
        ("/v1/centrality/degree?type=Roe", "type"),
        ("/v1/paths", "from"),
        (&format!("/v1/paths?from={id}"), "to"),
        (&format!("/v1/paths?from={id}&to=Roe"), "to"),
        (&format!("/v1/paths?from={id}&to={id}&max_hops=9"), "max_hops"),
        (&format!("/v1/entities/{id}?unmask=yes"), "unmask"),
        ("/v1/indicators/shared-hub?window_days=0", "window_days"),
        ("/v1/communities?cursor=", "cursor"),
    ] {
        let answer = client.get(&path.replace(' ', "%20"));
        assert_eq!(answer.problem(400), "bad_parameter", "{path}");
        assert_eq!(fault(&answer).0, column, "{path}");
    }
    for path in ["/v1/queries?Roe=1", "/v1/communities?limit=1&limit=2", "/v1/jobs?x"] {
        let answer = client.get(path);
        assert_eq!(answer.problem(400), "bad_parameter", "{path}");
        assert!(!answer.text().contains("Roe"));
    }
    for path in ["/v1/communities?cursor=cur_0", "/v1/centrality/degree?cursor=cur_0"] {
        assert_eq!(client.get(path).problem(400), "bad_cursor");
    }
}

#[test]
fn what_does_not_exist_and_what_no_operation_takes() {
    let server = Server::demo();
    let client: Client = server.agency("metro-police");
    for path in [
        "/v1/nothing",
        "/nothing",
        "/v1/entities/Roe",
        "/v1/entities/ent_00000000000000000000000000000000/neighbours",
        "/v1/entities/ENT_232364a147f8e961d9fdd87653cf744d",
        "/v1/records/%00",
        "/v1/jobs/Roe",
        "/v1/queries/Roe",
        "/v1/centrality/Roe",
        "/v1/entities/..%2f..%2fetc",
    ] {
        assert_eq!(client.get(path).problem(404), "not_found", "{path}");
    }
    for (method, path) in [
        ("PUT", "/v1/records"),
        ("GET", "/v1/resolve"),
        ("DELETE", "/v1/queries/shared-phones"),
        ("POST", "/v1/communities"),
    ] {
        assert_eq!(client.send(method, path, None, b"").problem(405), "method_not_allowed");
    }
}

#[test]
fn an_identifier_that_cannot_be_taken_is_named_wherever_its_kind_stands() {
    let server = Server::empty();
    let client = server.agency("metro-police");
    let asked = |identifier: &str| {
        let body = format!(r#"{{"identifiers":[{identifier}]}}"#);
        client.send("POST", "/v1/deconflict", Some("application/json"), body.as_bytes())
    };
    for (identifier, column, reason) in [
        (r#"{"kind":"person","name":"Jane Roe","birth_date":7}"#, "birth_date", "wrong_type"),
        (r#"{"name":"Jane Roe","birth_date":7,"kind":"person"}"#, "birth_date", "wrong_type"),
        (r#"{"kind":"vin","vin":"x","Jane Roe":1}"#, "", "unknown_field"),
        (r#"{"kind":"Jane Roe"}"#, "kind", "unknown_code"),
        (r#"{"kind":"phone"}"#, "", "missing_field"),
        (r#"["phone","+44"]"#, "", "wrong_type"),
    ] {
        let answer = asked(identifier);
        assert_eq!(answer.problem(422), "invalid_input", "{identifier}");
        let column = format!("identifiers.0.{column}");
        let column = column.trim_end_matches('.').to_owned();
        assert_eq!(fault(&answer), (column, reason.to_owned()), "{identifier}");
    }
}
