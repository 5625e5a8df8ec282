//! One module per command. Only this part of the program prints, reads the environment or exits.

mod account;
mod api_key;
mod audit;
mod compare;
mod dedupe;
mod demo;
mod deny;
mod evaluate;
mod generate;
mod health;
mod holder;
mod import;
mod key;
mod link;
mod officer;
mod openapi;
mod output;
mod progress;
mod purge;
mod records;
mod referral;
mod serve;
mod settings;
mod sharing;
mod table;
mod train;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// What a command returns when it fails: a text for people.
type CommandError = Box<dyn std::error::Error + Send + Sync>;

/// accord finds out which records of several agencies speak of the same person, phone, address,
/// vehicle or organization, and answers questions about the resulting graph.
#[derive(Parser)]
#[command(version, after_help = "First steps:  accord demo")]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    Demo(demo::Arguments),
    Serve(serve::Arguments),
    Key(api_key::Arguments),
    Account(account::Arguments),
    Deny(deny::Arguments),
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
}

/// Runs the command the arguments name. Exit code 0: done; 1: failed; 2: wrong arguments.
pub fn run() -> ExitCode {
    let arguments = Arguments::parse();
    let result = match arguments.command {
        Command::Demo(arguments) => demo::run(arguments),
        Command::Serve(arguments) => serve::run(&arguments),
        Command::Key(arguments) => api_key::run(&arguments),
        Command::Account(arguments) => account::run(&arguments),
        Command::Deny(arguments) => deny::run(&arguments),
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
    };
    match result {
        Ok(code) => code,
        Err(error) => {
            #[allow(clippy::print_stderr, reason = "the one place where errors reach people")]
            {
                eprintln!("accord: {error}");
                let mut source = error.source();
                while let Some(cause) = source {
                    eprintln!("  because: {cause}");
                    source = cause.source();
                }
            }
            ExitCode::FAILURE
        }
    }
}
