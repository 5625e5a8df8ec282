//! kill -9 at random moments under load: what was acknowledged is there, nothing is there by half, and the entities are
//! those of a store that was made of the same rows in another order.

use std::collections::{BTreeMap, BTreeSet};
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use accord::graph::Cache;
use accord::ingest::SubmittedRow;
use accord::jobs;
use accord::model::{ClassId, Event, FormId, FormLink, IdKey, Judgement, Record, Tie};
use accord::resolve::{Engine, Model};
use accord::store::{self, SnapshotSink, Store};
use rand::RngExt;
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::SeedableRng;
use serde_json::{Value, json};

use super::logged::{Deployment, Serving, agent};
use super::queues::ask;
use super::text;
use crate::graph::world;

/// Cycles on one store; the next begins on an empty one, so that each is looked through quickly.
const CYCLES_OF_A_STORE: usize = 10;

/// A number in the environment, or else this one.
fn number(name: &str, otherwise: u64) -> u64 {
    std::env::var(name).map_or(otherwise, |text| text.parse().unwrap())
}

/// A row by its id: a person, a phone, a vehicle, two ties and an event. There are few people, so rows of all writers
/// become one entity.
fn row(id: &str) -> Value {
    let hash = blake3::hash(id.as_bytes());
    let pick = |at: usize, most: u8| hash.as_bytes()[at] % most;
    let given = ["Katarina", "Blerim", "Oluwaseun", "Marta", "Ion"][usize::from(pick(0, 5))];
    let family = ["Horvat", "Hoxha", "Adeyemi", "Kovac", "Popescu"][usize::from(pick(1, 5))];
    let born = format!("19{:02}-07-03", 60 + pick(2, 8));
    json!({
        "local_id": id, "source": "tips", "category": "suspect",
        "records": [
            { "slot": "p", "body": {
                "type": "person", "names": [{ "full": format!("{given} {family}") }], "birth_date": born,
            } },
            { "slot": "t", "body": { "type": "phone", "number": format!("+44 20 2555 01{:02}", pick(3, 60)) } },
            { "slot": "c", "body": { "type": "vehicle", "plate": format!("8BXK {:03}", pick(4, 60)) } },
        ],
        "ties": [
            { "kind": "USES", "from": "p", "to": "t" },
            { "kind": "DRIVES", "from": "p", "to": "c" },
        ],
        "events": [{ "kind": "sighting", "at": "2026-03-01T00:00:00Z",
                     "participants": { "subject": ["p"], "vehicle": ["c"] } }],
    })
}

/// Hands in rows, several at once or one after the other, until the server is gone. Returns the acknowledged ones.
fn write(server: &Serving, name: &str, (stop, sent): (&AtomicBool, &AtomicUsize)) -> Vec<String> {
    let (agent, mut done) = (agent(), Vec::new());
    for number in 0.. {
        let ids: Vec<String> = match number % 3 {
            0 => (0..3).map(|part| format!("{name}-{number}-{part}")).collect(),
            _ => vec![format!("{name}-{number}")],
        };
        let answer = match &ids[..] {
            [id] => ask(server, &agent, "/v1/records", Some(&row(id))),
            ids => {
                let rows: Vec<Value> = ids.iter().map(|id| row(id)).collect();
                ask(server, &agent, "/v1/records/batch", Some(&json!({ "rows": rows })))
            }
        };
        sent.fetch_add(1, Ordering::Relaxed);
        let Some(answer) = answer else { break };
        // A body that was cut off by the kill is no acknowledgement.
        if answer.status == 200 && answer.body["records"].is_array() {
            done.extend(ids);
        } else {
            assert!(answer.status == 200 && answer.body.is_null(), "{answer:?}");
        }
        if stop.load(Ordering::Relaxed) {
            break;
        }
    }
    done
}

/// How many records, ties and events each row has.
#[derive(Default)]
struct Parts {
    rows: BTreeMap<String, [usize; 3]>,
    owner: BTreeMap<accord::model::RecordId, String>,
}

impl SnapshotSink for Parts {
    fn record(&mut self, _: ClassId, _: FormId, record: Record) {
        let row = record.local_id.split('/').next().unwrap().to_owned();
        self.rows.entry(row.clone()).or_default()[0] += 1;
        self.owner.insert(record.id, row);
    }
    fn tie(&mut self, tie: Tie) {
        let row = self.owner[&tie.from].clone();
        self.rows.entry(row).or_default()[1] += 1;
    }
    fn event(&mut self, event: Event) {
        let row = self.owner[&event.participants[0].record].clone();
        self.rows.entry(row).or_default()[2] += 1;
    }
    fn link(&mut self, _: FormLink) {}
    fn judgement(&mut self, _: Judgement) {}
}

