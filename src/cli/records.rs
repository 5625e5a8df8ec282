//! Reading files for the engine alone, and the model that compares them.

use std::path::Path;

use accord::matching::{Matcher, Progress, Records};
use accord::model::IdKey;

use super::CommandError;
use super::progress::{self, FilesBar};
use super::settings::EngineArguments;

/// Exit code when rows could not be read.
pub const SOME_REFUSED: u8 = 3;

/// Reads files by one mapping.
pub fn read(mapping: &Path, files: &[&Path], id_key: &IdKey) -> Result<Records, CommandError> {
    let mut bar = FilesBar::new(files.iter().copied());
    let records = Records::read_with(mapping, files, id_key, &mut |progress| match progress {
        Progress::Rows { count, bytes_done } => bar.rows(count, bytes_done),
        Progress::File { bytes } => bar.file(bytes),
    })?;
    bar.finish();
    Ok(records)
}

/// The records with the named model, or with one trained on the records themselves without labels.
pub fn matcher(records: Records, arguments: &EngineArguments) -> Result<Matcher, CommandError> {
    let spinner = progress::spinner(format!("training on {} records", records.len()));
    let matcher = if arguments.names_model() {
        Matcher::with_engine(records, (*arguments.engine()?).clone())
    } else {
        Matcher::trained(records)
    };
    spinner.finish_and_clear();
    Ok(matcher)
}

/// The summary's line about repeated records; empty if there are none.
pub fn repeated_text(records: &Records) -> String {
    match records.repeated() {
        0 => String::new(),
        count => format!("{count} rows bear the id of one above them and were left out\n"),
    }
}
