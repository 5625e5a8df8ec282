//! Requests to a pair, and what two answers differ in.

use std::collections::BTreeSet;

use accord::model::{EntityType, RecordId};
use rand_chacha::ChaCha8Rng;
use serde_json::Value;

use super::drivers::{Pool, Request, drivers};
use super::world::{self, World};
use crate::api::{Answer, Client};

/// Operations that say most of what there is, or take an id which another may bear, and how often they are asked
/// while the others are asked every second time: the more operations there are, the fewer requests each would get.
const OFTEN: [(&str, usize); 10] = [
    ("search", 16),
    ("resolve", 18),
    ("get_entity", 12),
    ("submit_record", 14),
    ("list_neighbours", 10),
    ("run_query", 6),
    ("get_record", 4),
    ("explain_pair", 4),
    ("deconflict", 4),
    ("submit_batch", 3),
];

pub fn ask(client: &Client, request: &Request) -> Answer {
    let body = request.body.as_ref().map(Value::to_string).unwrap_or_default();
    let media_type = request.body.as_ref().map(|_| "application/json");
    let answer = client.send(request.method, &request.path, media_type, body.as_bytes());
    if request.path == "/v1/imports" && answer.status == 202 {
        // What comes after is compared too: wait until the job has ended.
        let id = answer.json()["id"].as_str().unwrap().to_owned();
        while ["queued", "running"]
            .contains(&client.get(&format!("/v1/jobs/{id}")).ok()["state"].as_str().unwrap())
        {
            std::thread::sleep(std::time::Duration::from_millis(2));
        }
    }
    answer
}

/// What two answers differ in, if in anything. A job that was just started may have begun or not.
pub fn difference(request: &Request, one: &Answer, other: &Answer) -> Option<String> {
    let strip = |answer: &Answer| {
        let mut answer = answer.clone();
        if request.path == "/v1/imports" && answer.status == 202 {
            let job = answer.json();
            answer.body = job["id"].to_string().into_bytes();
            answer.headers.retain(|(name, _)| name != "content-length");
        }
        answer
    };
    let (one, other) = (strip(one), strip(other));
    let told =
        |answer: &Answer| format!("{} {:?}\n{}", answer.status, answer.headers, answer.text());
    (one != other).then(|| format!("{request:?}\n{}\n{}", told(&one), told(&other)))
}

/// Requests to a pair.
pub fn requests(rng: &mut ChaCha8Rng, worlds: [&World; 2], count: usize) -> Vec<Request> {
    let records: BTreeSet<(RecordId, EntityType)> =
        worlds.iter().flat_map(|world| world::records(&world.rows)).collect();
    let records: Vec<_> = records.into_iter().collect();
    let names = worlds
        .iter()
        .map(|world| &world.policy)
        .flat_map(|it| it.agreements.keys().chain(it.cases.keys()).chain(it.break_glass.keys()))
        .cloned();
    let named: Vec<String> = names.collect::<BTreeSet<_>>().into_iter().collect();
    let drivers = drivers::<ChaCha8Rng>();
    let mut left = Vec::new();
    (0..count)
        .map(|_| {
            if left.is_empty() {
                left = (0..drivers.len())
                    .filter(|_| rand::RngExt::random_bool(rng, 0.5))
                    .collect::<Vec<_>>();
                for (name, times) in OFTEN {
                    let at = drivers.iter().position(|(driver, _)| *driver == name).unwrap();
                    left.extend(std::iter::repeat_n(at, times));
                }
                rand::seq::SliceRandom::shuffle(left.as_mut_slice(), rng);
            }
            let driver = drivers[left.pop().unwrap()].1;
            driver(&mut Pool { rng, records: &records, named: &named })
        })
        .collect()
}
