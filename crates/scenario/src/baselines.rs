//! Two simple matchers of people, to show how hard a scenario is: exact match on normalized full
//! name and birth date, and Jaro-Winkler on the full name. Reads the files through their mappings,
//! only as far as names and birth dates go.

use std::collections::BTreeMap;
use std::path::Path;

use deunicode::deunicode;
use jiff::fmt::strtime;
use rayon::prelude::*;

use super::ScenarioError;
use accord_engine::ingest::mapping::{Format, Manifest, Mapping, Value};
use accord_engine::model::EntityType;

/// Person records that the baselines compare at most: all pairs are compared, and five million
/// pairs take about a second. Entities are taken whole, in the order of the key, until it is full.
const MAX_RECORDS: usize = 3_000;
/// Similarity from which Jaro-Winkler calls two names the same.
const JARO_WINKLER: f64 = 0.9;

/// Pairwise figures of one matcher.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Baseline {
    /// Share of the pairs called the same that are, 0 to 1; 1 when none is called the same.
    pub precision: f64,
    /// Share of the true pairs that are called the same, 0 to 1.
    pub recall: f64,
    /// Harmonic mean of the two.
    pub f1: f64,
}

/// The figures of both matchers.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Baselines {
    /// Person records compared.
    pub records: usize,
    /// True pairs among them.
    pub true_pairs: u64,
    /// Equal normalized full name and equal complete birth date.
    pub exact: Baseline,
    /// Jaro-Winkler similarity of the normalized full names at least 0.9.
    pub jaro_winkler: Baseline,
}

/// A person record as the baselines see it.
struct Subject {
    entity: String,
    name: String,
    birth: Option<String>,
}

/// Computes the baselines on a generated directory.
///
/// # Errors
/// [`ScenarioError`] when a file is missing or not of the expected form.
pub fn baselines(dir: &Path) -> Result<Baselines, ScenarioError> {
    let manifest: Manifest = parse_toml(dir, "manifest.toml")?;
    let key = person_key(dir)?;
    let mut subjects = Vec::new();
    for file in &manifest.files {
        let mapping: Mapping = parse_toml(dir, &file.mapping)?;
        for row in rows(dir, &file.path, &mapping)? {
            subjects_of(&row, &mapping, &key, &mut subjects);
        }
    }
    Ok(compare(&subjects))
}

fn read(dir: &Path, name: &str) -> Result<String, ScenarioError> {
    let path = dir.join(name);
    std::fs::read_to_string(&path)
        .map_err(|source| ScenarioError::File { path: path.display().to_string(), source })
}

fn form(path: &str, reason: &dyn std::fmt::Display) -> ScenarioError {
    ScenarioError::Form { path: path.to_owned(), reason: reason.to_string() }
}

fn parse_toml<T: serde::de::DeserializeOwned>(dir: &Path, name: &str) -> Result<T, ScenarioError> {
    toml::from_str(&read(dir, name)?).map_err(|error| form(name, &error.message()))
}

/// Entities of the person records that take part, by agency and record id.
fn person_key(dir: &Path) -> Result<BTreeMap<(String, String), String>, ScenarioError> {
    let text = read(dir, "key.csv")?;
    let mut by_entity: Vec<(String, Vec<(String, String)>)> = Vec::new();
    let mut position = BTreeMap::new();
    for line in text.lines().skip(1) {
        let cells: Vec<&str> = line.split(',').collect();
        let [agency, record, kind, entity] = cells[..] else {
            return Err(form("key.csv", &"expected four columns"));
        };
        if kind == EntityType::Person.as_str() {
            let at = *position.entry(entity.to_owned()).or_insert_with(|| {
                by_entity.push((entity.to_owned(), Vec::new()));
                by_entity.len() - 1
            });
            by_entity[at].1.push((agency.to_owned(), record.to_owned()));
        }
    }
    let mut chosen = BTreeMap::new();
    for (entity, records) in by_entity {
        if chosen.len() + records.len() > MAX_RECORDS {
            break;
        }
        chosen.extend(records.into_iter().map(|record| (record, entity.clone())));
    }
    Ok(chosen)
}

/// The rows of a file: text by column; members of objects under their dotted path.
pub(super) fn rows(
    dir: &Path,
    name: &str,
    mapping: &Mapping,
) -> Result<Vec<BTreeMap<String, String>>, ScenarioError> {
    let text = read(dir, name)?;
    match mapping.format {
        Format::Csv => csv::ReaderBuilder::new()
            .delimiter(mapping.delimiter.unwrap_or(',') as u8)
            .from_reader(text.as_bytes())
            .into_deserialize()
            .map(|row| row.map_err(|_| form(name, &"not a CSV row of the header's columns")))
            .collect(),
        Format::Jsonl => text
            .lines()
            .map(|line| {
                let value: serde_json::Value =
                    serde_json::from_str(line).map_err(|_| form(name, &"not a JSON object"))?;
                let mut row = BTreeMap::new();
                flatten(&value, "", &mut row);
                Ok(row)
            })
            .collect(),
        Format::Parquet => Err(form(name, &"a scenario's files are CSV or JSON Lines")),
    }
}

