//! A measurement, not a law: the memory of many views in use.
//!
//! `accord generate --people 100000 --agencies 6 --seed 11 --out scenario`,
//! `accord import --store big.accord scenario/manifest.toml`, then
//! `ACCORD_MEASURE=big.accord cargo test --release --test integration -- --ignored --nocapture graph::memory`

use std::sync::Arc;
use std::time::Instant;

use accord::govern::{Principal, Purpose, Question, Role, Rules, View};
use accord::graph::{Cache, CompactSnapshot, SharedObjects};
use accord::model::{ClassSet, IdKey};
use accord::resolve::{Engine, Model};
use accord::store;

use crate::api::AGENCIES;
use crate::policy::{self, CASE, time};

const VIEWS: usize = 50;

/// Resident memory of this process in megabytes.
fn resident() -> f64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find(|line| line.starts_with("VmRSS:")).unwrap();
    line.split_whitespace().nth(1).unwrap().parse::<f64>().unwrap() / 1024.0
}

#[test]
#[ignore = "a measurement"]
fn fifty_views_in_use_over_a_large_store() {
    let Ok(path) = std::env::var("ACCORD_MEASURE") else { return println!("no ACCORD_MEASURE") };
    let store = store::open(&path.parse().unwrap(), false).unwrap();
    let classes = store.classes().unwrap();
    let engine = Arc::new(Engine::new(Model::shipped()));
    let cache = || Cache::new(IdKey::default(), Arc::clone(&engine));
    let policy = policy::everyone_shares(&AGENCIES);
    let view = |agency: &str, case: &str| {
        let principal = Principal {
            agency: agency.into(),
            user: "u".into(),
            roles: [Role::Investigator].into(),
            purposes: None,
            certified: false,
            attributes: [].into(),
        };
        let (purpose, case) = (Purpose::TraffickingInvestigation, case.parse().unwrap());
        let at = time("2026-09-21T14:13:20Z");
        let question = Question { principal: &principal, purpose, case: &case, at };
        View::decide(&question, &Rules::of(policy.clone()), &classes).view
    };
    let say = |what: &str, (kept, packed): (usize, usize), began: Instant| {
        let resident = resident();
        let took = began.elapsed();
        println!(
            "{what}: {kept} views kept, {packed} packed, {resident:.0} MB resident, {took:.1?}"
        );
    };
    println!("{} classes; before: {:.0} MB resident", classes.len(), resident());

    let one = cache();
    let began = Instant::now();
    let first = view("metro-police", CASE);
    let (snapshot, _) = one.masked(store.as_ref(), &first, CASE).unwrap();
    println!(
        "{} records, {} entities, {} ties, {} events, {} links, {} relationships",
        snapshot.records().len(),
        snapshot.entities().len(),
        snapshot.ties().len(),
        snapshot.events().len(),
        snapshot.links().len(),
        snapshot.relationships().len()
    );
    let mut shared = SharedObjects::default();
    shared.add(&snapshot);
    let packed = CompactSnapshot::of(&snapshot, &shared).bytes() as f64 / 1e6;
    println!("own part: {:.1} MB, packed {packed:.1} MB", snapshot.own_bytes() as f64 / 1e6);
    drop((snapshot, shared));
    say("one view", one.kept(), began);

    let mut held = Vec::new();
    let began = Instant::now();
    for number in 0..VIEWS {
        let case = format!("case-{number}");
        held.push(one.masked(store.as_ref(), &first, &case).unwrap().0);
    }
    say("50 callers of one set of classes, each in a case of its own", one.kept(), began);
    drop(held);

    // As many sets of classes as views: each lacks some classes of the whole.
    let began = Instant::now();
    let views: Vec<View> = (0..VIEWS)
        .map(|number| {
            let lacks = |at: usize| at % VIEWS == number;
            let seen = first.classes().iter().enumerate().filter(|(at, _)| !lacks(*at));
            let classes = seen.map(|(_, class)| class).collect::<ClassSet>();
            View::of_holder(&crate::policy::holder(), classes)
        })
        .collect();
    for (number, view) in views.iter().enumerate() {
        one.masked(store.as_ref(), view, CASE).unwrap();
        if number % 10 == 9 {
            say(&format!("and {} sets of classes", number + 1), one.kept(), began);
        }
    }

    let mut took = Vec::new();
    for view in &views {
        let began = Instant::now();
        one.masked(store.as_ref(), view, CASE).unwrap();
        took.push(began.elapsed());
    }
    took.sort();
    println!("asked again: median {:.1?}, worst {:.1?}", took[VIEWS / 2], took[VIEWS - 1]);
    say("all asked again", one.kept(), began);

    let began = Instant::now();
    for agency in AGENCIES {
        for case in [CASE, "MY-1"] {
            one.masked(store.as_ref(), &view(agency, case), case).unwrap();
        }
    }
    say("and six agencies, in a case and outside of it", one.kept(), began);
}
