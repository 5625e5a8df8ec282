//! Requests to a pair, and what two answers differ in.

use std::collections::BTreeSet;

use accord::audit::{Entry, Line};
use rand_chacha::ChaCha8Rng;
use serde_json::Value;

use super::drivers::{Known, Pool, Request, drivers};
use super::spelling;
use super::world::{CALLER, Row, World};
use crate::api::{Answer, Client, Server};

/// Operations that say most of what there is, or take an id which another may bear, and how often they are asked
/// while the others are asked every second time: the more operations there are, the fewer requests each would get.
const OFTEN: [(&str, usize); 10] = [
    ("search", 20),
    ("resolve", 18),
    ("get_entity", 12),
    ("submit_record", 14),
    ("list_neighbours", 10),
    ("run_query", 6),
    ("get_record", 4),
    ("explain_pair", 24),
    ("deconflict", 4),
    ("submit_batch", 3),
];

pub fn ask(client: &Client, request: &Request) -> Answer {
    let body = request.body.as_ref().map(Value::to_string).unwrap_or_default();
    let media_type = request.body.as_ref().map(|_| "application/json");
    let answer = client.send(request.method, &request.path, media_type, body.as_bytes());
    settled(client, request, answer)
}

/// What tells how often each use of break-glass was used, by what was refused too: where refused writes are not asked
/// of both, neither is it.
const BREAK_GLASS: &str = "GET /v1/break-glass";

/// How the second of two twins is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Manner {
    /// In another spelling than the first.
    Respelled,
    /// As the first, but for the writes that the first refused: what is refused must leave nothing behind.
    WithoutRefusedWrites,
}

impl Manner {
    /// Each manner for every second pair.
    pub fn of(pair: u64) -> Self {
        if pair.is_multiple_of(2) { Self::Respelled } else { Self::WithoutRefusedWrites }
    }
}

/// Asks both of a pair; the answers, that of the second where it was asked.
pub fn ask_both(
    [first, second]: [&Client; 2],
    request: &Request,
    manner: Manner,
    rng: &mut ChaCha8Rng,
) -> (Answer, Option<Answer>) {
    let one = ask(first, request);
    let other = match manner {
        Manner::Respelled => {
            let spelling = spelling::respelled(request, rng);
            let answer = spelling::send(second, request, &spelling);
            Some(settled(second, request, answer))
        }
        Manner::WithoutRefusedWrites if request.method == "POST" && one.status >= 400 => None,
        Manner::WithoutRefusedWrites
            if format!("{} {}", request.method, request.path) == BREAK_GLASS =>
        {
            None
        }
        Manner::WithoutRefusedWrites => Some(ask(second, request)),
    };
    (kept_alive(one), other.map(kept_alive))
}

/// An answer without what depends on whether its connection stays open.
fn kept_alive(mut answer: Answer) -> Answer {
    answer.headers.retain(|(name, _)| !["connection", "keep-alive"].contains(&name.as_str()));
    answer
}

/// The answer, after what it began has ended: what comes after is compared, too.
fn settled(client: &Client, request: &Request, answer: Answer) -> Answer {
    if request.path == "/v1/imports" && answer.status == 202 {
        let id = answer.json()["id"].as_str().unwrap().to_owned();
        while ["queued", "running"]
            .contains(&client.get(&format!("/v1/jobs/{id}")).ok()["state"].as_str().unwrap())
        {
            std::thread::sleep(std::time::Duration::from_millis(2));
        }
    }
    answer
}

/// What the audit log says that the caller's agency did; where refused writes were not asked of both, without them.
fn trail(server: &Server, manner: Manner) -> Vec<Entry> {
    let text = std::fs::read_to_string(&server.audit).unwrap();
    let lines = text.lines().map(|line| serde_json::from_str::<Line>(line).unwrap().entry);
    // The ids of writes are chance.
    let lines = lines.map(|entry| Entry { write: None, ..entry });
    let mut own: Vec<Entry> =
        lines.filter(|entry| entry.agency.as_deref() == Some(CALLER)).collect();
    // When a job stores its batches depends on how long it waits: they stand behind what was asked.
    own.sort_by_key(|entry| entry.operation.contains(" batch "));
    if manner == Manner::WithoutRefusedWrites {
        own.retain(|entry| entry.status < 400 || !entry.operation.starts_with("POST"));
        own.retain(|entry| entry.operation != BREAK_GLASS);
    }
    // How often it is asked whether a job has ended depends on how long it takes.
    own.dedup_by(|one, other| one == other && one.operation == "GET /v1/jobs/{id}");
    own
}

/// What the trails of the caller's agency in both of a pair differ in, if in anything; and how long they are.
pub fn trails(servers: [&Server; 2], manner: Manner) -> (Option<String>, usize) {
    let [one, other] = servers.map(|server| trail(server, manner));
    let differ = one.iter().zip(&other).find(|(one, other)| one != other);
    let differ = differ.map(|differ| format!("the caller's own audit trail: {differ:#?}"));
    let lengths = (one.len() != other.len()).then(|| {
        format!("the caller's own audit trail: {} entries and {}", one.len(), other.len())
    });
    (differ.or(lengths), one.len())
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

/// The records of a row.
fn known(row: &Row) -> impl Iterator<Item = Known> {
    row.records().into_iter().map(|(id, entity_type)| Known {
        id,
        entity_type,
        is_own: row.agency == CALLER,
        is_victim: row.label(entity_type.into()).category.is_victim(),
        is_shared: row.agency == CALLER || row.json["handling"] == "shared",
    })
}

/// Requests to a pair.
pub fn requests(rng: &mut ChaCha8Rng, worlds: [&World; 2], count: usize) -> Vec<Request> {
    let rows = worlds.iter().flat_map(|world| &world.rows);
    let records: BTreeSet<Known> = rows.flat_map(known).collect();
    let records: Vec<Known> = records.into_iter().collect();
    let names = worlds.iter().map(|world| &world.policy).flat_map(|it| {
        let agreements = it.agreements.keys().map(ToString::to_string);
        let cases = it.cases.keys().map(ToString::to_string);
        agreements.chain(cases).chain(it.break_glass.keys().map(ToString::to_string))
    });
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
            let request = driver(&mut Pool { rng, records: &records, named: &named });
            let repeats = rand::RngExt::random_bool(rng, 0.03);
            if repeats { spelling::repeating(request, rng) } else { request }
        })
        .collect()
}
