//! A measurement, not a law: whether a hidden id can be told from an absent one by the time of its 404.
//!
//! `cargo test --release --test integration -- --ignored --nocapture twins::timing`

use std::time::{Duration, Instant};

use serde_json::json;

use crate::api::Server;

const LOOK_UPS: usize = 10_000;

#[test]
#[ignore = "a measurement"]
fn a_hidden_record_takes_as_long_as_one_that_never_was() {
    let server = Server::demo();
    let row = json!({
        "local_id": "hidden", "source": "s", "handling": "own", "category": "victim",
        "records": [{ "slot": "p", "body": { "type": "person", "names": [{ "full": "Ana" }] } }],
    });
    let stored = server.agency("harbour-shelter").post("/v1/records", &row).ok();
    let hidden = format!("/v1/records/{}", stored["records"][0].as_str().unwrap());
    let absent = format!("/v1/records/rec_{}", "0123456789abcdef".repeat(2));
    let client = server.agency("metro-police");
    for _ in 0..200 {
        client.get(&hidden);
    }
    let mut times: [Vec<Duration>; 2] = Default::default();
    for number in 0..LOOK_UPS {
        // Interleaved, and which comes first changes.
        let which = (number + number / 2) % 2;
        let began = Instant::now();
        let answer = client.get([&hidden, &absent][which]);
        times[which].push(began.elapsed());
        assert_eq!(answer.status, 404);
    }
    let [one, other] = &mut times;
    one.sort();
    other.sort();
    let medians = [one[one.len() / 2], other[other.len() / 2]];
    println!("{LOOK_UPS} look-ups, medians {medians:?}, AUC {:.3}", auc(one, other));
}

/// The probability that one of the first takes longer than one of the second, ties by half; above a half.
fn auc(one: &[Duration], other: &[Duration]) -> f64 {
    let wins: f64 = one
        .iter()
        .map(|time| {
            let below = other.partition_point(|it| it < time) as f64;
            let ties = other.partition_point(|it| it <= time) as f64 - below;
            below + ties / 2.0
        })
        .sum();
    let auc = wins / (one.len() * other.len()) as f64;
    auc.max(1.0 - auc)
}
