//! Measurements, not laws: whether a hidden id can be told from an absent one by the time of its 404, and
//! what a view costs.
//!
//! `accord generate --people 10000 --agencies 6 --seed 11 --out scenario`,
//! `accord import --store scenario.accord scenario/manifest.toml`, then
//! `ACCORD_SCENARIO=scenario.accord cargo test --release --test integration -- --ignored --nocapture twins::timing`

use std::time::{Duration, Instant};

use accord::govern::{Field, Grant, POLICY_DOCUMENT, Role};
use accord::model::{Body, ClassId, Event, Judgement, Link, Record, SubjectCategory, Tie};
use accord::store::{SnapshotSink, Store};
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

/// One agency that everybody tells everything beside one whose agreements keep fields, categories and tiers
/// back: the same questions, one after the other.
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
/// An agency that holds nothing and is told everything.
const WHOLE: &str = "hub";

/// Questions after people whom the store knows.
fn probes(store: &dyn Store) -> Vec<Value> {
    struct People(Vec<Value>);
    impl SnapshotSink for People {
        fn record(&mut self, _: ClassId, record: Record) {
            if let Body::Person(_) = record.body {
                self.0.push(json!({ "body": record.body }));
            }
        }
        fn tie(&mut self, _: Tie) {}
        fn event(&mut self, _: Event) {}
        fn link(&mut self, _: Link) {}
        fn judgement(&mut self, _: Judgement) {}
    }
    let mut people = People(Vec::new());
    store.stream(crate::policy::whole(store).sight(), &mut people).unwrap();
    let step = people.0.len() / 1_000;
    people.0.into_iter().step_by(step.max(1)).collect()
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
