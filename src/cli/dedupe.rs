//! `accord dedupe`: the engine alone on one file, without a store.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::process::ExitCode;

use accord::resolve::batch;

use super::records::{self, Records, SOME_REFUSED};
use super::settings::EngineArguments;
use super::{CommandError, progress};

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

#[allow(clippy::print_stdout, reason = "prints the command's result")]
pub fn run(arguments: &Arguments) -> Result<ExitCode, CommandError> {
    let spinner = progress::spinner("reading");
    let mut records =
        records::read(&arguments.mapping, &[&arguments.file], &arguments.engine.id_key())?;
    spinner.set_message("training");
    let (engine, blocks) = records::trained(&mut records.table, &arguments.engine)?;
    if let Some(path) = &arguments.trained {
        std::fs::write(path, engine.model().to_json() + "\n")?;
    }
    spinner.set_message("resolving");
    let found = batch::resolve(&engine, &records.table, &blocks, &|_| ());
    spinner.finish_and_clear();
    write(arguments, &records, &found)?;
    println!(
        "{} records, {} pairs compared, {} links, {} clusters, {} rows refused",
        records.ids.len(),
        found.pairs,
        found.links.len(),
        found.labels.iter().collect::<BTreeSet<_>>().len(),
        records.refused
    );
    Ok(if records.refused == 0 { ExitCode::SUCCESS } else { ExitCode::from(SOME_REFUSED) })
}

fn write(
    arguments: &Arguments,
    records: &Records,
    found: &batch::Resolved,
) -> Result<(), CommandError> {
    let id_key = arguments.engine.id_key();
    let mut out = csv::Writer::from_path(&arguments.out)?;
    out.write_record(["record_id", "cluster_id"])?;
    for (position, label) in found.labels.iter().enumerate() {
        let first = records.ids[*label as usize];
        let cluster = id_key.entity(records.table.entity_type(), first).to_string();
        out.write_record([records.local_ids.get(position), &cluster])?;
    }
    out.flush()?;
    let Some(path) = &arguments.pairs else { return Ok(()) };
    let mut out = csv::Writer::from_path(path)?;
    out.write_record(["record_id_a", "record_id_b", "bits", "probability"])?;
    for (a, b, bits) in &found.links {
        let probability = accord::resolve::probability(*bits);
        let (a, b) = (records.local_ids.get(*a as usize), records.local_ids.get(*b as usize));
        out.write_record([a, b, &format!("{bits:.4}"), &format!("{probability:.6}")])?;
    }
    out.flush()?;
    Ok(())
}
