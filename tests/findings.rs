//! The findings of the indicators on the demo scenario, against its answer key.

#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "a test that prints its figures")]

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::Arc;

use accord::analyze::shared_hub::{Exemption, SharedHubOptions, Strength, shared_hubs};
use accord::graph::{EntityIndex, Setting, Snapshot, build_in};
use accord::model::{EntityType, IdKey, RecordId, TieKind};

use crate::api::AGENCIES;
use crate::graph::fixture::DEMO;

/// A planted case: kind, truth, true ids of its members.
type Cases = BTreeMap<String, (String, String, BTreeSet<String>)>;

fn demo(file: &str) -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/demo").join(file)
}

fn rows(file: &str) -> Vec<Vec<String>> {
    let mut reader = csv::Reader::from_path(demo(file)).unwrap();
    reader
        .records()
        .map(|row: Result<csv::StringRecord, _>| row.unwrap().iter().map(str::to_owned).collect())
        .collect()
}

/// The true entity of every record.
fn truth() -> BTreeMap<RecordId, String> {
    let of = |row: Vec<String>| (IdKey::default().record(&row[0], &row[1]), row[3].clone());
    rows("key.csv").into_iter().map(of).collect()
}

fn cases() -> Cases {
    let mut cases = Cases::new();
    for row in rows("rings.csv") {
        let of = || (row[1].clone(), row[3].clone(), BTreeSet::new());
        cases.entry(row[0].clone()).or_insert_with(of).2.insert(row[2].clone());
    }
    cases
}

/// The most members of a case that ties link with one true phone, address or vehicle, less the
/// number needed there: 0 or more where there is a hub to be found.
fn surplus(
    snapshot: &Snapshot,
    truth: &BTreeMap<RecordId, String>,
    members: &BTreeSet<String>,
) -> i64 {
    let options = SharedHubOptions::default();
    let mut hubs: BTreeMap<(EntityType, &String), BTreeSet<&String>> = BTreeMap::new();
    for tie in snapshot
        .ties()
        .iter()
        .filter(|tie| !matches!(tie.kind, TieKind::WorksFor | TieKind::AssociatedWith))
    {
        let hub = &snapshot.records()[snapshot.record(tie.to).unwrap()];
        let (person, of) = (&truth[&tie.from], hub.entity_type());
        if members.contains(person) && person.starts_with("person") {
            hubs.entry((of, &truth[&tie.to])).or_default().insert(person);
        }
    }
    let over = |((of, _), people): (&(EntityType, &String), &BTreeSet<&String>)| {
        people.len() as i64 - options.threshold(*of) as i64
    };
    hubs.iter().filter(|((of, _), _)| *of != EntityType::Organization).map(over).max().unwrap_or(-9)
}

/// The members of the case among the people.
fn known<'a>(
    snapshot: &Snapshot,
    truth: &'a BTreeMap<RecordId, String>,
    people: &[EntityIndex],
    members: &BTreeSet<String>,
) -> BTreeSet<&'a String> {
    people
        .iter()
        .flat_map(|person| snapshot.entities()[*person].records.iter())
        .map(|record| &truth[&snapshot.records()[*record].id])
        .filter(|id| members.contains(*id))
        .collect()
}

/// The rings of which at least two blocks of people are in a finding.
fn rings(
    snapshot: &Snapshot,
    truth: &BTreeMap<RecordId, String>,
    cases: &Cases,
) -> BTreeSet<String> {
    let report = shared_hubs(snapshot, &SharedHubOptions::default());
    let is_found = |members: &BTreeSet<String>| {
        report.findings.iter().any(|finding| {
            let subjects = finding.subjects.iter();
            let of_case =
                subjects.filter(|it| !known(snapshot, truth, &it.people, members).is_empty());
            of_case.count() >= 2
        })
    };
    let rings = cases.iter().filter(|(_, (_, truth_is, _))| truth_is == "ring");
    rings.filter(|(_, (.., members))| is_found(members)).map(|(id, _)| id.clone()).collect()
}

