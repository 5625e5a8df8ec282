//! Whatever an answer shows is in its audit entry: one test over all operations of the document.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use accord::audit::{Entry, Line};

use super::{Answer, Server, documentation};

/// All ids of entities and records in a text.
fn named(text: &str) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for prefix in ["ent_", "rec_"] {
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

/// Asserts that the entries of an audit log name whatever the answers of these requests showed; tells how many
/// objects they name.
pub fn assert_named(log: &Path, answers: &[(String, Answer)]) -> usize {
    let text = std::fs::read_to_string(log).unwrap();
    let entries = text.lines().map(|line| serde_json::from_str::<Line>(line).unwrap().entry);
    let entries: BTreeMap<String, Entry> =
        entries.map(|entry| (entry.request.clone(), entry)).collect();
    let mut count = 0;
    for (request, answer) in answers.iter().filter(|(_, answer)| answer.status < 300) {
        let entry = &entries[answer.header("x-request-id").unwrap()];
        let logged: BTreeSet<String> = entry.shown.values().flatten().cloned().collect();
        let shown = named(&answer.text());
        let left_out: Vec<&String> = shown.difference(&logged).collect();
        assert!(left_out.is_empty(), "{request} shows what its entry leaves out: {left_out:?}");
        count += logged.len();
    }
    count
}

#[test]
fn every_object_that_an_answer_names_is_in_its_audit_entry() {
    let server = Server::demo();
    let client = server.user("metro-police", "all", &documentation::EVERY_ROLE);
    let mut answers = Vec::new();
    for ((method, path), operation) in documentation::all() {
        let name = operation["operationId"].as_str().unwrap();
        if ["begin_session", "end_session"].contains(&name) {
            continue;
        }
        let answer = documentation::ask(&client, &method, &path, &operation);
        answers.push((name.to_owned(), answer));
    }
    answers.retain(|(_, answer)| !named(&answer.text()).is_empty() && answer.status < 300);
    let showing: Vec<&String> = answers.iter().map(|(name, _)| name).collect();
    println!("operations that showed objects: {showing:?}");
    assert!(showing.len() > 14, "{showing:?}");
    assert!(assert_named(&server.audit, &answers) > 100);
    // Owners are named, too.
    let text = std::fs::read_to_string(&server.audit).unwrap();
    let owners: BTreeSet<String> = text
        .lines()
        .flat_map(|line| serde_json::from_str::<Line>(line).unwrap().entry.shown.into_keys())
        .collect();
    assert!(owners.len() > 3, "{owners:?}");
}
