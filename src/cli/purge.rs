//! `accord purge`: remove what is kept no longer.

use std::process::ExitCode;

use accord::casework;
use serde_json::json;

use super::holder::{Log, Place, now};
use super::{CommandError, stdout};

/// Remove rows whose review is overdue
///
/// Removes the rows that nobody has reviewed 30 days after their review fell due, and what providers of services
/// said of victims whose release has ended: records, ties, events, and the links and judgements that rest on
/// them. Prints how many objects of each agency are gone; each agency has an entry in the audit log. A running
/// server does the same at its start and once a day.
#[derive(clap::Args)]
#[command(after_help = "Example:  accord purge --store case.accord")]
pub struct Arguments {
    #[command(flatten)]
    place: Place,
    /// Print JSON: how many objects of each agency are gone
    #[arg(long)]
    json: bool,
}

pub fn run(arguments: &Arguments) -> Result<ExitCode, CommandError> {
    let (store, log) = arguments.place.open_logged()?;
    let report =
        casework::purge(store.as_ref(), now(), |agency| Log::entry("purge", agency, None))?;
    log.settle();
    if arguments.json {
        stdout::json(&json!({ "removed": report.agencies }))?;
        return Ok(ExitCode::SUCCESS);
    }
    if report.agencies.is_empty() {
        stdout::line("nothing to remove")?;
    }
    for (agency, objects) in &report.agencies {
        stdout::line(format_args!("{objects:>10}  {agency}"))?;
    }
    Ok(ExitCode::SUCCESS)
}
