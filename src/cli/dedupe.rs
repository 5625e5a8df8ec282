//! `accord dedupe`: the engine alone on one file, without a store.

use std::collections::BTreeSet;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use accord::model::Record;
use accord::resolve::batch;

use super::output::Output;
use super::records::{self, Records, SOME_REFUSED};
use super::settings::EngineArguments;
use super::{CommandError, health, progress};

/// Find the duplicates in a file
///
/// Reads the records of one type by a mapping, trains a model on them (no labels needed) unless one
/// is given, and writes which records are one: the columns record_id and cluster_id.
#[derive(clap::Args)]
#[command(after_help = "Examples:
  accord dedupe --mapping people.map.toml --out clusters.csv people.csv
  accord dedupe --mapping people.map.toml --out clusters.csv --pairs pairs.csv --trained model.json people.csv
  accord dedupe --mapping people.map.toml --out clusters.csv --report health.json people.parquet

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
    /// Write figures of the clusters' health, which need no labels, to this JSON file and print them
    #[arg(long, value_name = "FILE")]
    report: Option<PathBuf>,
    /// Write the model that was trained to this file
    #[arg(long, value_name = "FILE", conflicts_with = "model")]
    trained: Option<PathBuf>,
    /// The file
    file: PathBuf,
}

#[allow(clippy::print_stdout, reason = "prints the command's result")]
pub fn run(arguments: &Arguments) -> Result<ExitCode, CommandError> {
    let inputs = [arguments.mapping.as_path(), &arguments.file];
    let output = |path: &Path| Output::prepare(path, &inputs);
    let out = output(&arguments.out)?;
    let pairs = arguments.pairs.as_deref().map(output).transpose()?;
    let report = arguments.report.as_deref().map(output).transpose()?;
    let trained = arguments.trained.as_deref().map(output).transpose()?;
    let Records { records, refused, entity_type, .. } =
        records::read(&arguments.mapping, &[&arguments.file], &arguments.engine.id_key())?;
    let spinner = progress::spinner(format!("training on {} records", records.len()));
    let (prepared, engine) = records::trained(&records, entity_type, &arguments.engine)?;
    if let Some(trained) = trained {
        trained.write(|file| Ok(writeln!(file, "{}", engine.model().to_json())?))?;
    }
    spinner.set_message("comparing and clustering");
    let found = batch::resolve(&engine, entity_type, &prepared);
    spinner.finish_and_clear();
    write_clusters(arguments, out, &records, &found)?;
    if let Some(pairs) = pairs {
        write_pairs(pairs, &records, &found)?;
    }
    println!(
        "{} records, {} pairs compared, {} links, {} clusters, {} rows refused",
        records.len(),
        found.pairs,
        found.links.len(),
        found.labels.iter().collect::<BTreeSet<_>>().len(),
        refused
    );
    if let Some(report) = report {
        let stop = engine.cluster_parameters(entity_type).stop;
        print!("{}", health::report(report, &found.labels, &found.links, stop)?);
    }
    Ok(if refused == 0 { ExitCode::SUCCESS } else { ExitCode::from(SOME_REFUSED) })
}

fn write_clusters(
    arguments: &Arguments,
    out: Output,
    records: &[Record],
    found: &batch::Resolved,
) -> Result<(), CommandError> {
    let id_key = arguments.engine.id_key();
    out.csv(|out| {
        out.write_record(["record_id", "cluster_id"])?;
        for (record, label) in records.iter().zip(&found.labels) {
            let first = &records[*label as usize];
            let cluster = id_key.entity(first.entity_type(), first.id).to_string();
            out.write_record([&record.local_id, &cluster])?;
        }
        Ok(())
    })
}

fn write_pairs(
    out: Output,
    records: &[Record],
    found: &batch::Resolved,
) -> Result<(), CommandError> {
    out.csv(|out| {
        out.write_record(["record_id_a", "record_id_b", "bits", "probability"])?;
        for (a, b, bits) in &found.links {
            let probability = accord::resolve::probability(*bits);
            let (a, b) = (&records[*a as usize].local_id, &records[*b as usize].local_id);
            out.write_record([a, b, &format!("{bits:.4}"), &format!("{probability:.6}")])?;
        }
        Ok(())
    })
}
