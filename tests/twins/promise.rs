//! The promise itself, over every operation of the document.

use std::collections::BTreeSet;

use accord::audit::{Entry, Line};
use rand_chacha::ChaCha8Rng;

use super::drivers::drivers;
use super::world::CALLER;
use super::{ask, dice, difference, folder, requests, seed, serve, serve_on, twins};
use crate::api::Server;

/// Pairs of databases, and requests to each pair: a case is a request to both of a pair.
const PAIRS: u64 = 100;
const REQUESTS: usize = 50;
/// The same on Neo4j.
const PAIRS_NEO4J: u64 = 4;

#[test]
fn every_operation_of_the_document_has_a_driver() {
    let document = serde_json::to_value(accord::api::document()).unwrap();
    let mut operations = BTreeSet::new();
    for item in document["paths"].as_object().unwrap().values() {
        for operation in item.as_object().unwrap().values() {
            operations.extend(operation["operationId"].as_str().map(str::to_owned));
        }
    }
    let driven: BTreeSet<String> =
        drivers::<ChaCha8Rng>().into_iter().map(|(name, _)| name.to_owned()).collect();
    assert_eq!(operations, driven, "an operation that nobody drives may leak");
}

/// What the audit log says that the caller's agency did.
fn trail(server: &Server) -> Vec<Entry> {
    let text = std::fs::read_to_string(&server.audit).unwrap();
    let lines = text.lines().map(|line| serde_json::from_str::<Line>(line).unwrap().entry);
    // The ids of writes are chance.
    let lines = lines.map(|entry| Entry { write: None, ..entry });
    let mut own: Vec<Entry> =
        lines.filter(|entry| entry.agency.as_deref() == Some(CALLER)).collect();
    // When a job stores its batches depends on how long it waits: they stand behind what was asked.
    own.sort_by_key(|entry| entry.operation.contains(" batch "));
    // How often it is asked whether a job has ended depends on how long it takes.
    own.dedup_by(|one, other| one == other && one.operation == "GET /v1/jobs/{id}");
    own
}

#[test]
fn what_a_caller_may_not_see_changes_no_byte_that_it_gets() {
    let seed = seed();
    println!("seed {seed}");
    let (mut asked, mut found, mut differed) = (0, 0, 0);
    for pair in 0..PAIRS {
        let mut rng = dice(seed, pair);
        let (one, other, caller) = twins(&mut rng);
        differed += usize::from(format!("{:?}", one.rows) != format!("{:?}", other.rows));
        let (first, second) = (serve(&one, &caller), serve(&other, &caller));
        let mut before = String::new();
        for request in requests(&mut rng, [&one, &other], REQUESTS) {
            let answers = [ask(&first.1, &request), ask(&second.1, &request)];
            found += usize::from(answers[0].status < 300);
            if let Some(difference) = difference(&request, &answers[0], &answers[1]) {
                panic!(
                    "seed {seed}, pair {pair}: {caller:?}\n{before}{difference}\n{one:#?}\n{other:#?}"
                );
            }
            let (method, path, status) = (request.method, &request.path, answers[0].status);
            before += &format!("{method} {path} {status}\n");
            asked += 1;
        }
        let trails = [trail(&first.0), trail(&second.0)];
        let other = trails[0].iter().zip(&trails[1]).find(|(one, other)| one != other);
        assert_eq!(other, None, "seed {seed}, pair {pair}: the caller's own audit trail");
        assert_eq!(trails[0].len(), trails[1].len(), "seed {seed}, pair {pair}");
        assert!(trails[0].len() * 2 > REQUESTS);
    }
    println!(
        "{asked} cases, {found} of them answered with something; {differed} pairs differ in rows"
    );
    assert!(asked >= 5_000);
    // The property can fail: the worlds do differ, and the caller does see things.
    assert!(differed * 2 > PAIRS as usize && found * 3 > asked);
}

#[test]
fn what_a_caller_may_not_see_changes_no_byte_that_it_gets_from_neo4j() {
    let neo4j = crate::neo4j::Neo4j::shared();
    let _alone = neo4j.alone();
    let seed = seed();
    let mut asked = 0;
    for pair in 0..PAIRS_NEO4J {
        let mut rng = dice(seed, 10_000 + pair);
        let (one, other, caller) = twins(&mut rng);
        let requests = requests(&mut rng, [&one, &other], REQUESTS);
        // One server holds one database at a time: the twins follow each other.
        let answers = [&one, &other].map(|world| {
            crate::store::emptied(neo4j);
            let (_server, client) = serve_on(folder(), &neo4j.address(), world, &caller);
            requests.iter().map(|request| ask(&client, request)).collect::<Vec<_>>()
        });
        for ((request, one), other) in requests.iter().zip(&answers[0]).zip(&answers[1]) {
            if let Some(difference) = difference(request, one, other) {
                panic!("seed {seed}, pair {pair}: {caller:?}\n{difference}");
            }
            asked += 1;
        }
    }
    assert!(asked >= 200);
}
