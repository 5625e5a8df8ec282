//! The OpenAPI document is current, whole and true; its examples run as they stand.

use accord::govern::Role;
use serde_json::Value;

use super::server::AGENCIES;
use super::{Client, Server};

fn document() -> Value {
    serde_json::to_value(accord::api::document()).unwrap()
}

#[test]
fn the_committed_document_is_current() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/openapi/accord.json");
    let committed: Value = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    assert!(committed == document(), "run: cargo run -- openapi > openapi/accord.json");
    let server = Server::empty();
    assert_eq!(server.with_token(None).get("/openapi.json").ok(), committed);
}

#[test]
fn every_reference_and_tag_leads_somewhere() {
    let document = document();
    let mut references = Vec::new();
    collect(&document, &mut references);
    assert!(references.len() > 100);
    for reference in references {
        let pointer = reference.strip_prefix('#').unwrap();
        assert!(document.pointer(pointer).is_some(), "{reference}");
    }
    let tags: Vec<&Value> =
        document["tags"].as_array().unwrap().iter().map(|tag| &tag["name"]).collect();
    for (_, operation) in operations(&document) {
        assert!(operation["summary"].as_str().is_some(), "{operation}");
        assert!(operation["tags"].as_array().unwrap().iter().all(|tag| tags.contains(&tag)));
    }
}

/// The document has no constructs that generators of clients cannot read, and types with several kinds have a
/// discriminator.
#[test]
fn the_document_holds_what_generators_of_clients_read() {
    let document = document();
    let text = document.to_string();
    for stumbling in ["\"allOf\"", "\"items\":false", "\"prefixItems\""] {
        assert!(!text.contains(stumbling), "{stumbling}");
    }
    let schemas = document["components"]["schemas"].as_object().unwrap();
    for (of, tag) in [("Body", "type"), ("IdentifierRequest", "kind")] {
        let discriminator = &schemas[of]["discriminator"];
        assert_eq!(discriminator["propertyName"], tag);
        let kinds = discriminator["mapping"].as_object().unwrap();
        assert_eq!(kinds.len(), 5);
        for (value, to) in kinds {
            let kind = &document.pointer(to.as_str().unwrap().strip_prefix('#').unwrap()).unwrap();
            assert_eq!(kind["properties"][tag]["enum"], serde_json::json!([value]));
            assert_eq!(kind["additionalProperties"], false, "{value}");
        }
    }
    // A record that is masked is another sort than one that is shown.
    let sorts = schemas["RecordView"]["anyOf"].as_array().unwrap();
    let has = |sort: &Value| sort["properties"]["body"].is_object();
    assert_eq!(sorts.iter().map(has).collect::<Vec<_>>(), [true, false]);
    for name in ["ResolveAnswer", "RecordAnswer", "SearchAnswer", "JobAnswer"] {
        assert!(
            schemas[name]["required"].as_array().unwrap().contains(&"rests_on".into()),
            "{name}"
        );
    }
    assert!(schemas["JobView"]["properties"]["rests_on"].is_null());
}

fn collect(value: &Value, references: &mut Vec<String>) {
    match value {
        Value::Object(members) => {
            for (name, member) in members {
                match member.as_str().filter(|_| name == "$ref") {
                    Some(reference) => references.push(reference.to_owned()),
                    None => collect(member, references),
                }
            }
        }
        Value::Array(items) => items.iter().for_each(|item| collect(item, references)),
        _ => {}
    }
}

/// Method and path, and the operation.
fn operations(document: &Value) -> Vec<((String, String), Value)> {
    let paths = document["paths"].as_object().unwrap();
    let of_path = |(path, item): (&String, &Value)| -> Vec<((String, String), Value)> {
        let item = item.as_object().unwrap();
        let entry = |(method, operation): (&String, &Value)| {
            ((method.to_uppercase(), path.clone()), operation.clone())
        };
        item.iter().map(entry).collect()
    };
    paths.iter().flat_map(of_path).collect()
}

/// Asks an operation with the document's own examples.
pub fn ask(client: &Client, method: &str, path: &str, operation: &Value) -> super::Answer {
    let (mut path, mut query) = (path.to_owned(), Vec::new());
    let (mut purpose, mut case) = (None, None);
    for parameter in operation["parameters"].as_array().into_iter().flatten() {
        let name = parameter["name"].as_str().unwrap();
        let text = match &parameter["example"] {
            Value::Null => continue,
            Value::String(text) => text.clone(),
            other => other.to_string(),
        };
        match parameter["in"].as_str() {
            Some("header") if name == "x-purpose" => purpose = Some(text),
            Some("header") => case = Some(text),
            Some("path") => path = path.replace(&format!("{{{name}}}"), &text),
            _ => query.push(format!("{name}={text}")),
        }
    }
    let client = &client.asking(purpose.as_deref(), case.as_deref());
    assert!(!path.contains('{'), "no example for {path}");
    if !query.is_empty() {
        path = format!("{path}?{}", query.join("&"));
    }
    let body = &operation["requestBody"]["content"]["application/json"]["example"];
    if operation["requestBody"].is_null() {
        client.send(method, &path, None, b"")
    } else {
        assert!(!body.is_null(), "no example for {method} {path}");
        client.send(method, &path, Some("application/json"), body.to_string().as_bytes())
    }
}

