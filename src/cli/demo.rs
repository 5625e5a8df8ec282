//! `accord demo`: the whole job on a small scenario, then the server.

use std::collections::{BTreeMap, BTreeSet};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use accord::analyze::movement::{Itinerary, MovementOptions, itinerary};
use accord::analyze::shared_hub::{SharedHubOptions, shared_hubs};
use accord::api::{FAILURES_A_MINUTE, Notice};
use accord::govern::Role;
use accord::graph::{Snapshot, VIEW_BYTES_MAX};
use accord::identity::SealingKey;
use accord::ingest::load_manifest;
use accord::model::{EntityType, RecordId};
use accord::scenario::{self, Options};
use accord::store::{Store, StoreAddress};
use serde::Deserialize;

use super::holder::make_logged;
use super::key::{self, Key};
use super::queries::QueryArguments;
use super::serve::Placed;
use super::settings::EngineArguments;
use super::sharing::{Sharing, key_of};
use super::{CommandError, evaluate, import, serve, stdout};

/// The whole job on a small scenario: import, link, show what was found, then serve it
///
/// Makes the files of six agencies (the same as in fixtures/demo), imports and links them, prints
/// what it found against the answer key, and serves the API with a key for an analyst of each
/// agency. Everything lies in a folder of its own, removed at the end unless --dir names one.
#[derive(clap::Args)]
#[command(after_help = "Examples:
  accord demo
  accord demo --listen 127.0.0.1:9000 --dir demo")]
pub struct Arguments {
    #[command(flatten)]
    engine: EngineArguments,
    /// The address to listen on; port 0 takes a free one
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:8080")]
    listen: SocketAddr,
    /// Keep files, store and audit log in this folder
    #[arg(long, value_name = "FOLDER")]
    dir: Option<PathBuf>,
    /// A store elsewhere, e.g. an empty Neo4j: bolt://user:password@host:port
    #[arg(long, value_name = "STORE")]
    store: Option<StoreAddress>,
    #[command(flatten)]
    queries: QueryArguments,
    /// Print what was found and end
    #[arg(long)]
    no_serve: bool,
}

/// The scenario of `fixtures/demo`.
const PEOPLE: u64 = 300;
const AGENCIES: usize = 6;
const SEED: u64 = 7;

/// Number of findings that are printed.
const FINDINGS_SHOWN: usize = 8;
/// Number of visits of a route that are printed.
const VISITS_SHOWN: usize = 8;

/// The user whose keys are printed.
const USER: &str = "analyst";

pub fn run(arguments: Arguments) -> Result<ExitCode, CommandError> {
    let temporary = arguments.dir.is_none();
    let folder = arguments.dir.clone().unwrap_or_else(|| {
        std::env::temp_dir().join(format!("accord-demo-{}", std::process::id()))
    });
    let outcome = demo(arguments, &folder);
    if temporary {
        // Files that cannot be removed are left to the system.
        let _ = std::fs::remove_dir_all(&folder);
    }
    outcome
}

