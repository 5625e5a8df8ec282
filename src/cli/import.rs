//! `accord import`: files into a store, with a progress bar and a report of every refused row.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::PathBuf;
use std::process::ExitCode;

use accord::ingest::Source;
use accord::jobs::import::{self, Import, ImportReport, Refusal};

use super::settings::{self, StoreArguments};
use super::{CommandError, progress};

/// Import files into a store and link their records
///
/// Rows that cannot be taken are reported with file, row, column and reason, never with their
/// content; all other rows are taken. Importing the same file again changes nothing.
#[derive(clap::Args)]
#[command(after_help = "Examples:
  accord import --store demo.accord scenario/manifest.toml
  accord import --store demo.accord --mapping persons.map.toml persons-may.csv persons-june.csv
  accord import --store bolt://neo4j:password@127.0.0.1:7687 scenario/manifest.toml

Exit code: 0 all rows taken; 3 some rows refused; 1 failed")]
pub struct Arguments {
    #[command(flatten)]
    store: StoreArguments,
    /// Mapping file for the files named
    #[arg(long, value_name = "MAP")]
    mapping: Option<PathBuf>,
    /// Without --mapping: one manifest. With it: data files
    #[arg(required = true, value_name = "MANIFEST | FILE")]
    files: Vec<PathBuf>,
    /// Write every refused row to this file, as JSON lines
    #[arg(long, value_name = "FILE")]
    refused: Option<PathBuf>,
    /// Print the report as JSON
    #[arg(long)]
    json: bool,
}

/// Exit code when the import ended but refused rows.
const SOME_REFUSED: u8 = 3;

/// How many refused rows the report prints before it points to `--refused`.
const REFUSALS_PRINTED_MAX: usize = 20;

#[allow(clippy::print_stdout, reason = "prints the command's result")]
pub fn run(arguments: &Arguments) -> Result<ExitCode, CommandError> {
    let store = settings::open(&arguments.store.store, true)?;
    let engine = arguments.store.engine.engine()?;
    let id_key = arguments.store.engine.id_key();
    let sources = sources(arguments)?;
    let mut refused = arguments.refused.as_ref().map(File::create).transpose()?.map(BufWriter::new);
    let mut write_error = None;
    let mut keep = |refusal: &Refusal| {
        if let Some(file) = &mut refused {
            let line = serde_json::to_string(refusal).unwrap_or_default();
            if let Err(error) = writeln!(file, "{line}") {
                write_error.get_or_insert(error);
            }
        }
    };
    let report = run_with_bar(
        &Import { store: store.as_ref(), engine: &engine, id_key: &id_key },
        &sources,
        &mut keep,
    )?;
    if let Some(error) = write_error {
        return Err(error.into());
    }
    if let Some(file) = &mut refused {
        file.flush()?;
    }
    if arguments.json {
        println!("{}", serde_json::to_string_pretty(&report)?);
    } else {
        print!("{}", text(&report));
    }
    Ok(if report.refused() == 0 { ExitCode::SUCCESS } else { ExitCode::from(SOME_REFUSED) })
}