/// All operations with their examples, those that change nothing first.
pub fn all() -> Vec<((String, String), Value)> {
    let mut operations = operations(&document());
    // Reviews are of what was written.
    let writes = ["submit_record", "submit_batch", "start_import", "submit_judgement"];
    operations.sort_by_key(|(_, operation)| match operation["operationId"].as_str().unwrap() {
        "review_records" | "list_reviews" => 2,
        id => i32::from(writes.contains(&id)),
    });
    operations
}

/// The roles of a user who may use all operations but the ones of the server's operator.
pub const EVERY_ROLE: [Role; 6] = [
    Role::Analyst,
    Role::Investigator,
    Role::TaskForceLead,
    Role::Approver,
    Role::PrivacyOfficer,
    Role::VictimSpecialist,
];

/// Operations on a case, a use of break-glass or an agreement that has to be made first.
const CASES: [&str; 9] = [
    "add_member",
    "remove_member",
    "end_case",
    "add_subjects",
    "review_break_glass",
    "decide_onward",
    "decide_referral",
    "cancel_operation",
    "confirm_purge",
];
const AGREEMENTS: [&str; 5] =
    ["get_agreement", "preview_agreement", "sign_agreement", "suspend_agreement", "end_agreement"];

#[test]
fn every_example_runs_as_it_stands_for_every_agency_of_the_demo() {
    for agency in AGENCIES {
        let server = Server::demo();
        for ((method, path), operation) in all() {
            let id = operation["operationId"].as_str().unwrap();
            let client = match id {
                "metrics" | "register_agency" => server.operator(),
                _ => server.user(agency, "all", &EVERY_ROLE),
            };
            let answer = ask(&client, &method, &path, &operation);
            // There is no job before one is started, and its id is not known before.
            let expected = match id {
                "get_job" | "cancel_job" => 404,
                // The case of the example is that of the police, which the examples open and then end.
                "end_case" if agency == "metro-police" => 200,
                "add_member" | "remove_member" if agency == "metro-police" => 409,
                // The record of the example is about nobody who may be a victim.
                "add_subjects" if agency == "metro-police" => 422,
                // The example's agreement does not exist here, and only a discloser can draft.
                _ if CASES.contains(&id) || AGREEMENTS.contains(&id) => 404,
                // No agreement of the tests' policy foresees it.
                "break_glass" => 409,
                // The owner of the example's record hands it on without asking.
                "ask_onward" if agency == "metro-police" => 404,
                "draft_agreement" if agency != "metro-police" => 422,
                "draft_version" => 422,
                // The demo has no local accounts, and a key is no session.
                "begin_session" => 401,
                "end_session" => 404,
                "start_import" => 202,
                _ => 200,
            };
            assert_eq!(answer.status, expected, "{agency} {method} {path}: {}", answer.text());
            assert_says_something(id, &answer);
        }
    }
}

/// The examples must find something: otherwise they explain nothing.
fn assert_says_something(operation: &str, answer: &super::Answer) {
    let filled = |pointer: &str| {
        let body = answer.json();
        let list = body.pointer(pointer).and_then(Value::as_array).cloned();
        assert!(list.is_some_and(|list| !list.is_empty()), "{operation}: {pointer}: {body}");
    };
    match operation {
        "resolve" => filled("/candidates"),
        "search" => filled("/hits/items"),
        "get_entity" => filled("/why/strongest"),
        "explain_pair" => filled("/steps"),
        "explain_entity" => filled("/spanning"),
        "list_neighbours" => filled("/neighbours/items"),
        "get_routes" => filled("/routes"),
        "find_paths" => filled("/paths/0/steps/0/0/evidence"),
        "get_event" => filled("/event/participants"),
        "rank_entities" => filled("/ranking/items"),
        "list_communities" => filled("/communities/items"),
        "run_indicator" => filled("/findings/items"),
        "list_indicators" => filled("/indicators/0/parameters"),
        "run_query" => filled("/rows"),
        "list_queries" => filled("/queries"),
        "list_reviews" => filled("/items"),
        _ => {}
    }
}

#[test]
fn the_page_and_all_it_loads_come_from_this_server() {
    let server = Server::empty();
    let nobody = server.with_token(None);
    let page = nobody.get("/docs/");
    assert_eq!(page.status, 200);
    let text = page.text();
    assert!(text.contains("swagger-ui"));
    for part in
        text.split(['"', '\'']).filter(|part| part.ends_with(".js") || part.ends_with(".css"))
    {
        assert!(!part.contains("//"), "{part} comes from elsewhere");
        let path = part.trim_start_matches("./");
        assert_eq!(nobody.get(&format!("/docs/{path}")).status, 200, "{part}");
    }
    let settings = nobody.get("/docs/swagger-initializer.js").text();
    assert!(
        settings.contains("/openapi.json") && settings.contains("\"validatorUrl\": \"none\""),
        "{settings}"
    );
}