fn flatten(value: &serde_json::Value, path: &str, row: &mut BTreeMap<String, String>) {
    match value {
        serde_json::Value::Object(members) => {
            for (name, member) in members {
                let dot = if path.is_empty() { "" } else { "." };
                flatten(member, &format!("{path}{dot}{name}"), row);
            }
        }
        serde_json::Value::String(text) => {
            row.insert(path.to_owned(), text.clone());
        }
        other => {
            row.insert(path.to_owned(), other.to_string());
        }
    }
}

fn subjects_of(
    row: &BTreeMap<String, String>,
    mapping: &Mapping,
    key: &BTreeMap<(String, String), String>,
    subjects: &mut Vec<Subject>,
) {
    let Some(id) = row.get(&mapping.id) else { return };
    for (nth, record) in mapping.records.iter().enumerate() {
        let slash = if nth == 0 { String::new() } else { format!("/{}", record.slot) };
        let local = format!("{}{id}{slash}", mapping.id_prefix);
        let Some(entity) = key.get(&(mapping.agency.clone(), local)) else { continue };
        let text = |field: &str| -> Option<&str> {
            let column = match record.fields.get(field)? {
                Value::Column(column) => column,
                Value::Converted(converted) => &converted.column,
                Value::Constant(constant) => return Some(&constant.constant),
            };
            row.get(column).map(String::as_str).filter(|text| !text.is_empty())
        };
        let parts = [text("full"), text("given"), text("middle"), text("family")];
        let joined = parts.into_iter().flatten().collect::<Vec<_>>().join(" ");
        let birth =
            text("birth_date").and_then(|date| full_date(date, &record.fields["birth_date"]));
        subjects.push(Subject { entity: entity.clone(), name: normalized(&joined), birth });
    }
}

/// Lower-case Latin letters and digits, words separated by one space.
fn normalized(name: &str) -> String {
    let latin = deunicode(name).to_lowercase();
    latin
        .split(|c: char| !c.is_ascii_alphanumeric())
        .filter(|word| !word.is_empty())
        .collect::<Vec<_>>()
        .join(" ")
}

/// A complete date in ISO 8601; nothing for a partial one.
fn full_date(text: &str, value: &Value) -> Option<String> {
    let formats = match value {
        Value::Converted(converted) => {
            converted.format.iter().chain(&converted.formats).map(String::as_str).collect()
        }
        _ => vec!["%Y-%m-%d"],
    };
    formats
        .into_iter()
        .find_map(|format| strtime::parse(format, text).ok()?.to_date().ok())
        .map(|date| date.to_string())
}

/// Pairs called the same and rightly called the same.
#[derive(Debug, Clone, Copy, Default)]
struct Counts {
    truth: u64,
    called: [u64; 2],
    right: [u64; 2],
}

fn compare(subjects: &[Subject]) -> Baselines {
    let counts = (0..subjects.len())
        .into_par_iter()
        .map(|first| count_pairs(&subjects[first], &subjects[first + 1..]))
        .reduce(Counts::default, |a, b| Counts {
            truth: a.truth + b.truth,
            called: [a.called[0] + b.called[0], a.called[1] + b.called[1]],
            right: [a.right[0] + b.right[0], a.right[1] + b.right[1]],
        });
    Baselines {
        records: subjects.len(),
        true_pairs: counts.truth,
        exact: figures(counts.right[0], counts.called[0], counts.truth),
        jaro_winkler: figures(counts.right[1], counts.called[1], counts.truth),
    }
}

fn count_pairs(first: &Subject, others: &[Subject]) -> Counts {
    let scorer = rapidfuzz::distance::jaro_winkler::BatchComparator::new(first.name.chars());
    let mut counts = Counts::default();
    for other in others {
        let same = u64::from(first.entity == other.entity);
        let exact = first.birth.is_some() && first.birth == other.birth && first.name == other.name;
        let near = scorer.similarity(other.name.chars()) >= JARO_WINKLER;
        counts.truth += same;
        for (which, called) in [exact, near].into_iter().enumerate() {
            counts.called[which] += u64::from(called);
            counts.right[which] += u64::from(called) * same;
        }
    }
    counts
}

fn figures(right: u64, called: u64, truth: u64) -> Baseline {
    let share = |part: u64, whole: u64| if whole == 0 { 1.0 } else { part as f64 / whole as f64 };
    let f1 = share(2 * right, called + truth);
    Baseline { precision: share(right, called), recall: share(right, truth), f1 }
}
