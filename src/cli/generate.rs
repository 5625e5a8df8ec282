//! `accord generate`: a synthetic scenario, or a table of people, with its answer key.

use std::path::PathBuf;
use std::process::ExitCode;

use accord::scenario::{self, Baseline, Baselines, Options, Summary, TableOptions, TableSummary};
use serde_json::json;

use super::{CommandError, progress, stdout};

/// Write a synthetic multi-agency scenario, or a table of people, with its answer key
#[derive(clap::Args)]
#[command(after_help = "Examples:
  accord generate --people 1000 --agencies 6 --seed 1 --out scenario
  accord generate --people 1000 --contacts --groups --out scenario
  accord generate --table 1000000 --seed 1 --out table
  accord dedupe --mapping table/people.csv.map.toml --out clusters.csv table/people.csv")]
pub struct Arguments {
    /// Number of distinct people; about three person records and several events come of each
    #[arg(long, value_parser = clap::value_parser!(u64).range(1..), required_unless_present = "table")]
    people: Option<u64>,
    /// Number of agencies that hold the records
    #[arg(long, default_value_t = 6)]
    agencies: usize,
    /// Write one register of people with so many records in place of a scenario: people.csv with
    /// its mapping and key
    #[arg(
        long,
        value_name = "RECORDS",
        value_parser = clap::value_parser!(u64).range(1..),
        conflicts_with_all = ["people", "agencies", "contacts", "groups", "no_baselines"],
    )]
    table: Option<u64>,
    /// The same seed gives the same bytes
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Directory to write to; made if missing; files in it are replaced
    #[arg(long)]
    out: PathBuf,
    /// Person records say e-mail addresses and places of birth as well; all else stays the same
    #[arg(long)]
    contacts: bool,
    /// Write groups.csv too: the culture of each person's name, for evaluate --groups
    #[arg(long)]
    groups: bool,
    /// Do not measure the two baselines afterwards
    #[arg(long)]
    no_baselines: bool,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

pub fn run(arguments: &Arguments) -> Result<ExitCode, CommandError> {
    match (arguments.table, arguments.people) {
        (Some(records), _) => table(arguments, records),
        (None, Some(people)) => scenario(arguments, people),
        (None, None) => Err("one of --people and --table is needed".into()),
    }
}

fn table(arguments: &Arguments, records: u64) -> Result<ExitCode, CommandError> {
    let options = TableOptions { records, seed: arguments.seed, out: arguments.out.clone() };
    let bar = progress::count_bar(records, "records");
    let started = std::time::Instant::now();
    let summary = scenario::generate_table(&options, &mut |records| bar.set_position(records))?;
    let seconds = started.elapsed().as_secs_f64();
    bar.finish_and_clear();
    let rate = summary.records as f64 / seconds;
    if arguments.json {
        stdout::json(&json!({
            "records": summary.records, "people": summary.people, "records_per_second": rate.round(),
        }))?;
    } else {
        let TableSummary { records, people } = summary;
        stdout::print(format_args!(
            "{records} records of {people} people\n{rate:.0} records a second\n"
        ))?;
    }
    Ok(ExitCode::SUCCESS)
}

fn scenario(arguments: &Arguments, people: u64) -> Result<ExitCode, CommandError> {
    let options = Options {
        people,
        agencies: arguments.agencies,
        seed: arguments.seed,
        contacts: arguments.contacts,
        groups: arguments.groups,
        out: arguments.out.clone(),
    };
    let bar = progress::count_bar(people, "people");
    let started = std::time::Instant::now();
    let summary = scenario::generate(&options, &mut |people| bar.set_position(people))?;
    let seconds = started.elapsed().as_secs_f64();
    bar.finish_and_clear();
    let rate = summary.records as f64 / seconds;
    let Summary { records, people, files, rings, decoys, .. } = summary;
    if !arguments.json {
        stdout::print(format_args!(
            "{records} records of {people} people in {files} files; {rings} rings, {decoys} decoys\n\
             {rate:.0} records a second\n"
        ))?;
    }
    let baselines = match arguments.no_baselines {
        true => None,
        false => Some(scenario::baselines(&arguments.out)?),
    };
    if arguments.json {
        stdout::json(&json!({
            "records": records, "people": people, "files": files, "rings": rings, "decoys": decoys,
            "records_per_second": rate.round(), "baselines": baselines.as_ref().map(figures),
        }))?;
    } else if let Some(baselines) = &baselines {
        stdout::print(text(baselines))?;
    }
    Ok(ExitCode::SUCCESS)
}

/// The baselines for programs.
fn figures(baselines: &Baselines) -> serde_json::Value {
    let of = |it: &Baseline| json!({ "precision": it.precision, "recall": it.recall, "f1": it.f1 });
    json!({
        "records": baselines.records, "true_pairs": baselines.true_pairs,
        "exact": of(&baselines.exact), "jaro_winkler": of(&baselines.jaro_winkler),
    })
}

/// The baselines for people.
fn text(baselines: &Baselines) -> String {
    let line = |name: &str, it: &Baseline| {
        format!("  {name:<40} P {:.3}  R {:.3}  F1 {:.3}\n", it.precision, it.recall, it.f1)
    };
    format!(
        "baselines on {} person records, {} true pairs:\n{}{}",
        baselines.records,
        baselines.true_pairs,
        line("same normalized name and birth date", &baselines.exact),
        line("Jaro-Winkler of full names at least 0.9", &baselines.jaro_winkler),
    )
}
