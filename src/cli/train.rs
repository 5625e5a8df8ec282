//! `accord train`: a model from files and their answer key.

use std::path::PathBuf;
use std::process::ExitCode;

use accord::ingest::{load_manifest, read_file};
use accord::model::IdKey;
use accord::resolve::train::{self, Labelled};

use super::progress::{self, FilesBar};
use super::{CommandError, key};

/// Train a model on files with an answer key
///
/// Writes a readable JSON file, to be used with --model. The same files give the same model.
#[derive(clap::Args)]
#[command(after_help = "Example:  accord train --out model.json scenario/manifest.toml")]
pub struct Arguments {
    /// The manifest; it must name a key
    manifest: PathBuf,
    /// The model file to write
    #[arg(long)]
    out: PathBuf,
}

pub fn run(arguments: &Arguments) -> Result<ExitCode, CommandError> {
    let id_key = IdKey::default();
    let (manifest, sources) = load_manifest(&arguments.manifest, &id_key)?;
    let key_file = manifest.key.ok_or("the manifest names no key")?;
    let folder = arguments.manifest.parent().unwrap_or(std::path::Path::new(""));
    let mut key = key::read(&folder.join(key_file), &id_key)?;
    let mut bar = FilesBar::new(sources.iter().map(|source| source.path.as_path()));
    let mut labelled = Vec::new();
    for source in &sources {
        let mut rows = read_file(&source.path, &source.name, source.mapper.clone())?;
        while let Some(row) = rows.next() {
            bar.rows(1, rows.bytes_done());
            // Rows that an import would refuse teach nothing.
            let Ok(output) = row?.1 else { continue };
            labelled.extend(output.records.into_iter().filter_map(|record| {
                let (_, entity) = key.remove(&record.id)?;
                Some(Labelled { record, entity })
            }));
        }
        bar.file(rows.bytes_done());
    }
    bar.finish();
    let spinner = progress::spinner(format!("training on {} records", labelled.len()));
    let about = format!("labels of {} records", labelled.len());
    let model = train::train(labelled, &about);
    spinner.finish_and_clear();
    std::fs::write(&arguments.out, model.to_json() + "\n")?;
    Ok(ExitCode::SUCCESS)
}