fn demo(arguments: Arguments, folder: &Path) -> Result<ExitCode, CommandError> {
    if !arguments.no_serve {
        serve::check_free(arguments.listen)?;
    }
    let in_folder = || StoreAddress::File(folder.join("demo.accord"));
    let address = arguments.store.clone().unwrap_or_else(in_folder);
    let (id_key, engine) = (arguments.engine.id_key(), arguments.engine.engine()?);
    let (library, runner) = arguments.queries.runner(&address)?;
    let files = folder.join("scenario");
    std::fs::create_dir_all(&files)?;
    let options = Options {
        people: PEOPLE,
        agencies: AGENCIES,
        seed: SEED,
        contacts: false,
        groups: false,
        out: files.clone(),
    };
    scenario::generate(&options, &mut |_| {})?;
    let audit = folder.join("demo.accord.audit");
    let (opened, log) = make_logged(&address, &audit)?;
    stdout::line(format_args!("The files of {AGENCIES} agencies, imported and linked:\n"))?;
    let (_, sources) = load_manifest(&files.join("manifest.toml"), &id_key)?;
    let readers = import::readers(&sources)?;
    let report = import::with_bar((opened.as_ref(), &log), &engine, readers, None)?;
    stdout::print(import::text(&report))?;

    let key = key::read(&files.join("key.csv"), &id_key)?;
    let snapshot = evaluate::whole(opened.as_ref(), &id_key, &engine)?;
    stdout::line("\nThe entities found, against the answer key:\n")?;
    stdout::print(evaluate::text(&evaluate::against(&key, &snapshot)))?;

    stdout::line("\nPhones, addresses and vehicles that unusually many unrelated people share:\n")?;
    let cases = cases(&files.join("rings.csv"))?;
    stdout::print(findings(&snapshot, &key, &cases))?;

    stdout::line("\nA route:\n")?;
    stdout::print(route(&snapshot, &key, &cases))?;
    drop(snapshot);

    stdout::line("\nWhat the agencies agreed on, and what comes of it:\n")?;
    let now = accord::model::Timestamp::from(jiff::Timestamp::now());
    let sharing = Sharing { store: opened.as_ref(), engine: &engine, id_key: &id_key, now };
    let agencies = sources_agencies(&sources);
    stdout::print(sharing.tell(&agencies)?)?;

    if arguments.no_serve {
        return Ok(ExitCode::SUCCESS);
    }
    stdout::line(format_args!(
        "\nKeys of the case's users (x-case: the case's id), of approvers, and of an analyst of each agency (x-case: a \
         reference of their own, e.g. REF-1):\n"
    ))?;
    stdout::print(format_args!("{}{}", sharing.keys()?, keys(opened.as_ref(), &agencies)?))?;
    log.settle();
    drop(log);
    // Looking at the demo may take longer than a quarter of an hour.
    let privileged_minutes = 720;
    let placed = Placed {
        store: opened,
        engine,
        library,
        runner,
        id_key,
        listen: arguments.listen,
        audit,
        identity: Default::default(),
        sealing: SealingKey::of_file(&folder.join("demo.accord.key"), rand::random())?,
        privileged_minutes,
        notice: Notice::default(),
        tls: None,
        view_bytes_max: VIEW_BYTES_MAX,
        failures_a_minute: FAILURES_A_MINUTE,
    };
    serve::serve(placed, |address| {
        stdout::line(format_args!(
            "\nOpen http://{address}/docs/ , press Authorize, paste a key, try any operation.\n\
             Ctrl-C ends it."
        ))
    })
}

fn sources_agencies(sources: &[accord::ingest::Source]) -> BTreeSet<String> {
    sources.iter().map(|source| source.mapper.agency().to_owned()).collect()
}

/// Makes a key for an analyst of each agency, and one for an operator who reads the metrics.
fn keys(store: &dyn Store, agencies: &BTreeSet<String>) -> Result<String, CommandError> {
    let mut text = String::new();
    for agency in agencies {
        let key = key_of(store, agency, USER, &[Role::Analyst, Role::Investigator])?;
        text += &format!("  {:<42} {key}\n", format!("{agency}, {USER}"));
    }
    let key = key_of(store, "operations", "operator", &[Role::SystemAdministrator])?;
    text += &format!("  {:<42} {key}\n", "(metrics and agencies only)");
    Ok(text)
}

/// A planted case: its kind, whether it is a ring or a decoy, and the true ids of its members.
struct Case {
    kind: String,
    truth: String,
    members: BTreeSet<String>,
}

#[derive(Deserialize)]
struct CaseRow {
    id: String,
    kind: String,
    member: String,
    truth: String,
}

fn cases(path: &Path) -> Result<BTreeMap<String, Case>, CommandError> {
    let mut cases: BTreeMap<String, Case> = BTreeMap::new();
    for row in csv::Reader::from_path(path)?.deserialize() {
        let row: CaseRow = row?;
        let case = cases.entry(row.id).or_insert_with(|| Case {
            kind: row.kind,
            truth: row.truth,
            members: BTreeSet::new(),
        });
        case.members.insert(row.member);
    }
    Ok(cases)
}

