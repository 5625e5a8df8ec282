//! Seventeen deliberate leaks, each caught: proof that the twins would find one.
//!
//! `cargo test --features seeded-leaks twins::seeded`: by itself, since a leak is on for the whole process.

use accord::leak::{Leak, switch};

use super::asking::{Manner, ask_both, trails};
use super::{dice, difference, requests, seed, serve, twins};

/// Cases within which each leak must be caught.
const CASES_MAX: usize = 500;
/// Requests to a pair: fewer than usual, so that there are more pairs.
const REQUESTS: usize = 10;

/// How many cases it took to catch a leak, and in what.
fn caught(leak: Option<Leak>) -> Option<(usize, String)> {
    let mut asked = 0;
    for pair in 0..(CASES_MAX / REQUESTS) as u64 {
        let mut rng = dice(seed(), pair);
        let (one, other, caller) = twins(&mut rng);
        let (first, second) = (serve(&one, &caller), serve(&other, &caller));
        let manner = Manner::of(pair);
        for request in requests(&mut rng, [&one, &other], REQUESTS) {
            asked += 1;
            switch(leak);
            let (answer, other) = ask_both([&first.1, &second.1], &request, manner, &mut rng);
            switch(None);
            if let Some(found) = other.and_then(|other| difference(&request, &answer, &other)) {
                return Some((asked, format!("pair {pair}: {found}")));
            }
        }
        if let (Some(found), _) = trails([&first.0, &second.0], manner) {
            return Some((asked, format!("pair {pair}: {found}")));
        }
    }
    None
}

#[test]
fn each_of_seventeen_leaks_is_caught_within_500_cases() {
    let mut missed = Vec::new();
    for leak in Leak::ALL {
        let began = std::time::Instant::now();
        match caught(Some(leak)) {
            Some((cases, found)) => {
                let first: String =
                    found.lines().next().unwrap_or_default().chars().take(150).collect();
                println!("{leak:?}: {cases} cases, {:.0?}, {first}", began.elapsed());
            }
            None => missed.push(leak),
        }
    }
    assert!(missed.is_empty(), "not caught: {missed:?}");
    assert_eq!(caught(None), None, "what no leak causes is caught");
}
