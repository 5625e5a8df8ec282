//! Measurements without limits: if a hidden id can be told from an absent one by the time of its 404, and the cost of a
//! view.
//!
//! `accord generate --people 10000 --agencies 6 --seed 11 --out scenario`,
//! `accord import --store scenario.accord scenario/manifest.toml`, then
//! `ACCORD_SCENARIO=scenario.accord cargo test --release --test integration -- --ignored --nocapture twins::timing`

use std::time::{Duration, Instant};

use accord::govern::{Field, Grant, POLICY_DOCUMENT, Role};
use accord::ingest::SubmittedRow;
use accord::model::{
    Body, ClassId, Content, Event, FormId, FormLink, IdKey, Judgement, Record, SubjectCategory, Tie,
};
use accord::resolve::{Engine, Model};
use accord::store::{Batch, NewRecord, SnapshotSink, Store};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use serde_json::{Value, json};

use crate::api::{AGENCIES, Server};
use crate::policy;

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

/// Requests of each of the two callers.
const RESOLVES: usize = 10_000;

/// Compares an agency that is disclosed everything with one whose agreements withhold fields, categories and tiers: the
/// same questions, one after the other.
#[test]
#[ignore = "a measurement"]
fn a_resolve_within_a_view_beside_an_unrestricted_one() {
    let Ok(path) = std::env::var("ACCORD_SCENARIO") else { return println!("no ACCORD_SCENARIO") };
    let folder = super::folder();
    let copy = folder.path().join("store.accord");
    std::fs::copy(path, &copy).unwrap();
    let server = Server::on(folder, &copy.to_str().unwrap().parse().unwrap());
    let mut policy = policy::everyone_shares(&[&AGENCIES[..], &[WHOLE]].concat());
    let limited = AGENCIES.iter().filter(|agency| **agency != LIMITED).map(|discloser| {
        let subject =
            [SubjectCategory::Suspect, SubjectCategory::Contact, SubjectCategory::Unknown];
        let grant = Grant { subject: subject.into(), tier_max: 2, ..policy::everything() };
        let mut terms = policy::terms(discloser, &[LIMITED], vec![grant]);
        terms.fields_never = [Field::BirthPlace, Field::HomeAddress].into();
        (policy::agreement_id(&format!("{discloser}_{LIMITED}")), policy::signed(terms))
    });
    policy.agreements.retain(|_, agreement| {
        let terms = &mut agreement.versions[0].terms;
        terms.recipients.remove(LIMITED);
        *agreement = policy::signed(terms.clone());
        true
    });
    policy.agreements.extend(limited);
    server
        .store
        .put_document(POLICY_DOCUMENT, &policy.to_document(), &crate::unlogged::MAKING)
        .unwrap();
    let callers = [LIMITED, WHOLE].map(|agency| server.user(agency, "u", &[Role::Investigator]));
    let people = probes(server.store.as_ref());
    for caller in &callers {
        // The snapshot of the view.
        caller.post("/v1/resolve", &people[0]).ok();
    }
    let mut times: [Vec<Duration>; 2] = Default::default();
    let mut found = [0; 2];
    for number in 0..2 * RESOLVES {
        let which = (number + number / 2) % 2;
        let probe = &people[number / 2 % people.len()];
        let began = Instant::now();
        let answer = callers[which].post("/v1/resolve", probe);
        times[which].push(began.elapsed());
        found[which] += answer.ok()["total"].as_u64().unwrap();
    }
    let [within, whole] = &mut times;
    within.sort();
    whole.sort();
    for (name, part) in [("median", 0.5), ("p99", 0.99)] {
        let [within, whole] = [&*within, &*whole].map(|it| it[(it.len() as f64 * part) as usize]);
        let ratio = within.as_secs_f64() / whole.as_secs_f64();
        println!(
            "{RESOLVES} each, {name}: within {within:.2?}, unrestricted {whole:.2?}, ratio {ratio:.3}"
        );
    }
    println!("entities found: within {}, unrestricted {}", found[0], found[1]);
}