/// Rings through victims' phones are found by a victim specialist of the case as by who sees everything, and by
/// joins among what others wrote.
#[test]
fn rings_are_found_by_those_who_may_see_them() {
    let (truth, cases) = (truth(), cases());
    for agency in AGENCIES {
        let plain = DEMO.snapshot(agency);
        let victims = plain.records().iter().filter(|record| record.label.category.is_victim());
        let victims: BTreeSet<RecordId> = victims.map(|record| record.id).collect();
        let seen = |unmasked: &BTreeSet<RecordId>| {
            let setting = Setting { unmasked: Some(unmasked), shared: None };
            let view = DEMO.view(agency);
            let built = build_in(&DEMO.store, &view, &DEMO.id_key, &DEMO.engine, &setting);
            Arc::new(built.unwrap().0).masked()
        };
        let all = rings(&plain, &truth, &cases);
        let (specialist, analyst) = (seen(&victims), seen(&BTreeSet::new()));
        assert_eq!(rings(&specialist, &truth, &cases), all, "{agency}");
        let masked = rings(&analyst, &truth, &cases);
        println!("{agency}: {} victims' records, rings {all:?}, masked {masked:?}", victims.len());
        assert!(masked.len() * 2 >= all.len() && !all.is_empty(), "{agency}");
    }
}

#[test]
fn shared_hubs_finds_planted_rings_and_leaves_decoys_alone() {
    let (snapshot, truth, cases) = (DEMO.whole(), truth(), cases());
    let report = shared_hubs(&snapshot, &SharedHubOptions::default());
    println!("populations {:?}", report.populations);
    let mut of_cases: BTreeSet<usize> = BTreeSet::new();
    let (mut hubs, mut found, mut decoys) = (0, 0, 0);
    let mut alerted: Vec<&str> = Vec::new();
    for (id, (kind, truth_is, members)) in &cases {
        let of_case: Vec<usize> = (0..report.findings.len())
            .filter(|at| {
                let subjects = &report.findings[*at].subjects;
                let of_case =
                    |people: &[EntityIndex]| !known(&snapshot, &truth, people, members).is_empty();
                subjects.iter().filter(|subject| of_case(&subject.people)).count() >= 2
            })
            .collect();
        of_cases.extend(&of_case);
        let has_hub = surplus(&snapshot, &truth, members) >= 0;
        println!("{id} {kind} {truth_is}: many at one {has_hub}, findings {of_case:?}");
        if truth_is == "ring" && has_hub {
            hubs += 1;
            found += usize::from(!of_case.is_empty());
        } else if truth_is == "decoy" {
            decoys += 1;
            if !of_case.is_empty() {
                alerted.push(kind.as_str());
            }
        }
    }
    for (at, finding) in report.findings.iter().enumerate() {
        let hub = &snapshot.entities()[finding.about];
        println!(
            "{at} {:?} {} u {} of {} p {:.2e} rank {:.2e} q {:.2e} score {:.2} {:?} agencies {} \
             counterfactual {} {} cautions {:?} ratio {:.3}",
            hub.entity_type,
            snapshot.name(finding.about),
            finding.u,
            finding.firing_at,
            finding.p,
            finding.p_rank,
            finding.q,
            finding.score,
            finding.strength,
            finding.agencies.len(),
            finding.counterfactual.records.len(),
            finding.counterfactual.exact,
            finding.cautions,
            finding.null.ratio
        );
    }
    for exempted in &report.exempted {
        let hub = &snapshot.entities()[exempted.about];
        println!(
            "exempt {:?} {} u {} {:?}",
            hub.entity_type,
            snapshot.name(exempted.about),
            exempted.u,
            exempted.reason
        );
    }
    let strays = report.findings.len() - of_cases.len();
    println!(
        "rings with a hub found {found} of {hubs}; decoys alerted {} of {decoys} {alerted:?}; \
         findings of no case {strays} of {}",
        alerted.len(),
        report.findings.len()
    );
    assert!(found * 10 >= hubs * 9, "{found} of {hubs} rings");
    // A harvest crew in one house and a labour camp in one house differ in who is paid, which
    // is not this indicator's to see: it may fire, but must warn.
    let unexplained: Vec<_> = alerted.iter().filter(|kind| **kind != "harvest_crew").collect();
    assert!(unexplained.is_empty(), "{unexplained:?}");
    assert!(
        report
            .findings
            .iter()
            .all(|finding| { finding.cautions.is_empty() || finding.strength == Strength::Weak })
    );
    assert!(strays * 10 <= report.findings.len(), "{strays} findings of no case");
    let exempt = |of: &str| {
        report.exempted.iter().any(|exempted| match &exempted.reason {
            Exemption::Organization { kind, .. } => kind.as_deref() == Some(of),
            _ => false,
        })
    };
    assert!(["shelter", "hotel", "hospital"].into_iter().all(exempt));
}