/// The rows of a store, each of which must be there with all of its parts.
fn whole_rows(store: &dyn Store) -> BTreeSet<String> {
    let mut parts = Parts::default();
    store.stream(crate::policy::whole(store).sight(), &mut parts).unwrap();
    for (row, parts) in &parts.rows {
        assert_eq!(*parts, [3, 2, 1], "{row} is there by half: records, ties, events");
    }
    parts.rows.into_keys().collect()
}

/// Everything that a snapshot of a whole store holds: entities, links, relationships.
fn everything(store: &dyn Store, engine: &Arc<Engine>) -> String {
    jobs::link_what_is_left(store, engine.as_ref()).unwrap();
    let cache = Cache::new(IdKey::default(), Arc::clone(engine));
    world::text(&cache.snapshot(store, &crate::policy::whole(store)).unwrap().0)
}

/// A store that was made of the same rows in the order of their names, ten at a time.
fn made_of(rows: &BTreeSet<String>, path: &std::path::Path, engine: &Engine) -> Arc<dyn Store> {
    let made = store::open(&text(path).parse().unwrap(), true).unwrap();
    let rows: Vec<&String> = rows.iter().collect();
    for ten in rows.chunks(10) {
        let output = |id: &&String| {
            let row: SubmittedRow = serde_json::from_value(row(id)).unwrap();
            row.into_output("metro-police", &IdKey::default()).unwrap()
        };
        let rows = ten.iter().map(output).collect();
        let due = crate::unlogged::making();
        jobs::submit(made.as_ref(), engine, rows, crate::policy::handed_in(), &due).unwrap();
    }
    made
}

#[test]
fn kill_9_at_random_moments_loses_nothing_acknowledged_and_leaves_nothing_by_half() {
    let cycles = number("ACCORD_KILLS", 10) as usize;
    let seed = number("ACCORD_SEED", rand::random());
    println!("ACCORD_SEED={seed} ACCORD_KILLS={cycles}");
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    let engine = Arc::new(Engine::new(Model::shipped()));
    let (mut sent, mut acknowledged, mut stored) = (0, 0, 0);
    for first in (0..cycles).step_by(CYCLES_OF_A_STORE) {
        let it = Deployment::new();
        let mut known: BTreeSet<String> = BTreeSet::new();
        let mut rows = BTreeSet::new();
        for cycle in first..cycles.min(first + CYCLES_OF_A_STORE) {
            let server = it.serve();
            let (stop, count) = (AtomicBool::new(false), AtomicUsize::new(0));
            let (least, pause) = (rng.random_range(0..24), rng.random_range(0..60_000));
            let done: Vec<String> = std::thread::scope(|scope| {
                let writers: Vec<_> = (0..4)
                    .map(|writer| {
                        let (server, shared) = (&server, (&stop, &count));
                        scope.spawn(move || write(server, &format!("{cycle}-{writer}"), shared))
                    })
                    .collect();
                let began = Instant::now();
                while count.load(Ordering::Relaxed) < least {
                    assert!(began.elapsed() < Duration::from_secs(60), "nothing is written");
                    std::thread::sleep(Duration::from_millis(1));
                }
                std::thread::sleep(Duration::from_micros(pause));
                let pid = server.child.id().to_string();
                assert!(Command::new("kill").args(["-9", &pid]).status().unwrap().success());
                stop.store(true, Ordering::Relaxed);
                writers.into_iter().flat_map(|writer| writer.join().unwrap()).collect()
            });
            drop(server);
            sent += count.load(Ordering::Relaxed);
            known.extend(done);
            let server = it.serve();
            server.is_ready(200);
            let opened = store::open(&text(&it.store()).parse().unwrap(), false).unwrap();
            rows = whole_rows(opened.as_ref());
            let lost: Vec<_> = known.difference(&rows).collect();
            assert!(lost.is_empty(), "cycle {cycle}: acknowledged and lost: {lost:?}");
            let folder = tempfile::tempdir().unwrap();
            let made = made_of(&rows, &folder.path().join("made.accord"), &engine);
            let (left, right) =
                (everything(opened.as_ref(), &engine), everything(made.as_ref(), &engine));
            assert!(left == right, "cycle {cycle}: not what a store made of the same rows holds");
        }
        acknowledged += known.len();
        stored += rows.len();
        it.head();
    }
    println!("{cycles} kills: {sent} requests, {acknowledged} rows acknowledged, {stored} stored");
    assert!(acknowledged > 0);
}
