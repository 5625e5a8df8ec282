//! `accord compare`: pairs of values against each other, without a store.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use accord::resolve::compare_names::{THRESHOLD, name_score};

use super::output::Output;
use super::progress::FilesBar;
use super::{CommandError, stdout, table};

/// The longest name, in bytes: comparing takes time by its square.
const NAME_BYTES_MAX: usize = 2_000;

/// Compare pairs of values, row by row of a CSV file
#[derive(clap::Args)]
#[command(after_help = "Example:  accord compare names pairs.csv --out scored.csv")]
pub struct Arguments {
    #[command(subcommand)]
    what: What,
}

#[derive(clap::Subcommand)]
enum What {
    Names(Names),
}

/// Compare pairs of names of persons or organizations
///
/// Reads the columns name1 and name2 and appends score (0 to 1) and match (true or false); all other
/// columns pass through unchanged. Uses the names only.
#[derive(clap::Args)]
#[command(after_help = "Example:  accord compare names pairs.csv --threshold 0.8")]
struct Names {
    /// CSV with the columns name1 and name2
    file: PathBuf,
    /// Write here instead of to standard output
    #[arg(long)]
    out: Option<PathBuf>,
    /// The score from which two names match
    #[arg(long, default_value_t = THRESHOLD)]
    threshold: f64,
}

pub fn run(arguments: &Arguments) -> Result<ExitCode, CommandError> {
    let What::Names(names) = &arguments.what;
    if !(0.0..=1.0).contains(&names.threshold) {
        return Err("--threshold must lie between 0 and 1".into());
    }
    match &names.out {
        Some(path) => {
            let out = Output::prepare(path, &[&names.file])?;
            out.write(|out| compare_names(&names.file, names.threshold, out))?;
        }
        None => compare_names(&names.file, names.threshold, stdout::lock())?,
    }
    Ok(ExitCode::SUCCESS)
}

fn compare_names(path: &Path, threshold: f64, out: impl Write) -> Result<(), CommandError> {
    let name = path.display();
    let mut reader = table::open(path)?;
    let mut headers = reader.headers().map_err(|error| format!("{name}: {error}"))?.clone();
    let column = |wanted: &str| {
        let found = headers.iter().position(|header| header == wanted);
        found.ok_or_else(|| format!("{name}: there is no column {wanted}"))
    };
    let (first, second) = (column("name1")?, column("name2")?);
    headers.push_field("score");
    headers.push_field("match");
    let mut writer = csv::Writer::from_writer(out);
    writer.write_record(&headers)?;
    let mut bar = FilesBar::new([path]);
    let mut row = csv::StringRecord::new();
    while reader.read_record(&mut row).map_err(|error| format!("{name}: {error}"))? {
        bar.rows(1, reader.position().byte());
        if row[first].len().max(row[second].len()) > NAME_BYTES_MAX {
            let line = row.position().map_or(0, csv::Position::line);
            return Err(
                format!("{name}: line {line}: a name of more than {NAME_BYTES_MAX} bytes").into()
            );
        }
        let score = name_score(&row[first], &row[second]).score;
        row.push_field(&format!("{score:.4}"));
        row.push_field(if score >= threshold { "true" } else { "false" });
        writer.write_record(&row)?;
    }
    writer.flush()?;
    bar.finish();
    Ok(())
}