/// The best findings, with the planted case of their people according to the answer key.
fn findings(snapshot: &Snapshot, key: &Key, cases: &BTreeMap<String, Case>) -> String {
    let report = shared_hubs(snapshot, &SharedHubOptions::default());
    let mut text = format!(
        "{:<9} {:<8} {:>6} {:>9} {:>9} {:>8}  {:<24} the key says\n",
        "hub", "strength", "score", "unrelated", "agencies", "q", "name"
    );
    for finding in report.findings.iter().take(FINDINGS_SHOWN) {
        let hub = &snapshot.entities()[finding.about];
        let strength = finding.strength.as_str();
        text += &format!(
            "{:<9} {strength:<8} {:>6.2} {:>9} {:>9} {:>8.4}  {:<24} {}\n",
            hub.entity_type.as_str(),
            finding.score,
            finding.u,
            finding.agencies.len(),
            finding.q,
            snapshot.name(finding.about),
            truth(finding.subjects.iter().flat_map(|subject| &subject.records), key, cases),
        );
    }
    text += &format!(
        "{} findings in all; {} more hubs are explained (shelter, hotel, switchboard, ...)\n",
        report.findings.len(),
        report.exempted.len()
    );
    text
}

/// The planted case that most of the people of these records belong to.
fn truth<'a>(
    records: impl Iterator<Item = &'a RecordId>,
    key: &Key,
    cases: &BTreeMap<String, Case>,
) -> String {
    let people: BTreeSet<&String> = records.filter_map(|record| person(key, record)).collect();
    let shared = |case: &Case| case.members.iter().filter(|it| people.contains(it)).count();
    match cases.values().max_by_key(|case| shared(case)) {
        Some(case) if shared(case) > 0 => {
            format!("{} `{}`, {} of its people", case.truth, case.kind, shared(case))
        }
        _ => "nothing planted".to_owned(),
    }
}

fn person<'a>(key: &'a Key, record: &RecordId) -> Option<&'a String> {
    let (entity_type, entity) = key.get(record)?;
    (*entity_type == EntityType::Person).then_some(entity)
}

/// The vehicle with the longest recurring sequence of cities, its route, and the planted case of the people around it
/// according to the answer key.
fn route(snapshot: &Snapshot, key: &Key, cases: &BTreeMap<String, Case>) -> String {
    let vehicles = snapshot
        .entities()
        .enumerated()
        .filter(|(_, entity)| entity.entity_type == EntityType::Vehicle);
    let options = MovementOptions::default();
    let most = vehicles
        .map(|(index, _)| itinerary(snapshot, index, &options))
        .max_by_key(|found| (recurrence(found), std::cmp::Reverse(found.entity)));
    let Some(found) = most.filter(|found| !found.routes.is_empty()) else {
        return "none was found\n".to_owned();
    };
    let vehicle = &snapshot.entities()[found.entity];
    let mut text = format!(
        "vehicle {}, {} records of {} agencies\n",
        snapshot.name(found.entity),
        vehicle.records.len(),
        snapshot.agencies(found.entity).len()
    );
    let longest = found.routes.iter().max_by_key(|route| route.visits.len());
    for visit in longest.iter().flat_map(|route| &route.visits).take(VISITS_SHOWN) {
        text += &format!("  {:<12} {} to {}\n", found.city(visit), visit.from, visit.to);
    }
    for pattern in found.patterns.iter().take(1) {
        let cities = found.cities(pattern).join(" - ");
        text += &format!("  {cities}: {} times\n", pattern.occurrences.len());
    }
    let around = snapshot.neighbours_of(found.entity);
    let records = around.iter().flat_map(|entity| snapshot.entities()[*entity].records.iter());
    let records = records.map(|record| &snapshot.records()[*record].id);
    text += &format!("  the key says of the people around it: {}\n", truth(records, key, cases));
    text
}

/// Distinct cities of the longest pattern, then how often it occurs.
fn recurrence(found: &Itinerary) -> (usize, usize) {
    let first = found.patterns.first();
    first.map_or((0, 0), |pattern| {
        (pattern.cities.iter().collect::<BTreeSet<_>>().len(), pattern.occurrences.len())
    })
}
