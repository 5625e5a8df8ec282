//! `accord openapi`: the API's OpenAPI document.

use std::process::ExitCode;

use super::CommandError;

/// Print the API's OpenAPI document
///
/// The same that the server gives at /openapi.json.
#[derive(clap::Args)]
#[command(after_help = "Example:  accord openapi > openapi/accord.json")]
pub struct Arguments {}

#[allow(clippy::print_stdout, reason = "prints the command's result")]
pub fn run(_: &Arguments) -> Result<ExitCode, CommandError> {
    println!("{}", serde_json::to_string_pretty(&accord::api::document())?);
    Ok(ExitCode::SUCCESS)
}
