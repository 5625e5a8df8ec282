//! `accord dedupe`: the engine alone on one file, without a store.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use accord::matching::Deduped;
use accord::model::IdKey;
use accord::resolve::evaluate::health::Health;
use accord::resolve::{BlockingReport, RuleRecall, blocking_report};
use serde_json::json;

use super::output::Output;
use super::records::{self, SOME_REFUSED};
use super::settings::EngineArguments;
use super::{CommandError, health, progress, stdout};

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
    /// Write what each blocking rule made and reached, and the estimated recall of all, to this JSON file and
    /// print them
    #[arg(long, value_name = "FILE")]
    blocking: Option<PathBuf>,
    /// Write the model that was trained to this file
    #[arg(long, value_name = "FILE", conflicts_with = "model")]
    trained: Option<PathBuf>,
    /// Print JSON, with the figures of --report and --blocking where they are asked for
    #[arg(long)]
    json: bool,
    /// The file
    file: PathBuf,
}

pub fn run(arguments: &Arguments) -> Result<ExitCode, CommandError> {
    let inputs = [arguments.mapping.as_path(), &arguments.file];
    let output = |path: &Path| Output::prepare(path, &inputs);
    let out = output(&arguments.out)?;
    let pairs = arguments.pairs.as_deref().map(output).transpose()?;
    let report = arguments.report.as_deref().map(output).transpose()?;
    let blocking = arguments.blocking.as_deref().map(output).transpose()?;
    let trained = arguments.trained.as_deref().map(output).transpose()?;
    let id_key = arguments.engine.id_key();
    let records = records::read(&arguments.mapping, &[&arguments.file], &id_key)?;
    let matcher = records::matcher(records, &arguments.engine)?;
    let bar = progress::count_bar(matcher.records().len() as u64, "comparing and clustering");
    let deduped = matcher.dedupe(&|done| bar.inc(done as u64));
    bar.finish_and_clear();
    if let Some(trained) = trained {
        trained.write(|file| Ok(writeln!(file, "{}", deduped.model().to_json())?))?;
    }
    write_clusters(out, &deduped, &id_key)?;
    if let Some(pairs) = pairs {
        write_pairs(pairs, &deduped)?;
    }
    let found = deduped.found();
    let health = match report {
        Some(report) => {
            Some(health::report(report, &found.labels, &found.links, found.cluster.stop)?)
        }
        None => None,
    };
    let blocking = match blocking {
        Some(blocking) => {
            let table = deduped.records().table();
            let report = blocking_report(table, deduped.blocks(), &found.links, 0.0);
            blocking
                .write(|file| Ok(writeln!(file, "{}", serde_json::to_string_pretty(&report)?)?))?;
            Some(report)
        }
        None => None,
    };
    // All files are written before the first line is printed, which may fail.
    tell(arguments.json, &deduped, health.as_ref(), blocking.as_ref())?;
    let code = if deduped.records().refused() == 0 {
        ExitCode::SUCCESS
    } else {
        ExitCode::from(SOME_REFUSED)
    };
    // The process ends: freeing millions of objects one by one would only delay it.
    std::mem::forget(deduped);
    Ok(code)
}

/// Prints the result, for people or for programs.
fn tell(
    as_json: bool,
    deduped: &Deduped,
    health: Option<&Health>,
    blocking: Option<&BlockingReport>,
) -> Result<(), CommandError> {
    let (records, found) = (deduped.records(), deduped.found());
    let (count, pairs, links) = (records.len(), found.pairs, found.links.len());
    let clusters = deduped.cluster_count();
    if as_json {
        return stdout::json(&json!({
            "records": count, "pairs": pairs, "links": links, "clusters": clusters,
            "refused": records.refused(), "repeated": records.repeated(), "health": health,
            "blocking": blocking,
        }));
    }
    stdout::print(format_args!(
        "{count} records, {pairs} pairs compared, {links} links, {clusters} clusters, {} rows refused\n{}{}{}",
        records.refused(),
        records::repeated_text(records),
        health.map(health::text).unwrap_or_default(),
        blocking.map(blocking_text).unwrap_or_default(),
    ))
}

/// The records, blocks and pairs of each blocking rule, and its estimated recall, as a table.
fn blocking_text(report: &BlockingReport) -> String {
    let mut text = format!(
        "{:<34}{:>10}{:>10}{:>9}{:>9}{:>12}{:>8}{:>8}\n",
        "blocking rule", "records", "blocks", "largest", "narrowed", "pairs", "recall", "alone"
    );
    for RuleRecall { report: rule, recall, alone } in &report.rules {
        text += &format!(
            "{:<34}{:>10}{:>10}{:>9}{:>9}{:>12}{recall:>8.3}{alone:>8.3}\n",
            rule.rule, rule.records, rule.blocks, rule.largest, rule.narrowed, rule.pairs
        );
    }
    match report.estimated_recall {
        Some(recall) => {
            text + &format!("estimated recall of all rules (capture-recapture): {recall:.3}\n")
        }
        None => text,
    }
}

fn write_clusters(out: Output, deduped: &Deduped, id_key: &IdKey) -> Result<(), CommandError> {
    let (records, labels) = (deduped.records(), &deduped.found().labels);
    out.csv_of(&["record_id", "cluster_id"], labels.len(), |position, out| {
        let first = records.id(labels[position] as usize);
        let cluster = id_key.entity(records.entity_type(), first).to_string();
        out.write_record([records.local_id(position), &cluster])
    })
}

fn write_pairs(out: Output, deduped: &Deduped) -> Result<(), CommandError> {
    let header = ["record_id_a", "record_id_b", "bits", "probability"];
    let (records, links) = (deduped.records(), &deduped.found().links);
    out.csv_of(&header, links.len(), |link, out| {
        let (a, b, bits) = links[link];
        let probability = accord::resolve::probability(bits);
        let (a, b) = (records.local_id(a as usize), records.local_id(b as usize));
        out.write_record([a, b, &format!("{bits:.4}"), &format!("{probability:.6}")])
    })
}
