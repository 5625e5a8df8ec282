//! The promise itself, over every operation of the document.

use std::collections::BTreeSet;

use rand_chacha::ChaCha8Rng;

use super::asking::{Hand, Manner, ask_both, trails};
use super::drivers::drivers;
use super::{ask, dice, difference, folder, requests, seed, serve, serve_on, spelling, twins};
use crate::api::shown::assert_named;

/// The number of pairs of databases, and of requests to each pair: a case is a request to both of a pair.
const PAIRS: u64 = 100;
const REQUESTS: usize = 50;
/// The number of pairs on Neo4j.
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

#[test]
fn what_a_caller_may_not_see_changes_no_byte_that_it_gets() {
    let seed = seed();
    println!("seed {seed}");
    let (mut asked, mut found, mut differed, mut shown, mut repeated) = (0, 0, 0, 0, 0);
    for pair in 0..PAIRS {
        let mut rng = dice(seed, pair);
        let (one, other, caller) = twins(&mut rng);
        differed += usize::from(format!("{:?}", one.rows) != format!("{:?}", other.rows));
        let (first, second) = (serve(&one, &caller), serve(&other, &caller));
        let manner = Manner::of(pair);
        let mut before = String::new();
        let hand = Hand::of(seed, pair, REQUESTS);
        for request in requests(&mut rng, [&one, &other], &caller, &hand) {
            let (answer, other_answer) =
                ask_both([&first.1, &second.1], &request, manner, &mut rng);
            found += usize::from(answer.status < 300);
            let differs = other_answer.and_then(|other| difference(&request, &answer, &other));
            if let Some(difference) = differs {
                panic!(
                    "seed {seed}, pair {pair}: {caller:?}\n{before}{difference}\n{one:#?}\n{other:#?}"
                );
            }
            let (method, path, status) = (request.method, &request.path, answer.status);
            before += &format!("{method} {path} {status}\n");
            let asking = format!("seed {seed}, pair {pair}: {method} {path}");
            shown += assert_named(&first.0.audit, &asking, &answer);
            if spelling::is_repeating(&request) {
                assert_eq!(answer.status, 400, "{asking}: a parameter twice");
                repeated += 1;
            }
            asked += 1;
        }
        let (difference, logged) = trails([&first.0, &second.0], manner);
        assert_eq!(difference, None, "seed {seed}, pair {pair}");
        assert!(logged * 4 > REQUESTS);
    }
    println!(
        "{asked} cases, {found} of them answered with something; {differed} pairs differ in rows; \
         {shown} objects shown, all named in the audit log"
    );
    assert!(asked >= 5_000 && shown > 1_000 && repeated > 20, "{repeated} with a parameter twice");
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
        let hand = Hand::of(seed, pair, REQUESTS);
        let requests = requests(&mut rng, [&one, &other], &caller, &hand);
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