const LIMITED: &str = "metro-police";
/// An agency that holds nothing and is disclosed everything.
const WHOLE: &str = "hub";

/// Makes questions for people in the store.
fn probes(store: &dyn Store) -> Vec<Value> {
    struct People(Vec<Value>);
    impl SnapshotSink for People {
        fn record(&mut self, _: ClassId, _: FormId, record: Record) {
            if let Body::Person(_) = record.body {
                self.0.push(json!({ "body": record.body }));
            }
        }
        fn tie(&mut self, _: Tie) {}
        fn event(&mut self, _: Event) {}
        fn link(&mut self, _: FormLink) {}
        fn judgement(&mut self, _: Judgement) {}
    }
    let mut people = People(Vec::new());
    store.stream(crate::policy::whole(store).sight(), &mut people).unwrap();
    let step = people.0.len() / 1_000;
    people.0.into_iter().step_by(step.max(1)).collect()
}

/// Rows that the caller may not see and that share a name.
const HIDDEN: usize = 5_000;
/// Pairs of which the caller's rows are removed together, so that they meet few of their own.
const ROUND: usize = 20;
/// The largest AUC with which times may tell hidden rows from absent ones; 0.5 is chance.
const AUC_MAX: f64 = 0.55;
/// The name in the hidden rows, and one of the same shape that no row has.
const NAMES: [&str; 2] = ["Ignatius Wexcombe", "Octavian Brumfold"];

/// A person with one of [`NAMES`]: the hidden ones are all of them other people.
fn person(local_id: &str, name: &str, birth: Option<String>) -> Value {
    let mut body = json!({ "type": "person", "names": [{ "full": name }] });
    if let Some(birth) = birth {
        body["birth_date"] = birth.into();
    }
    json!({
        "local_id": local_id, "source": "s", "handling": "own", "category": "unknown",
        "records": [{ "slot": "p", "body": body }],
    })
}

/// Rows of another agency that it keeps for itself, as an import would have stored them.
fn hide(store: &dyn Store, engine: &Engine) {
    let mut batch = Batch::default();
    for number in 0..HIDDEN {
        let (year, month, day) = (1930 + number / 336, number / 28 % 12 + 1, number % 28 + 1);
        let birth = Some(format!("{year}-{month:02}-{day:02}"));
        let row: SubmittedRow =
            serde_json::from_value(person(&format!("h{number}"), NAMES[0], birth)).unwrap();
        for record in row.into_output("harbour-shelter", &IdKey::default()).unwrap().records {
            let keys = engine.keys(&engine.prepare(&record));
            let content = Content(record.id.0);
            batch.records.push(NewRecord { record, content, keys });
        }
    }
    let mut transaction = store.begin(&crate::unlogged::MAKING).unwrap();
    transaction.put(&batch).unwrap();
    transaction.commit().unwrap();
}

/// Removes what an agency holds.
fn remove_all_of(store: &dyn Store, agency: &str) {
    let classes = store.classes().unwrap();
    let own = classes.iter().filter(|(_, class)| class.label.agency == agency);
    let mut transaction = store.begin(&crate::unlogged::MAKING).unwrap();
    transaction.purge(&own.map(|(id, _)| *id).collect()).unwrap();
    transaction.commit().unwrap();
}

