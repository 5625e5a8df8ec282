//! `accord generate`: a synthetic scenario with its answer key.

use std::path::PathBuf;
use std::process::ExitCode;

use accord::scenario::{self, Options};

use super::{CommandError, progress};

/// Write a synthetic multi-agency scenario with its answer key
#[derive(clap::Args)]
#[command(
    after_help = "Example:  accord generate --people 1000 --agencies 6 --seed 1 --out scenario"
)]
pub struct Arguments {
    /// Number of distinct people; about three person records and several events come of each
    #[arg(long, value_parser = clap::value_parser!(u64).range(1..=50_000_000))]
    people: u64,
    /// Number of agencies that hold the records
    #[arg(long, default_value_t = 6, value_parser = clap::value_parser!(u32).range(1..=500))]
    agencies: u32,
    /// The same seed gives the same bytes
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Directory to write to; made if missing, refused if it holds files
    #[arg(long)]
    out: PathBuf,
    /// Do not measure the two baselines afterwards
    #[arg(long)]
    no_baselines: bool,
}

#[allow(clippy::print_stdout, reason = "prints the command's result")]
pub fn run(arguments: &Arguments) -> Result<ExitCode, CommandError> {
    let options = Options {
        people: arguments.people,
        agencies: arguments.agencies,
        seed: arguments.seed,
        out: arguments.out.clone(),
    };
    let bar = progress::count_bar(arguments.people, "people");
    let started = std::time::Instant::now();
    let summary = scenario::generate(&options, &mut |people| bar.set_position(people))?;
    let seconds = started.elapsed().as_secs_f64();
    bar.finish_and_clear();
    println!("{summary}");
    println!("{:.0} records a second", summary.records() as f64 / seconds);
    if !arguments.no_baselines {
        println!("{}", scenario::baselines(&arguments.out)?);
    }
    Ok(ExitCode::SUCCESS)
}
