//! `accord man`: manual pages, made from the arguments' own declaration.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Command, CommandFactory};
use clap_mangen::Man;

use super::{CommandError, stdout};

/// Print the manual page of the program or of a command, or write all pages to a folder
#[derive(clap::Args)]
#[command(after_help = "Examples:
  accord man | man -l -
  accord man key create | man -l -
  accord man --out /usr/local/share/man/man1")]
pub struct Arguments {
    /// The command, e.g. key create; without one the page of the program
    #[arg(value_name = "COMMAND", conflicts_with = "out")]
    command: Vec<String>,
    /// Write the pages of the program and of all its commands to this folder, made if missing
    #[arg(long, value_name = "FOLDER")]
    out: Option<PathBuf>,
}

pub fn run(arguments: &Arguments) -> Result<ExitCode, CommandError> {
    let mut program = super::Arguments::command().disable_help_subcommand(true);
    program.build();
    match &arguments.out {
        Some(folder) => std::fs::create_dir_all(folder)
            .and_then(|()| clap_mangen::generate_to(program, folder))
            .map_err(|error| format!("{}: {error}", folder.display()))?,
        None => stdout::print(page(named(&program, &arguments.command)?)?)?,
    }
    Ok(ExitCode::SUCCESS)
}

/// The command of these words.
fn named<'a>(program: &'a Command, words: &[String]) -> Result<&'a Command, CommandError> {
    words.iter().try_fold(program, |command, word| {
        let found = command.find_subcommand(word);
        found.ok_or_else(|| format!("there is no command {}", words.join(" ")).into())
    })
}

/// The page of a command. It is made as a whole before it is printed.
fn page(command: &Command) -> Result<String, CommandError> {
    let mut page = Vec::new();
    let version = concat!("accord ", env!("CARGO_PKG_VERSION"));
    Man::new(command.clone()).source(version).manual("accord").render(&mut page)?;
    Ok(String::from_utf8(page)?)
}
