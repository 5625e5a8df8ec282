//! Tests of the promises of a whole scenario: the same bytes by seed, a key that fits the files, hard but
//! honest data, planted cases over several agencies, journeys that are possible.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use super::baselines::rows;
use super::places::{CITIES, distance_km};
use super::{Options, Summary, baselines, generate};
use accord_engine::ingest::mapping::{Manifest, Mapping, Value};

/// How the committed fixture was made.
fn fixture_options(out: PathBuf) -> Options {
    options(300, 6, 7, out)
}

fn options(people: u64, agencies: usize, seed: u64, out: PathBuf) -> Options {
    Options { people, agencies, seed, contacts: false, groups: false, out }
}

fn made(people: u64, agencies: usize, seed: u64) -> (tempfile::TempDir, Summary) {
    let dir = tempfile::tempdir().unwrap();
    let options = options(people, agencies, seed, dir.path().to_owned());
    let summary = generate(&options, &mut |_| {}).unwrap();
    (dir, summary)
}

fn contents(dir: &Path) -> BTreeMap<String, Vec<u8>> {
    std::fs::read_dir(dir)
        .unwrap()
        .map(|entry| entry.unwrap())
        .map(|entry| {
            let name = entry.file_name().into_string().unwrap();
            (name, std::fs::read(entry.path()).unwrap())
        })
        .collect()
}

fn read_toml<T: serde::de::DeserializeOwned>(path: PathBuf) -> T {
    toml::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
}

fn mappings(dir: &Path) -> Vec<(String, Mapping)> {
    let manifest: Manifest = read_toml(dir.join("manifest.toml"));
    let load = |mapping: &str| read_toml::<Mapping>(dir.join(mapping));
    manifest.files.into_iter().map(|file| (file.path, load(&file.mapping))).collect()
}

/// agency, record id, type, entity.
fn key(dir: &Path) -> Vec<[String; 4]> {
    let text = std::fs::read_to_string(dir.join("key.csv")).unwrap();
    let line = |line: &str| -> [String; 4] {
        line.split(',').map(str::to_owned).collect::<Vec<_>>().try_into().unwrap()
    };
    text.lines().skip(1).map(line).collect()
}

#[test]
fn the_committed_fixture_is_what_the_generator_makes() {
    let fixture = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/demo");
    let dir = tempfile::tempdir().unwrap();
    let summary = generate(&fixture_options(dir.path().to_owned()), &mut |_| {}).unwrap();
    assert!((2_700..3_500).contains(&summary.records), "{summary:?}");
    let (committed, now) = (contents(&fixture), contents(dir.path()));
    assert!(committed.keys().eq(now.keys()));
    for (name, bytes) in now {
        assert!(committed[&name] == bytes, "{name} differs: run the generator again");
    }
}

#[test]
fn simple_matchers_do_badly_on_the_fixture_and_on_other_seeds() {
    let fixture = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/demo");
    let others: Vec<_> = (1..6).map(|seed| made(300, 6, seed).0).collect();
    for dir in others.iter().map(tempfile::TempDir::path).chain([fixture.as_path()]) {
        let figures = baselines(dir).unwrap();
        assert!(figures.true_pairs > 1_000);
        assert!(figures.exact.recall <= 0.6, "{figures:?}");
        assert!(figures.jaro_winkler.f1 < 0.8, "{figures:?}");
    }
}

#[test]
fn a_seed_gives_the_same_bytes_on_any_number_of_threads_and_another_seed_others() {
    let (first, _) = made(900, 8, 11);
    let pool = rayon::ThreadPoolBuilder::new().num_threads(1).build().unwrap();
    let (again, _) = pool.install(|| made(900, 8, 11));
    let (other, _) = made(900, 8, 12);
    assert!(contents(first.path()) == contents(again.path()));
    assert!(contents(first.path())["key.csv"] != contents(other.path())["key.csv"]);
}

