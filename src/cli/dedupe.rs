//! `accord dedupe`: the engine alone on one file, without a store.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;

use accord::ingest::{load_mapping, read_file};
use accord::model::{EntityType, Record};
use accord::resolve::{Engine, Model, batch, em};
use rayon::prelude::*;

use super::CommandError;
use super::progress;
use super::settings::EngineArguments;

/// Find the duplicates in a file
///
/// Reads the records of one type by a mapping, trains a model on them (no labels needed) unless one
/// is given, and writes which records are one: the columns record_id and cluster_id.
#[derive(clap::Args)]
#[command(after_help = "Examples:
  accord dedupe --mapping people.map.toml --out clusters.csv people.csv
  accord dedupe --mapping people.map.toml --out clusters.csv --pairs pairs.csv --trained model.json people.csv

Exit code: 0 all rows taken; 3 some rows could not be read; 1 failed")]
pub struct Arguments {
    #[command(flatten)]
    engine: EngineArguments,
    /// Mapping file: which column is which field
    #[arg(long, value_name = "MAP")]
    mapping: PathBuf,
    /// Write record_id and cluster_id of every record to this CSV
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
    /// Write the links to this CSV: record_id_a, record_id_b, bits, probability
    #[arg(long, value_name = "FILE")]
    pairs: Option<PathBuf>,
    /// Write the model that was trained to this file
    #[arg(long, value_name = "FILE", conflicts_with = "model")]
    trained: Option<PathBuf>,
    /// The file
    file: PathBuf,
}

/// Exit code when rows could not be read.
const SOME_REFUSED: u8 = 3;

#[allow(clippy::print_stdout, reason = "prints the command's result")]
pub fn run(arguments: &Arguments) -> Result<ExitCode, CommandError> {
    let (records, refused) = read(arguments)?;
    let entity_type = records.first().map(Record::entity_type);
    let Some(entity_type) = entity_type else {
        return Err(format!("{}: no record could be read", arguments.file.display()).into());
    };
    let spinner = progress::spinner("preparing");
    let prepare = Engine::new(Model::shipped());
    let prepared: Vec<_> = records.par_iter().map(|record| prepare.prepare(record)).collect();
    let engine = if arguments.engine.names_model() {
        arguments.engine.engine()?
    } else {
        spinner.set_message("training");
        let about = format!("trained without labels on {} records", records.len());
        Arc::new(em::engine(entity_type, &prepared, &Model::shipped(), &about))
    };
    if let Some(path) = &arguments.trained {
        std::fs::write(path, engine.model().to_json() + "\n")?;
    }
    spinner.set_message("resolving");
    let found = batch::resolve(&engine, entity_type, &prepared);
    spinner.finish_and_clear();
    write(arguments, &records, &found)?;
    println!(
        "{} records, {} pairs compared, {} links, {} clusters, {} rows refused",
        records.len(),
        found.pairs,
        found.links.len(),
        sizes(&found.labels).len(),
        refused
    );
    Ok(if refused == 0 { ExitCode::SUCCESS } else { ExitCode::from(SOME_REFUSED) })
}

/// The records of the first record's type in order of their id, and how many rows were refused.
fn read(arguments: &Arguments) -> Result<(Vec<Record>, u64), CommandError> {
    let mapper = Arc::new(load_mapping(&arguments.mapping, &arguments.engine.id_key())?);
    let name = arguments.file.display().to_string();
    let (mut records, mut refused) = (Vec::new(), 0);
    let mut entity_type: Option<EntityType> = None;
    for row in read_file(&arguments.file, &name, mapper)? {
        let Ok(output) = row?.1 else {
            refused += 1;
            continue;
        };
        for record in output.records {
            let wanted = *entity_type.get_or_insert(record.entity_type());
            if record.entity_type() == wanted {
                records.push(record);
            }
        }
    }
    records.sort_by(|a, b| a.id.cmp(&b.id));
    records.dedup_by(|a, b| a.id == b.id);
    Ok((records, refused))
}

fn sizes(labels: &[u32]) -> BTreeMap<u32, usize> {
    let mut sizes = BTreeMap::new();
    labels.iter().for_each(|label| *sizes.entry(*label).or_default() += 1);
    sizes
}

fn write(
    arguments: &Arguments,
    records: &[Record],
    found: &batch::Resolved,
) -> Result<(), CommandError> {
    let id_key = arguments.engine.id_key();
    let mut out = csv::Writer::from_path(&arguments.out)?;
    out.write_record(["record_id", "cluster_id"])?;
    for (record, label) in records.iter().zip(&found.labels) {
        let first = &records[*label as usize];
        let cluster = id_key.entity(first.entity_type(), first.id).to_string();
        out.write_record([&record.local_id, &cluster])?;
    }
    out.flush()?;
    let Some(path) = &arguments.pairs else { return Ok(()) };
    let mut out = csv::Writer::from_path(path)?;
    out.write_record(["record_id_a", "record_id_b", "bits", "probability"])?;
    for (a, b, bits) in &found.links {
        let probability = accord::resolve::probability(*bits);
        let (a, b) = (&records[*a as usize].local_id, &records[*b as usize].local_id);
        out.write_record([a, b, &format!("{bits:.4}"), &format!("{probability:.6}")])?;
    }
    out.flush()?;
    Ok(())
}
