//! One module per command. Only this part of the program prints, reads the environment or exits.

mod account;
mod agency;
mod api_key;
mod audit;
mod beside;
mod compare;
mod completions;
mod dedupe;
mod demo;
mod deny;
mod evaluate;
mod generate;
mod health;
mod holder;
mod import;
mod init;
mod key;
mod link;
mod man;
mod officer;
mod openapi;
mod output;
mod progress;
mod purge;
mod queries;
mod records;
mod referral;
mod serve;
mod settings;
mod sharing;
mod stdout;
mod table;
mod train;
mod unfilled;

use std::io::Write;
use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// The error of a command: a text for people.
type CommandError = Box<dyn std::error::Error + Send + Sync>;

/// accord finds out which records of several agencies speak of the same person, phone, address,
/// vehicle or organization, and answers questions about the resulting graph.
#[derive(Parser)]
#[command(name = "accord", version, after_help = "First steps:  accord demo")]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    Demo(demo::Arguments),
    Serve(serve::Arguments),
    Init(init::Arguments),
    Agency(agency::Arguments),
    Key(api_key::Arguments),
    Account(account::Arguments),
    Deny(deny::Arguments),
    Queries(queries::Arguments),
    Openapi(openapi::Arguments),
    Generate(generate::Arguments),
    Import(import::Arguments),
    Dedupe(dedupe::Arguments),
    Link(link::Arguments),
    Compare(compare::Arguments),
    Evaluate(evaluate::Arguments),
    Train(train::Arguments),
    Purge(purge::Arguments),
    Audit(audit::Arguments),
    Completions(completions::Arguments),
    Man(man::Arguments),
}

/// Runs the command that the arguments name. Exit code 0: done; 1: failed; 2: wrong arguments; 141: the reader of its
/// output went away.
pub fn run() -> ExitCode {
    match command(Arguments::parse().command) {
        Ok(code) => code,
        Err(error) if stdout::is_reader_gone(&error) => ExitCode::from(stdout::READER_GONE),
        Err(error) => {
            tell(error.as_ref());
            ExitCode::FAILURE
        }
    }
}

fn command(command: Command) -> Result<ExitCode, CommandError> {
    match command {
        Command::Demo(arguments) => demo::run(arguments),
        Command::Serve(arguments) => serve::run(&arguments),
        Command::Init(arguments) => init::run(&arguments),
        Command::Agency(arguments) => agency::run(&arguments),
        Command::Key(arguments) => api_key::run(&arguments),
        Command::Account(arguments) => account::run(&arguments),
        Command::Deny(arguments) => deny::run(&arguments),
        Command::Queries(arguments) => queries::run(&arguments),
        Command::Openapi(arguments) => openapi::run(&arguments),
        Command::Generate(arguments) => generate::run(&arguments),
        Command::Import(arguments) => import::run(&arguments),
        Command::Dedupe(arguments) => dedupe::run(&arguments),
        Command::Link(arguments) => link::run(&arguments),
        Command::Compare(arguments) => compare::run(&arguments),
        Command::Evaluate(arguments) => evaluate::run(&arguments),
        Command::Train(arguments) => train::run(&arguments),
        Command::Purge(arguments) => purge::run(&arguments),
        Command::Audit(arguments) => audit::run(&arguments),
        Command::Completions(arguments) => completions::run(&arguments),
        Command::Man(arguments) => man::run(&arguments),
    }
}

/// Prints the reason for which a command failed. If stderr cannot be written, the exit code has to do.
fn tell(error: &(dyn std::error::Error + 'static)) {
    let mut err = std::io::stderr().lock();
    let _ = writeln!(err, "accord: {error}");
    let mut source = error.source();
    while let Some(cause) = source {
        let _ = writeln!(err, "  because: {cause}");
        source = cause.source();
    }
}