/// A scenario with contacts and groups, beside the same one without.
fn with_and_without() -> [tempfile::TempDir; 2] {
    [true, false].map(|more| {
        let dir = tempfile::tempdir().unwrap();
        let mut options = options(400, 6, 9, dir.path().to_owned());
        (options.contacts, options.groups) = (more, more);
        generate(&options, &mut |_| {}).unwrap();
        dir
    })
}

#[test]
fn contacts_are_columns_more_and_change_nothing_else() {
    let [with, without] = with_and_without();
    let (more, plain) = (contents(with.path()), contents(without.path()));
    for name in ["key.csv", "rings.csv", "manifest.toml"] {
        assert!(more[name] == plain[name], "{name}");
    }
    let mut added: BTreeMap<String, usize> = BTreeMap::new();
    for ((path, mapping), (_, before)) in
        mappings(with.path()).into_iter().zip(mappings(without.path()))
    {
        let (new, old) = (&mapping.records[0].fields, &before.records[0].fields);
        assert!(mapping.records[1..] == before.records[1..], "{path}");
        let rows_of = |dir: &Path, mapping| rows(dir, &path, mapping).unwrap();
        let old_rows = rows_of(without.path(), &before);
        for (mut row, old_row) in rows_of(with.path(), &mapping).into_iter().zip(old_rows) {
            for (field, value) in new.iter().filter(|(field, _)| !old.contains_key(*field)) {
                let Value::Column(column) = value else { panic!("{field} is not a column") };
                let said = row.remove(column).is_some_and(|text| !text.is_empty());
                *added.entry(field.clone()).or_default() += usize::from(said);
            }
            assert_eq!(row, old_row, "{path}");
        }
    }
    let fields: Vec<_> = added.keys().map(String::as_str).collect();
    assert_eq!(fields, ["birth_place", "email"]);
    assert!(added.values().all(|count| *count > 100), "{added:?}");
}

#[test]
fn groups_name_the_culture_of_every_person_record_and_of_nothing_else() {
    let [with, without] = with_and_without();
    assert!(!without.path().join("groups.csv").exists());
    let text = std::fs::read_to_string(with.path().join("groups.csv")).unwrap();
    let mut groups: BTreeMap<(String, String), String> = BTreeMap::new();
    for line in text.lines().skip(1) {
        let cells: Vec<&str> = line.split(',').collect();
        let record = (cells[0].to_owned(), cells[1].to_owned());
        assert!(groups.insert(record, cells[2].to_owned()).is_none());
    }
    let mut of_entity: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for [agency, record, _, entity] in
        key(with.path()).into_iter().filter(|line| line[2] == "person")
    {
        let group = groups.remove(&(agency, record)).unwrap();
        of_entity.entry(entity).or_default().insert(group);
    }
    assert!(groups.is_empty());
    assert!(of_entity.values().all(|groups| groups.len() == 1));
    assert!(of_entity.into_values().flatten().collect::<BTreeSet<_>>().len() > 20);
}

#[test]
fn the_key_names_exactly_the_records_that_the_mappings_make() {
    for (people, agencies, seed) in [(300, 6, 7), (700, 1, 3), (500, 11, 5)] {
        let (dir, summary) = made(people, agencies, seed);
        let mut expected = BTreeSet::new();
        for (path, mapping) in mappings(dir.path()) {
            for row in rows(dir.path(), &path, &mapping).unwrap() {
                for (nth, record) in mapping.records.iter().enumerate() {
                    let filled = record.fields.values().any(|value| {
                        let column = match value {
                            Value::Column(column) => column,
                            Value::Converted(converted) => &converted.column,
                            Value::Constant(_) => return false,
                        };
                        row.get(column).is_some_and(|text| !text.is_empty())
                    });
                    if filled {
                        let slash =
                            if nth == 0 { String::new() } else { format!("/{}", record.slot) };
                        let id = format!("{}{}{slash}", mapping.id_prefix, row[&mapping.id]);
                        let kind = record.entity_type.as_str().to_owned();
                        assert!(expected.insert((mapping.agency.clone(), id, kind)));
                    }
                }
            }
        }
        let named: Vec<_> = key(dir.path());
        assert_eq!(named.len() as u64, summary.records);
        let named: BTreeSet<_> = named.into_iter().map(|[a, r, t, _]| (a, r, t)).collect();
        assert!(named == expected, "{:?}", named.symmetric_difference(&expected).next());
    }
}

