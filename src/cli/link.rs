//! `accord link`: the engine alone on two files, without a store.

use std::path::PathBuf;
use std::process::ExitCode;

use accord::resolve::probability;
use serde_json::json;

use super::output::Output;
use super::records::{self, SOME_REFUSED};
use super::settings::EngineArguments;
use super::{CommandError, progress, stdout};

/// Find the records of two files that are one
///
/// Neither file may hold duplicates of its own: each record is linked with the one of the other file
/// that fits it best, where it fits that one best as well. Trains a model on both files (no labels
/// needed) unless one is given.
#[derive(clap::Args)]
#[command(after_help = "Example:
  accord link --mapping people.map.toml --out links.csv people-a.csv people-b.csv

Exit code: 0 all rows taken; 3 some rows could not be read; 1 failed")]
pub struct Arguments {
    #[command(flatten)]
    engine: EngineArguments,
    /// Mapping file of both: which column is which field
    #[arg(long, value_name = "MAP")]
    mapping: PathBuf,
    /// Write the links to this CSV: record_id_a, record_id_b, bits, probability
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
    /// Link from this many bits on (log2 odds; 0 is an even chance)
    #[arg(long, default_value_t = 0.0, allow_negative_numbers = true)]
    least_bits: f64,
    /// Print JSON
    #[arg(long)]
    json: bool,
    /// The one file
    first: PathBuf,
    /// The other file
    second: PathBuf,
}

pub fn run(arguments: &Arguments) -> Result<ExitCode, CommandError> {
    let files = [arguments.first.as_path(), arguments.second.as_path()];
    let out = Output::prepare(&arguments.out, &files)?;
    let id_key = arguments.engine.id_key();
    let records = records::read(&arguments.mapping, &files, &id_key)?;
    let matcher = records::matcher(records, &arguments.engine)?;
    let bar = progress::count_bar(matcher.records().len() as u64, "comparing");
    let linked = matcher.link(arguments.least_bits, &|done| bar.inc(done as u64));
    bar.finish_and_clear();
    out.csv(|out| {
        out.write_record(["record_id_a", "record_id_b", "bits", "probability"])?;
        for (a, b, bits) in linked.links() {
            let probability = format!("{:.6}", probability(bits));
            out.write_record([a, b, &format!("{bits:.4}"), &probability])?;
        }
        Ok(())
    })?;
    let records = linked.records();
    let (count, links, refused) = (records.len(), linked.len(), records.refused());
    if arguments.json {
        stdout::json(&json!({
            "records": count, "links": links, "refused": refused, "repeated": records.repeated(),
        }))?;
    } else {
        let repeated = records::repeated_text(records);
        stdout::print(format_args!(
            "{count} records, {links} links, {refused} rows refused\n{repeated}"
        ))?;
    }
    Ok(if refused == 0 { ExitCode::SUCCESS } else { ExitCode::from(SOME_REFUSED) })
}
