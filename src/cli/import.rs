//! `accord import`: files into a store, with a progress bar and a report of every refused row.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

use accord::audit::{AuditError, Due};
use accord::ingest::{RowReader, Source, load_manifest, load_mapping, read_file};
use accord::jobs::{self, ImportReport, Observer, Progress, Refusal};
use accord::model::IdKey;
use accord::resolve::Engine;
use accord::store::Store;
use indicatif::ProgressBar;

use super::beside::audit_of;
use super::holder::{Log, NewAgency, make_logged, now};
use super::settings::StoreArguments;
use super::unfilled::Unfilled;
use super::{CommandError, agency, progress, stdout};

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
    /// The audit log, in which each batch has an entry; `<store>.audit` when absent, `accord.audit` for a Neo4j store
    #[arg(long, value_name = "FILE")]
    audit: Option<PathBuf>,
    #[command(flatten)]
    new: NewAgency,
    /// Print the report as JSON
    #[arg(long)]
    json: bool,
}

/// Rows of a commit: more than where a server imports, since nothing waits for the store meanwhile, and the fewer commits
/// touch a page of the store the less is written.
const BATCH_ROWS: usize = 30_000;

/// Exit code when the import ended but refused rows.
const SOME_REFUSED: u8 = 3;

/// How many refused rows the report prints before it points to `--refused`.
const REFUSALS_PRINTED_MAX: usize = 20;

pub fn run(arguments: &Arguments) -> Result<ExitCode, CommandError> {
    let id_key = arguments.store.engine.id_key();
    let readers = readers(&sources(arguments, &id_key)?)?;
    let engine = arguments.store.engine.engine()?;
    let unfilled = arguments.refused.as_deref().map(Unfilled::of);
    let refused = arguments.refused.as_deref().map(open_refused).transpose()?;
    let audit = arguments.audit.clone().unwrap_or_else(|| audit_of(&arguments.store.store));
    let (store, log) = make_logged(&arguments.store.store, &audit)?;
    let agencies = readers.iter().map(RowReader::agency);
    agency::check_files(store.as_ref(), agencies, arguments.new.new_agency)?;
    unfilled.into_iter().for_each(Unfilled::keep);
    store.expect_bulk()?;
    let report = with_bar((store.as_ref(), &log), &engine, readers, refused)?;
    if arguments.json {
        stdout::json(&report)?;
    } else {
        stdout::print(text(&report))?;
    }
    let none_refused = report.files.iter().all(|file| file.refused == 0);
    Ok(if none_refused { ExitCode::SUCCESS } else { ExitCode::from(SOME_REFUSED) })
}

fn sources(arguments: &Arguments, id_key: &IdKey) -> Result<Vec<Source>, CommandError> {
    let Some(mapping) = &arguments.mapping else {
        let [manifest] = arguments.files.as_slice() else {
            return Err("give one manifest, or --mapping MAP and the data files".into());
        };
        return Ok(load_manifest(manifest, id_key)?.1);
    };
    let mapper = Arc::new(load_mapping(mapping, id_key)?);
    let source = |path: &PathBuf| Source {
        path: path.clone(),
        name: path.display().to_string(),
        mapper: Arc::clone(&mapper),
    };
    Ok(arguments.files.iter().map(source).collect())
}

/// Opens files and reads their headers, before anything is made.
pub fn readers(sources: &[Source]) -> Result<Vec<RowReader>, CommandError> {
    let open = |source: &Source| read_file(&source.path, &source.name, source.mapper.clone());
    Ok(sources.iter().map(open).collect::<Result<_, _>>()?)
}

/// Opens the file of refused rows; what stood in it stays until the first of them is written.
fn open_refused(path: &Path) -> Result<File, CommandError> {
    let opened = File::options().write(true).create(true).truncate(false).open(path);
    opened.map_err(|error| format!("{}: cannot be written: {error}", path.display()).into())
}

/// Imports with a bar on the terminal.
pub fn with_bar(
    (store, log): (&dyn Store, &Log),
    engine: &Engine,
    readers: Vec<RowReader>,
    refused: Option<File>,
) -> Result<ImportReport, CommandError> {
    refused.as_ref().map(|file| file.set_len(0)).transpose()?;
    let total = readers.iter().filter_map(RowReader::bytes_total).sum();
    let mut watch = Watch {
        bar: progress::import_bar(total),
        log,
        refused: refused.map(BufWriter::new),
        failure: None,
    };
    let report = jobs::import_readers(store, engine, readers, BATCH_ROWS, now(), &mut watch);
    watch.bar.finish_and_clear();
    log.settle();
    watch.finish()?;
    Ok(report?)
}

/// Moves the bar, logs the batches and writes refused rows away as they come.
struct Watch<'a> {
    log: &'a Log,
    bar: ProgressBar,
    refused: Option<BufWriter<File>>,
    failure: Option<std::io::Error>,
}

impl Watch<'_> {
    fn finish(self) -> Result<(), CommandError> {
        if let Some(failure) = self.failure {
            return Err(failure.into());
        }
        self.refused.map(|mut file| file.flush()).transpose()?;
        Ok(())
    }
}

impl Observer for Watch<'_> {
    fn due(&mut self, agency: &str, batch: u64) -> Result<Due, AuditError> {
        self.log.check()?;
        self.bar.set_prefix("linking and storing");
        Ok(Log::due(&format!("import batch {batch}"), agency, None))
    }

    fn progress(&mut self, progress: &Progress<'_>) {
        self.log.follow();
        self.bar.set_prefix("reading");
        self.bar.set_position(progress.bytes_done);
        self.bar.set_message(format!("{} rows, {}", progress.rows, progress.file));
    }

    fn refused(&mut self, refusal: &Refusal) {
        let Some(file) = &mut self.refused else { return };
        let written = serde_json::to_string(refusal)
            .map_err(std::io::Error::other)
            .and_then(|line| writeln!(file, "{line}"));
        if let Err(error) = written {
            self.failure.get_or_insert(error);
        }
    }

    fn cancelled(&self) -> bool {
        self.failure.is_some()
    }
}

/// The report for people.
pub fn text(report: &ImportReport) -> String {
    let mut text = format!(
        "{:>10} {:>10} {:>10} {:>8} {:>8} {:>8} {:>8}  file\n",
        "rows", "new", "unchanged", "ties", "events", "links", "refused"
    );
    for file in &report.files {
        text += &format!(
            "{:>10} {:>10} {:>10} {:>8} {:>8} {:>8} {:>8}  {}\n",
            file.rows,
            file.records_new,
            file.records_unchanged,
            file.ties,
            file.events,
            file.links,
            file.refused,
            file.path
        );
    }
    let line = |what: &str, refusal: &Refusal| {
        let Refusal { file, row, column, reason } = refusal;
        let column = column.as_deref().map(|name| format!(", column {name}"));
        format!("{what}: {file} row {row}{}: {reason}\n", column.unwrap_or_default())
    };
    let warnings = report.files.iter().flat_map(|file| &file.warnings);
    for warning in warnings.take(REFUSALS_PRINTED_MAX) {
        text += &line("taken as the owner's alone", warning);
    }
    let refusals = report.files.iter().flat_map(|file| &file.refusals);
    for refusal in refusals.take(REFUSALS_PRINTED_MAX) {
        text += &line("refused", refusal);
    }
    let total: u64 = report.files.iter().map(|file| file.refused).sum();
    if total > REFUSALS_PRINTED_MAX as u64 {
        text += &format!("... {total} rows refused; --refused FILE writes them all\n");
    }
    text
}
