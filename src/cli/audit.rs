//! `accord audit`: check the audit log.

use std::path::PathBuf;
use std::process::ExitCode;

use accord::audit;
use serde_json::json;

use super::{CommandError, stdout};

/// Check the audit log
#[derive(clap::Args)]
#[command(after_help = "Example:  accord audit verify demo.accord.audit")]
pub struct Arguments {
    #[command(subcommand)]
    action: Action,
}

#[derive(clap::Subcommand)]
enum Action {
    /// Check the chain from the first line to the last and print its length and last hash
    Verify {
        /// The log, `<store>.audit` unless the server was told otherwise
        log: PathBuf,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
}

pub fn run(arguments: &Arguments) -> Result<ExitCode, CommandError> {
    let Action::Verify { log, json } = &arguments.action;
    let head = audit::verify(log)?;
    if *json {
        stdout::json(&json!({ "entries": head.length, "hash": head.hash }))?;
        return Ok(ExitCode::SUCCESS);
    }
    stdout::line(format_args!("{} entries, last hash {}", head.length, head.hash))?;
    Ok(ExitCode::SUCCESS)
}
