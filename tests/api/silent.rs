//! Silent alerts: an owner is told when its black records are asked for, the asker is not, whenever the server stops.

use accord::govern::{DeskBook, POLICY_DOCUMENT, Policy};
use accord::store::StoreAddress;
use serde_json::{Value, json};

use super::governance::{POLICE, SHELTER, agreed, approvers, row, terms};
use super::server::file;
use super::{Client, Server};

/// The prefix of the documents that keep questions until the owners have been told.
const KEPT: &str = "silent/";

/// Makes an agreement by which the shelter keeps its suspects black from the police, and is told when they ask for one.
fn foreseen(server: &Server) {
    server
        .store
        .put_document(POLICY_DOCUMENT, &Policy::default().to_document(), &crate::unlogged::MAKING)
        .unwrap();
    let shelter = server.agency(SHELTER);
    shelter.post("/v1/records", &row("1", "suspect", "+442025550143")).ok();
    shelter.post("/v1/records", &row("2", "contact", "+442025550199")).ok();
    agreed(
        server,
        &terms(json!([{
            "kinds": ["person", "phone"], "subject": ["suspect", "unknown"], "level": "black",
            "purposes": ["deconfliction"], "silent_alert": true,
        }])),
    );
}

fn police(server: &Server) -> Client {
    server.agency(POLICE).asking(Some("deconfliction"), Some("MP-1"))
}

/// Asks for the suspect, or for somebody else of the name.
fn ask(server: &Server, born: &str, covert: bool) {
    let person = json!({ "kind": "person", "name": "Katarina Horvat", "birth_date": born });
    let body = json!({ "identifiers": [person], "covert": covert });
    assert_eq!(police(server).post("/v1/deconflict", &body).ok()["pointers"], json!([]));
}

/// Returns the silent alerts in the shelter's inbox, once no question is left.
fn heard(server: &Server) -> Vec<Value> {
    let patience = std::time::Instant::now();
    while !server.store.documents(KEPT).unwrap().is_empty() && patience.elapsed().as_secs() < 20 {
        std::thread::sleep(std::time::Duration::from_millis(20));
    }
    assert!(server.store.documents(KEPT).unwrap().is_empty(), "something is left");
    let messages = server.agency(SHELTER).get("/v1/inbox").ok()["messages"].clone();
    let messages = messages.as_array().unwrap().clone();
    messages.into_iter().filter(|it| it["kind"] == "asked_silently").collect()
}

#[test]
fn an_owner_hears_silently_of_what_it_keeps_black_where_its_agreement_foresees_it() {
    let server = Server::empty();
    foreseen(&server);
    ask(&server, "1991-07-03", true);
    ask(&server, "1990-05-04", false);
    ask(&server, "1991-07-03", false);
    let told = heard(&server);
    assert_eq!(told.len(), 1, "neither of the covert question nor of what it does not hold");
    assert!(!told[0].to_string().contains("Horvat"));
    ask(&server, "1991-07-03", false);
    assert_eq!(heard(&server).len(), 2, "asked twice, heard twice");
    assert_eq!(
        police(&server).get("/v1/inbox").ok()["messages"],
        json!([]),
        "nothing to the asker"
    );
    let mut white = terms(json!([{
        "kinds": ["person"], "subject": ["suspect"], "level": "white", "silent_alert": true,
        "purposes": ["deconfliction"],
    }]));
    white["id"] = json!("mou-2");
    let refused = approvers(&server, SHELTER)[0].post("/v1/agreements", &white);
    assert_eq!(refused.json()["faults"][0]["reason"], "silent_alert_without_black");
}

#[test]
fn an_alert_that_a_stop_came_before_is_given_at_the_next_start_and_given_once() {
    let folder = tempfile::tempdir().unwrap();
    let address: StoreAddress = file(&folder.path().join("store.accord"));
    let book = DeskBook::document(SHELTER);
    let left = {
        let server = Server::on(tempfile::tempdir().unwrap(), &address);
        foreseen(&server);
        // The alert cannot be given: the answer leaves, and then the server stops.
        server.store.put_document(&book, "torn", &crate::unlogged::MAKING).unwrap();
        ask(&server, "1991-07-03", false);
        ask(&server, "1991-07-03", true);
        ask(&server, "1990-05-04", false);
        let store = std::sync::Arc::clone(&server.store);
        drop(server);
        store.documents(KEPT).unwrap()
    };
    assert!(!left.is_empty(), "kept before the answer left");
    let text = format!("{left:?}");
    for told in ["Horvat", "Katarina", "1991", POLICE, SHELTER, "MP-1", "analyst"] {
        assert!(!text.contains(told), "{told} lies open in the store: {text}");
    }
    {
        let store = accord::store::open(&address, false).unwrap();
        let empty = DeskBook::default().to_document();
        store.put_document(&book, &empty, &crate::unlogged::MAKING).unwrap();
    }
    let server = Server::again(&address);
    let told = heard(&server);
    assert_eq!(told.len(), 1);
    assert!(!told[0].to_string().contains("Horvat"));
    // A stop after the alert and before the question was forgotten: it is not given again.
    for (name, sealed) in &left {
        server.store.put_document(name, sealed, &crate::unlogged::MAKING).unwrap();
    }
    drop(server);
    let server = Server::again(&address);
    assert_eq!(heard(&server), told);
}

#[test]
fn what_was_altered_in_the_store_alerts_nobody_and_does_not_keep_the_server_from_starting() {
    let folder = tempfile::tempdir().unwrap();
    let address: StoreAddress = file(&folder.path().join("store.accord"));
    let server = Server::on(tempfile::tempdir().unwrap(), &address);
    foreseen(&server);
    let name = format!("{KEPT}{}", "0".repeat(32));
    server.store.put_document(&name, "a256gcm:00:AAAA", &crate::unlogged::MAKING).unwrap();
    drop(server);
    let server = Server::again(&address);
    ask(&server, "1991-07-03", false);
    let patience = std::time::Instant::now();
    while server.store.documents(KEPT).unwrap().len() > 1 && patience.elapsed().as_secs() < 20 {
        std::thread::sleep(std::time::Duration::from_millis(20));
    }
    assert_eq!(server.store.documents(KEPT).unwrap().into_keys().collect::<Vec<_>>(), [name]);
    let told = server.agency(SHELTER).get("/v1/inbox").ok()["messages"].clone();
    assert_eq!(told.as_array().unwrap().len(), 1);
}
