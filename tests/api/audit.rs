//! Every request but the public ones is in the audit log before its answer leaves.

use accord::audit::{Line, Outcome, verify};

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
