//! All objects that an answer shows are in its audit entry: one test over all operations of the document.

use std::collections::BTreeSet;
use std::path::Path;

use accord::audit::Line;

use super::{Answer, Server, documentation};

/// All ids of entities, records, events and ties in a text.
pub fn named(text: &str) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for prefix in ["ent_", "rec_", "evt_", "tie_"] {
        for (at, _) in text.match_indices(prefix) {
            let digits = text[at + prefix.len()..].chars().take_while(char::is_ascii_hexdigit);
            let digits: String = digits.collect();
            if digits.len() == 32 {
                found.insert(format!("{prefix}{digits}"));
            }
        }
    }
    found
}

/// Asserts that the last entry of an audit log names all objects that the answer to the last request showed; returns
/// how many objects it names.
pub fn assert_named(log: &Path, request: &str, answer: &Answer) -> usize {
    let shown = named(&answer.text());
    // The library of stored queries has examples of its own, which show nothing.
    let library = ["GET /v1/queries", "list_queries", "get_query"];
    let is_library = library.iter().any(|part| request.contains(part));
    if answer.status >= 300 || shown.is_empty() || is_library {
        return 0;
    }
    let text = std::fs::read_to_string(log).unwrap();
    let entry = serde_json::from_str::<Line>(text.lines().last().unwrap()).unwrap().entry;
    assert_eq!(Some(entry.request.as_str()), answer.header("x-request-id"), "{request}");
    let logged: BTreeSet<String> = entry.shown.values().flatten().cloned().collect();
    let left_out: Vec<&String> = shown.difference(&logged).collect();
    assert!(left_out.is_empty(), "{request} shows what its entry leaves out: {left_out:?}");
    logged.len()
}

#[test]
fn every_object_that_an_answer_names_is_in_its_audit_entry() {
    let server = Server::demo();
    let client = server.user("metro-police", "all", &documentation::EVERY_ROLE);
    let (mut showing, mut count) = (Vec::new(), 0);
    for ((method, path), operation) in documentation::all() {
        let name = operation["operationId"].as_str().unwrap();
        if ["begin_session", "end_session"].contains(&name) {
            continue;
        }
        let answer = documentation::ask(&client, &method, &path, &operation);
        let objects = assert_named(&server.audit, name, &answer);
        count += objects;
        if objects > 0 {
            showing.push(name.to_owned());
        }
    }
    println!("operations that showed objects: {showing:?}");
    assert!(showing.len() > 14 && count > 100, "{count} {showing:?}");
    // Owners are named, too.
    let text = std::fs::read_to_string(&server.audit).unwrap();
    let owners: BTreeSet<String> = text
        .lines()
        .flat_map(|line| serde_json::from_str::<Line>(line).unwrap().entry.shown.into_keys())
        .collect();
    assert!(owners.len() > 3, "{owners:?}");
}
