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
    #[arg(long, value_parser = clap::value_parser!(u64).range(1..))]
    people: u64,
    /// Number of agencies that hold the records
    #[arg(long, default_value_t = 6)]
    agencies: usize,
    /// The same seed gives the same bytes
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Directory to write to; made if missing; files in it are replaced
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
    println!(
        "{} records of {} people in {} files; {} rings, {} decoys",
        summary.records, summary.people, summary.files, summary.rings, summary.decoys
    );
    println!("{:.0} records a second", summary.records as f64 / seconds);
    if !arguments.no_baselines {
        let baselines = scenario::baselines(&arguments.out)?;
        println!(
            "baselines on {} person records, {} true pairs:",
            baselines.records, baselines.true_pairs
        );
        let both = [
            ("same normalized name and birth date", baselines.exact),
            ("Jaro-Winkler of full names at least 0.9", baselines.jaro_winkler),
        ];
        for (name, figures) in both {
            println!(
                "  {name:<40} P {:.3}  R {:.3}  F1 {:.3}",
                figures.precision, figures.recall, figures.f1
            );
        }
    }
    Ok(ExitCode::SUCCESS)
}
