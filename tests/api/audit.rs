//! Every request but the public ones is in the audit log before its answer leaves, and a write with its commit.

use accord::audit::{Line, Outcome, verify};

use accord::jobs::BATCH_ROWS;
use serde_json::{Value, json};

use super::Server;

#[test]
fn each_request_is_logged_with_who_what_and_how_it_ended() {
    let server = Server::demo();
    let client = server.agency("metro-police");
    let done = client.get("/v1/queries");
    let refused = client.get("/v1/entities/jane-roe");
    let unknown = server.with_token(None).get("/v1/queries");
    let nowhere = client.get("/v1/jane/roe?name=jane");
    server.with_token(None).get("/health").ok();
    let text = std::fs::read_to_string(&server.audit).unwrap();
    assert!(!text.contains("jane"), "what callers type is not logged");
    let lines: Vec<Line> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(lines.len(), 4);
    assert_eq!(verify(&server.audit).unwrap().length, 4);
    let entry = &lines[0].entry;
    assert_eq!(entry.request, done.header("x-request-id").unwrap());
    assert_eq!(
        (entry.agency.as_deref(), entry.user.as_deref()),
        (Some("metro-police"), Some("analyst"))
    );
    assert_eq!((entry.operation.as_str(), entry.outcome), ("GET /v1/queries", Outcome::Done));
    let entry = &lines[1].entry;
    assert_eq!(entry.request, refused.header("x-request-id").unwrap());
    assert_eq!(
        (entry.operation.as_str(), entry.outcome),
        ("GET /v1/entities/{id}", Outcome::Refused)
    );
    let entry = &lines[2].entry;
    assert_eq!(entry.request, unknown.header("x-request-id").unwrap());
    assert_eq!((entry.agency.as_deref(), entry.outcome), (None, Outcome::Unauthenticated));
    let entry = &lines[3].entry;
    assert_eq!(entry.request, nowhere.header("x-request-id").unwrap());
    assert_eq!((entry.operation.as_str(), entry.status), ("GET unknown path", 404));
}

#[test]
fn looking_behind_a_mask_is_logged_as_such_and_the_object_is_named() {
    let (server, client, record) = super::masked::sheltered();
    let found = client.get(&format!("/v1/records/{record}")).ok();
    let id = found["entity"]["id"].as_str().unwrap().to_owned();
    client.get(&format!("/v1/entities/{id}?unmask=true")).ok();
    let text = std::fs::read_to_string(&server.audit).unwrap();
    let last: Line = serde_json::from_str(text.lines().last().unwrap()).unwrap();
    assert_eq!(last.entry.operation, "GET /v1/entities/{id} unmasked");
    assert_eq!(last.entry.object.as_deref(), Some(id.as_str()));
    client.post("/v1/search?unmask=true", &serde_json::json!({ "text": "Horvat" })).ok();
    let text = std::fs::read_to_string(&server.audit).unwrap();
    let last: Line = serde_json::from_str(text.lines().last().unwrap()).unwrap();
    assert_eq!(last.entry.operation, "POST /v1/search unmasked");
}