/// Rows with a name that 5,000 hidden rows share beside rows with a name that none has, in pairs, which first by
/// chance: how long a write takes, the first answer after it, and the question who bears the name.
/// `ACCORD_PAIRS` for another number of pairs than 10,000.
#[test]
#[ignore = "a measurement"]
fn a_write_takes_as_long_whatever_hidden_rows_share_its_name() {
    let pairs = std::env::var("ACCORD_PAIRS").map_or(10_000, |pairs| pairs.parse().unwrap());
    let server = Server::empty();
    let engine = Engine::new(Model::shipped());
    hide(server.store.as_ref(), &engine);
    let client = server.agency("metro-police");
    let mut rng = ChaCha8Rng::seed_from_u64(11);
    // Of each kind of question, by the name.
    let mut times: [[Vec<Duration>; 2]; 3] = Default::default();
    // The first make what later ones find.
    let warm = ROUND;
    for pair in 0..pairs + warm {
        if pair % ROUND == 0 {
            remove_all_of(server.store.as_ref(), "metro-police");
        }
        let first = usize::from(rng.random_bool(0.5));
        for which in [first, 1 - first] {
            let row = person(&format!("{pair}-{which}"), NAMES[which], None);
            let probe = json!({ "body": row["records"][0]["body"] });
            let (stored, write) = timed(|| client.post("/v1/records", &row).ok());
            let path = format!("/v1/records/{}", stored["records"][0].as_str().unwrap());
            let (_, read) = timed(|| client.get(&path).ok());
            let (_, resolve) = timed(|| client.post("/v1/resolve", &probe).ok());
            if pair >= warm {
                let [writes, reads, resolves] = &mut times;
                writes[which].push(write);
                reads[which].push(read);
                resolves[which].push(resolve);
            }
        }
    }
    let kinds = ["write", "first read after it", "resolve"];
    let told: Vec<f64> =
        kinds.iter().zip(&mut times).map(|(kind, times)| tell(kind, times)).collect();
    assert!(told.iter().all(|auc| *auc <= AUC_MAX), "time tells: {told:?}");
}

/// Measures the time of a question that the caller asks while the links of hidden rows are looked for after its write.
#[test]
#[ignore = "a measurement"]
fn a_question_takes_as_long_while_links_of_hidden_rows_are_found() {
    let pairs = std::env::var("ACCORD_PAIRS").map_or(10_000, |pairs| pairs.parse().unwrap());
    let server = Server::empty();
    hide(server.store.as_ref(), &Engine::new(Model::shipped()));
    let client = server.agency("metro-police");
    let mut rng = ChaCha8Rng::seed_from_u64(12);
    let mut times: [Vec<Duration>; 2] = Default::default();
    for pair in 0..pairs {
        let first = usize::from(rng.random_bool(0.5));
        for which in [first, 1 - first] {
            let row = person(&format!("{pair}-{which}"), NAMES[which], None);
            let stored = client.post("/v1/records", &row).ok();
            let path = format!("/v1/records/{}", stored["records"][0].as_str().unwrap());
            client.get(&path).ok();
            std::thread::sleep(WAIT);
            times[which].push(timed(|| client.get(&path).ok()).1);
            // The other write must find the store as it was.
            remove_all_of(server.store.as_ref(), "metro-police");
            while !server.store.unlinked(0).unwrap().is_empty() {
                std::thread::sleep(WAIT);
            }
            std::thread::sleep(WAIT);
        }
    }
    let told = tell("a question while links are found", &mut times);
    assert!(told <= AUC_MAX, "time tells: {told}");
}

/// Time after a write in which the server begins to look for links.
const WAIT: Duration = Duration::from_millis(80);

/// Prints what times with a hidden and with an unused name are like, and how well they can be told apart.
fn tell(kind: &str, [hidden, unused]: &mut [Vec<Duration>; 2]) -> f64 {
    hidden.sort();
    unused.sort();
    let auc = auc(hidden, unused);
    let part = |times: &[Duration], part: f64| times[(times.len() as f64 * part) as usize];
    println!(
        "{} pairs, {kind}: medians {:.2?} (hidden) {:.2?} (unused), p99 {:.2?} {:.2?}, AUC {auc:.3}",
        hidden.len(),
        part(hidden, 0.5),
        part(unused, 0.5),
        part(hidden, 0.99),
        part(unused, 0.99),
    );
    auc
}

fn timed<T>(ask: impl FnOnce() -> T) -> (T, Duration) {
    let began = Instant::now();
    let answer = ask();
    (answer, began.elapsed())
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
