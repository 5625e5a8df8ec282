//! `accord audit`: check the audit log.

use std::path::PathBuf;
use std::process::ExitCode;

use accord::audit;

use super::CommandError;

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
    },
}

#[allow(clippy::print_stdout, reason = "prints the command's result")]
pub fn run(arguments: &Arguments) -> Result<ExitCode, CommandError> {
    let Action::Verify { log } = &arguments.action;
    let head = audit::verify(log)?;
    println!("{} entries, last hash {}", head.length, head.hash);
    Ok(ExitCode::SUCCESS)
}
