//! `accord init`: an empty store.

use std::process::ExitCode;

use accord::store::StoreAddress;

use super::{CommandError, settings, stdout};

/// Make an empty store
///
/// Commands that work on a store expect it to be there, so that a typing error in --store makes none. Two commands
/// make one: this one, and accord import for the files that come first.
#[derive(clap::Args)]
#[command(after_help = "Examples:
  accord init --store case.accord
  accord agency register --store case.accord --agency metro-police --kind police --desk 'duty desk' \\
      --channel '+44 20 7946 0000'")]
pub struct Arguments {
    /// The store: a file path, or bolt://user:password@host:port/database for an empty Neo4j
    #[arg(long, value_name = "STORE", env = "ACCORD_STORE")]
    store: StoreAddress,
}

pub fn run(arguments: &Arguments) -> Result<ExitCode, CommandError> {
    if settings::is_there(&arguments.store)? {
        return Err(format!("{}: a store is there already", arguments.store).into());
    }
    drop(settings::open_or_make(&arguments.store)?);
    stdout::line(format_args!("made {}", arguments.store))?;
    Ok(ExitCode::SUCCESS)
}
