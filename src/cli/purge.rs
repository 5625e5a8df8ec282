//! `accord purge`: remove what is kept no longer.

use std::process::ExitCode;

use accord::casework;

use super::CommandError;
use super::holder::{Log, Place, now};

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
}

#[allow(clippy::print_stdout, reason = "prints the command's result")]
pub fn run(arguments: &Arguments) -> Result<ExitCode, CommandError> {
    let (store, log) = arguments.place.open_logged(false)?;
    let report =
        casework::purge(store.as_ref(), now(), |agency| Log::entry("purge", agency, None))?;
    log.settle();
    if report.agencies.is_empty() {
        println!("nothing to remove");
    }
    for (agency, objects) in &report.agencies {
        println!("{objects:>10}  {agency}");
    }
    Ok(ExitCode::SUCCESS)
}
