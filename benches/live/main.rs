//! Benchmark of a server over HTTP while it is written to: a synthetic scenario is imported, the server is started as
//! its operators start it, and agencies ask and hand in rows at fixed rates. All counts are fixed, so it stops by itself.
//!
//! `cargo bench --bench live [-- PEOPLE]`; 1,000 people make about 10,000 records, 10,000 100,000 and 100,000 1,000,000.
//! `ACCORD_LIVE_STORE` names a store to use (made if it is missing), so that one import serves several runs, and
//! `ACCORD_LIVE_RATES` the resolves and writes a second (`200,20`).

#![allow(clippy::print_stdout, clippy::unwrap_used, reason = "a measurement, not a part")]
#![allow(missing_docs, reason = "a program")]

mod load;
mod server;

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use load::{Load, Timed, percentiles};
use server::{Caller, Server};

/// People of the scenario when none are asked for.
const PEOPLE: u64 = 1_000;
/// The agencies that ask, each within a view of its own.
const ASKING: [&str; 5] = [
    "metro-police",
    "border-guard",
    "highway-patrol",
    "financial-intelligence",
    "labour-inspectorate",
];
/// Resolves asked at a fixed rate while rows are written.
const RESOLVES: usize = 4_000;
/// Resolves asked one after the other by all clients at once, without writes.
const RESOLVES_AT_ONCE: usize = 6_000;
/// Clients that ask at once.
const CLIENTS: usize = 8;
/// Single rows handed in one after the other by each of the clients.
const SINGLES: usize = 250;
/// Batches of rows handed in, and rows of each.
const BATCHES: (usize, usize) = (10, 1_000);

fn main() {
    let people = std::env::args().skip(1).find_map(|it| it.parse().ok()).unwrap_or(PEOPLE);
    let folder = tempfile::tempdir().unwrap();
    let store = match std::env::var_os("ACCORD_LIVE_STORE") {
        Some(store) => PathBuf::from(store),
        None => folder.path().join("live.accord"),
    };
    if !store.exists() {
        import(folder.path(), &store, people);
    }
    let callers: Vec<Caller> = ASKING.map(|agency| server::caller(&store, agency)).into();
    let began = Instant::now();
    let server = Server::start(&store);
    println!("ready {:.2} s after start, {} MB", began.elapsed().as_secs_f64(), server.megabytes());
    for caller in &callers {
        let load = Load { server: &server, callers: &callers, seed: 1 };
        let first = load.resolve_as(caller, 0);
        println!("first question of {:24} {:8.1} ms", caller.agency, first.as_secs_f64() * 1e3);
    }
    println!("resident after the first view of each: {} MB", server.megabytes());
    let load = Load { server: &server, callers: &callers, seed: 2 };
    load.at_once(CLIENTS, CLIENTS * 50, |number| load.resolve(number));
    let (took, times) = load.at_once(CLIENTS, RESOLVES_AT_ONCE, |number| load.resolve(number));
    println!(
        "resolves a second, {CLIENTS} clients: {:.0}",
        RESOLVES_AT_ONCE as f64 / took.as_secs_f64()
    );
    percentiles("  each", &times);
    let (reads, writes) = rates();
    under_writes(&load, (reads, writes));
    let (took, times) =
        load.at_once(CLIENTS, SINGLES * CLIENTS, |number| load.hand_in(number + 1_000_000, 1));
    println!(
        "durable single rows a second: {:.0}",
        (SINGLES * CLIENTS) as f64 / took.as_secs_f64()
    );
    percentiles("  each", &times);
    let (batches, rows) = BATCHES;
    let (took, times) =
        load.at_once(1, batches, |number| load.hand_in(2_000_000 + number * rows, rows));
    println!(
        "rows a second in batches of {rows}: {:.0}",
        (batches * rows) as f64 / took.as_secs_f64()
    );
    percentiles("  each", &times);
    println!("resident at the end: {} MB", server.megabytes());
}

/// Resolves and writes a second.
fn rates() -> (f64, f64) {
    let asked = std::env::var("ACCORD_LIVE_RATES").ok();
    let rates = asked.as_deref().and_then(|rates| rates.split_once(','));
    rates.map_or((200.0, 20.0), |(reads, writes)| (reads.parse().unwrap(), writes.parse().unwrap()))
}

/// Asks and writes at fixed rates at the same time. Each write is followed by its writer's look at what it wrote.
fn under_writes(load: &Load<'_>, (reads, writes): (f64, f64)) {
    let every = |rate: f64| Duration::from_secs_f64(1.0 / rate);
    let count = (RESOLVES as f64 / reads * writes) as usize;
    let (asked, written) = std::thread::scope(|scope| {
        let asking =
            scope.spawn(|| load.at_rate(CLIENTS, RESOLVES, every(reads), |it| load.resolve(it)));
        let writing =
            scope.spawn(|| load.at_rate(2, count, every(writes), |it| load.write_and_look(it)));
        (asking.join().unwrap(), writing.join().unwrap())
    });
    println!("at {reads} resolves and {writes} writes a second:");
    percentiles("  resolve", &asked);
    let of = |part: fn(&(Timed, Timed)) -> Timed| written.iter().map(part).collect::<Vec<_>>();
    percentiles("  write", &of(|it| it.0));
    percentiles("  look of its writer", &of(|it| it.1));
}

fn import(folder: &Path, store: &Path, people: u64) {
    let scenario = folder.join("scenario");
    let people = people.to_string();
    let out = scenario.to_str().unwrap();
    server::run(&["generate", "--people", &people, "--no-baselines", "--seed", "11", "--out", out]);
    let manifest = scenario.join("manifest.toml");
    let began = Instant::now();
    server::run(&["import", "--store", store.to_str().unwrap(), manifest.to_str().unwrap()]);
    let size = std::fs::metadata(store).unwrap().len() >> 20;
    println!(
        "import of {people} people's scenario: {:.1} s, {size} MB",
        began.elapsed().as_secs_f64()
    );
}
