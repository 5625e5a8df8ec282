//! `accord evaluate`: quality of the store's entities, measured against an answer key.

mod detail;
mod groups;
mod plot;

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::process::ExitCode;

use accord::govern::{StoreHolder, View};
use accord::graph::{self, Position, Snapshot};
use accord::jobs::link_what_is_left;
use accord::model::{IdKey, RecordId};
use accord::resolve::Engine;
use accord::resolve::evaluate::{self, Evaluation};
use accord::store::Store;

use super::key::{self, Key};
use super::settings::{self, StoreArguments};
use super::{CommandError, progress, stdout};

/// Measure a store's entities against an answer key
///
/// Prints pairwise precision, recall and F1 and B-cubed precision, recall and F1 per type. Computed
/// on the whole store, whoever owns the records.
#[derive(clap::Args)]
#[command(after_help = "Examples:
  accord evaluate --store demo.accord --key scenario/key.csv --json
  accord evaluate --store demo.accord --key scenario/key.csv --groups scenario/groups.csv")]
pub struct Arguments {
    #[command(flatten)]
    store: StoreArguments,
    /// The answer key: CSV with the columns agency, record_id, type, entity
    #[arg(long)]
    key: PathBuf,
    /// Print also recall and precision by group of records, and how far the worst group is from the
    /// best: CSV with the columns agency, record_id, group (as generate --groups writes it)
    #[arg(long, value_name = "FILE")]
    groups: Option<PathBuf>,
    /// Print also the sizes of clusters, the links at every threshold, and their calibration
    #[arg(long)]
    detail: bool,
    /// Write reliability diagrams and precision over recall to this SVG file
    #[arg(long)]
    plot: Option<PathBuf>,
    /// Print JSON, always with all detail
    #[arg(long)]
    json: bool,
}

pub fn run(arguments: &Arguments) -> Result<ExitCode, CommandError> {
    let id_key = arguments.store.engine.id_key();
    let key = key::read(&arguments.key, &id_key)?;
    let engine = arguments.store.engine.engine()?;
    let store = settings::open(&arguments.store.store)?;
    let snapshot = whole(store.as_ref(), &id_key, &engine)?;
    let mut evaluation = against(&key, &snapshot);
    if let Some(path) = &arguments.groups {
        let groups = key::read_groups(path, &id_key)?;
        evaluation.add_groups(&key, &predicted(&snapshot), &groups);
    }
    if let Some(path) = &arguments.plot {
        std::fs::write(path, plot::svg(&evaluation))
            .map_err(|error| format!("{}: {error}", path.display()))?;
    }
    if arguments.json {
        stdout::json(&evaluation)?;
    } else {
        stdout::print(format_args!("{}{}", text(&evaluation), groups::text(&evaluation)))?;
        if arguments.detail {
            stdout::print(detail::text(&evaluation))?;
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// The snapshot of the whole store.
pub fn whole(store: &dyn Store, id_key: &IdKey, engine: &Engine) -> Result<Snapshot, CommandError> {
    let spinner = progress::spinner("clustering");
    let view = View::whole_store(&StoreHolder::of_the_command_line(), &store.classes()?);
    // Links that a stopped server has left to find.
    link_what_is_left(store, engine)?;
    let built = graph::build(store, &view, id_key, engine);
    spinner.finish_and_clear();
    Ok(built?.0)
}

/// The entity of every record of a snapshot.
fn predicted(snapshot: &Snapshot) -> BTreeMap<RecordId, u32> {
    let records = snapshot.records().enumerated();
    records.map(|(index, record)| (record.id, snapshot.entity_of(index).raw())).collect()
}

/// A snapshot's entities against a key.
pub fn against(key: &Key, snapshot: &Snapshot) -> Evaluation {
    let mut evaluation = evaluate::evaluate(key, &predicted(snapshot));
    evaluation.add_links(key, snapshot.linked_pairs());
    evaluation
}

/// The figures for people.
pub fn text(evaluation: &Evaluation) -> String {
    let mut text = format!(
        "{:<13} {:>8} {:>8} {:>8} {:>8} | {:^23} | {:^23}\n{:<13} {:>8} {:>8} {:>8} {:>8} | {:>7} {:>7} {:>7} | {:>7} {:>7} {:>7}\n",
        "",
        "",
        "true",
        "found",
        "largest",
        "pairwise",
        "B-cubed",
        "type",
        "records",
        "entities",
        "entities",
        "entity",
        "P",
        "R",
        "F1",
        "P",
        "R",
        "F1"
    );
    for (entity_type, figures) in &evaluation.types {
        let (pair, cubed) = (figures.pairwise, figures.b_cubed);
        text += &format!(
            "{:<13} {:>8} {:>8} {:>8} {:>8} | {:>7.4} {:>7.4} {:>7.4} | {:>7.4} {:>7.4} {:>7.4}\n",
            entity_type.as_str(),
            figures.records,
            figures.entities,
            figures.clusters,
            figures.largest_cluster,
            pair.precision,
            pair.recall,
            pair.f1,
            cubed.precision,
            cubed.recall,
            cubed.f1
        );
    }
    if evaluation.missing_records + evaluation.unknown_records > 0 {
        text += &format!(
            "{} records of the key are not in the store; {} records of the store are not in the key\n",
            evaluation.missing_records, evaluation.unknown_records
        );
    }
    text
}