#[test]
fn every_column_of_every_file_is_mapped_or_ignored_and_every_mapped_column_exists() {
    let (dir, _) = made(1, 6, 1);
    for (path, mapping) in mappings(dir.path()) {
        let text = toml::to_string(&mapping).unwrap();
        let columns: BTreeSet<String> =
            rows(dir.path(), &path, &mapping).unwrap().into_iter().flatten().map(|c| c.0).collect();
        for column in columns {
            assert!(text.contains(&format!("\"{column}\"")), "{path}: {column} is not mapped");
        }
    }
}

#[test]
fn planted_cases_are_of_every_kind_and_lie_over_several_agencies() {
    for agencies in [2, 6, 9] {
        planted_cases_of(agencies);
    }
}

fn planted_cases_of(agencies: usize) {
    let (dir, summary) = made(4_100, agencies, 2);
    assert_eq!((summary.rings, summary.decoys), (22, 22));
    let mut agencies: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for [agency, _, _, entity] in key(dir.path()) {
        agencies.entry(entity).or_default().insert(agency);
    }
    let text = std::fs::read_to_string(dir.path().join("rings.csv")).unwrap();
    let mut cases: BTreeMap<(String, String, String), BTreeSet<&String>> = BTreeMap::new();
    for line in text.lines().skip(1) {
        let cells: Vec<String> = line.split(',').map(str::to_owned).collect();
        let known = agencies.get(&cells[2]).unwrap_or_else(|| panic!("{} has no record", cells[2]));
        let case = (cells[0].clone(), cells[1].clone(), cells[3].clone());
        cases.entry(case).or_default().extend(known);
    }
    assert_eq!(cases.len(), 44);
    let kinds: BTreeSet<_> = cases.keys().map(|(_, kind, truth)| (kind, truth)).collect();
    assert_eq!(kinds.len(), 20);
    for ((id, kind, truth), agencies) in &cases {
        let split = (2..=4).contains(&agencies.len());
        assert!(truth == "decoy" || split, "{id} {kind}: {agencies:?}");
    }
}

#[test]
fn vehicles_never_travel_faster_than_a_road_allows() {
    let (dir, _) = made(2_000, 6, 4);
    let entity: BTreeMap<_, _> =
        key(dir.path()).into_iter().map(|[agency, id, _, entity]| ((agency, id), entity)).collect();
    let (path, mapping) =
        mappings(dir.path()).into_iter().find(|(path, _)| path.contains("plate-reads")).unwrap();
    let mut journeys: BTreeMap<&String, Vec<(i64, usize)>> = BTreeMap::new();
    let all = rows(dir.path(), &path, &mapping).unwrap();
    for row in &all {
        let id = (mapping.agency.clone(), format!("{}{}", mapping.id_prefix, row["read_id"]));
        let at: jiff::Timestamp = row["read_at"].parse().unwrap();
        let city = CITIES.iter().position(|city| city.name == row["city"]).unwrap();
        journeys.entry(&entity[&id]).or_default().push((at.as_second(), city));
    }
    let mut moves = 0;
    for journey in journeys.values_mut() {
        journey.sort_unstable();
        for pair in journey.windows(2) {
            let km = distance_km(&CITIES[pair[0].1], &CITIES[pair[1].1]);
            let hours = (pair[1].0 - pair[0].0) as f64 / 3600.0;
            moves += usize::from(km > 0.0);
            assert!(km <= 110.0 * hours, "{km} km in {hours} h");
        }
    }
    assert!(moves > 100);
}

#[test]
fn options_out_of_range_are_refused() {
    let dir = tempfile::tempdir().unwrap();
    for (people, agencies) in [(0, 6), (10, 0), (u64::MAX, 6), (10, usize::MAX)] {
        let options = options(people, agencies, 1, dir.path().join("none"));
        assert!(generate(&options, &mut |_| {}).is_err());
    }
    assert!(!dir.path().join("none").exists());
}
