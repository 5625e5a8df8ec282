//! Twelve deliberate leaks, each caught: proof that the twins would find one.
//!
//! `cargo test --features seeded-leaks twins::seeded`: by itself, since a leak is on for the whole process.

use accord::leak::{Leak, switch};

use super::{ask, dice, difference, requests, seed, serve, twins};

/// Cases within which each leak must be caught.
const CASES_MAX: usize = 500;
/// Requests to a pair: fewer than usual, so that there are more pairs.
const REQUESTS: usize = 10;

/// How many cases it took to catch a leak.
fn caught(leak: Leak) -> Option<usize> {
    let mut asked = 0;
    for pair in 0.. {
        let mut rng = dice(seed(), pair);
        let (one, other, caller) = twins(&mut rng);
        let (first, second) = (serve(&one, &caller), serve(&other, &caller));
        for request in requests(&mut rng, [&one, &other], REQUESTS) {
            if asked == CASES_MAX {
                return None;
            }
            asked += 1;
            switch(Some(leak));
            let answers = [ask(&first.1, &request), ask(&second.1, &request)];
            switch(None);
            if difference(&request, &answers[0], &answers[1]).is_some() {
                return Some(asked);
            }
        }
    }
    None
}

#[test]
fn each_of_twelve_leaks_is_caught_within_500_cases() {
    let found: Vec<_> = Leak::ALL.iter().map(|leak| (leak, caught(*leak))).collect();
    for (leak, cases) in &found {
        println!("{leak:?}: {cases:?}");
    }
    assert!(found.iter().all(|(_, cases)| cases.is_some()), "{found:?}");
}
