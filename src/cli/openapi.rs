//! `accord openapi`: the API's OpenAPI document.

use std::process::ExitCode;

use accord::api::{Published, document};

use super::{CommandError, stdout};

/// Print the API's OpenAPI document
///
/// The same that the server gives at /openapi.json.
#[derive(clap::Args)]
#[command(after_help = "Example:  accord openapi > openapi/accord.json")]
pub struct Arguments {}

pub fn run(_: &Arguments) -> Result<ExitCode, CommandError> {
    stdout::json(&Published(&document()))?;
    Ok(ExitCode::SUCCESS)
}