fn lines(server: &Server) -> Vec<Line> {
    let text = std::fs::read_to_string(&server.audit).unwrap();
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

fn row(id: &str) -> Value {
    let body = json!({ "type": "phone", "number": "+442025550143" });
    json!({ "local_id": id, "source": "tips", "records": [{ "slot": "p", "body": body }] })
}

#[test]
fn a_write_has_one_entry_which_was_committed_with_it() {
    let server = Server::empty();
    let client = server.agency("metro-police");
    let stored = client.post("/v1/records", &row("1"));
    assert_eq!(stored.status, 200);
    let refused = client.post("/v1/records", &json!({ "local_id": "2" }));
    client.post("/v1/search", &json!({ "text": "x" })).ok();
    let lines = lines(&server);
    assert_eq!(lines.len(), 3);
    let entry = &lines[0].entry;
    assert_eq!(entry.request, stored.header("x-request-id").unwrap());
    assert_eq!(
        (entry.agency.as_deref(), entry.user.as_deref(), entry.operation.as_str(), entry.status),
        (Some("metro-police"), Some("analyst"), "POST /v1/records", 200)
    );
    assert!(entry.purpose.is_some() && entry.case.is_some());
    assert_eq!(entry.write.as_ref().map(String::len), Some(32));
    // Entries of requests that stored nothing went straight to the log.
    assert_eq!((lines[1].entry.status, &lines[1].entry.write), (refused.status, &None));
    assert_eq!(lines[2].entry.write, None);
    verify(&server.audit).unwrap();
}

#[test]
fn each_batch_of_an_import_has_an_entry_that_names_the_request_and_the_job() {
    let server = Server::empty();
    let client = server.agency("metro-police");
    let mapping = "source = \"s\"\nformat = \"csv\"\nid = \"no\"\nlabel = {}\n[[record]]\nslot = \"p\"\n\
                   type = \"phone\"\nfields = { number = \"number\" }\n";
    let rows = (0..BATCH_ROWS + 1).map(|no| format!("{no},+44202{no:07}\n"));
    let data = format!("no,number\n{}", rows.collect::<String>());
    let asked = json!({ "name": "p.csv", "mapping": mapping, "data": data });
    let started = client.post("/v1/imports", &asked);
    let request = started.header("x-request-id").unwrap().to_owned();
    let job = started.json()["id"].as_str().unwrap().to_owned();
    loop {
        let status = client.get(&format!("/v1/jobs/{job}")).ok();
        assert_ne!(status["state"], "failed", "{status}");
        if status["state"] == "succeeded" {
            break;
        }
        std::thread::sleep(std::time::Duration::from_millis(20));
    }
    let lines = lines(&server);
    let batches: Vec<_> =
        lines.iter().map(|line| &line.entry).filter(|it| it.operation.contains("batch")).collect();
    let operations: Vec<&str> = batches.iter().map(|it| it.operation.as_str()).collect();
    assert_eq!(operations, ["POST /v1/imports batch 1", "POST /v1/imports batch 2"]);
    for batch in batches {
        assert_eq!((&batch.request, batch.object.as_ref()), (&request, Some(&job)));
        assert_eq!(batch.agency.as_deref(), Some("metro-police"));
        assert!(batch.write.is_some());
    }
}

#[test]
fn the_entry_of_a_stored_query_or_a_measure_names_it_and_nothing_that_a_caller_makes_up() {
    let server = Server::demo();
    let client = server.agency("metro-police");
    let object = || {
        let text = std::fs::read_to_string(&server.audit).unwrap();
        serde_json::from_str::<Line>(text.lines().last().unwrap()).unwrap().entry.object
    };
    client.post("/v1/queries/shared-phones", &json!({ "parameters": {} })).ok();
    assert_eq!(object().as_deref(), Some("shared-phones"));
    client.get("/v1/centrality/degree").ok();
    assert_eq!(object().as_deref(), Some("degree"));
    client.post("/v1/queries/Ana%20Ruiz", &json!({ "parameters": {} })).problem(404);
    assert_eq!(object(), None);
    client.get("/v1/centrality/Ana%20Ruiz").problem(404);
    assert_eq!(object(), None);
}

#[test]
fn every_operation_is_logged_as_a_kind_of_act() {
    let server = Server::demo();
    let client = server.user("metro-police", "all", &super::documentation::EVERY_ROLE);
    let mut acts = std::collections::BTreeMap::new();
    for ((method, path), operation) in super::documentation::all() {
        let id = operation["operationId"].as_str().unwrap().to_owned();
        let answer = super::documentation::ask(&client, &method, &path, &operation);
        let text = std::fs::read_to_string(&server.audit).unwrap_or_default();
        let request = answer.header("x-request-id").unwrap();
        let mut lines = text.lines().map(|line| serde_json::from_str::<Line>(line).unwrap());
        let Some(line) = lines.find(|line| line.entry.request == request) else {
            // Public operations that only read are not logged.
            assert!(operation["x-public"].is_string(), "{id}");
            continue;
        };
        let act = line.entry.act.unwrap_or_else(|| panic!("{id} is no kind of act"));
        acts.insert(id, serde_json::to_value(act).unwrap());
    }
    assert!(acts.len() > 55, "{acts:?}");
    for (id, act) in [
        ("submit_record", "collection"),
        ("start_import", "collection"),
        ("add_member", "alteration"),
        ("get_entity", "consultation"),
        ("decide_onward", "disclosure"),
        ("resolve", "combination"),
        ("submit_judgement", "combination"),
        ("confirm_purge", "erasure"),
        ("list_queries", "administration"),
    ] {
        assert_eq!(acts[id], act, "{id}");
    }
}
