//! `accord train`: a model from files, with or without their answer key.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use accord::ingest::{Source, load_manifest, read_file};
use accord::model::{IdKey, Record};
use accord::resolve::train::{self, Labelled};
use accord::resolve::{Model, em};

use super::output::Output;
use super::progress::{self, FilesBar};
use super::{CommandError, key};

/// Train a model on files, with or without an answer key
///
/// Writes a readable JSON file, to be used with --model. The same files give the same model. With a key m is
/// counted; without labels it is estimated by expectation maximization, type by type, and a type of which the
/// files hold too few duplicates keeps what the shipped model knows.
#[derive(clap::Args)]
#[command(after_help = "Examples:
  accord train --out model.json scenario/manifest.toml
  accord train --unlabelled --out model.json files/manifest.toml")]
pub struct Arguments {
    /// The manifest; it must name a key unless --unlabelled is given
    manifest: PathBuf,
    /// Train without labels, whether the manifest names a key or not
    #[arg(long)]
    unlabelled: bool,
    /// The model file to write
    #[arg(long)]
    out: PathBuf,
}

pub fn run(arguments: &Arguments) -> Result<ExitCode, CommandError> {
    let id_key = IdKey::default();
    let out = Output::prepare(&arguments.out, &[&arguments.manifest])?;
    let (manifest, sources) = load_manifest(&arguments.manifest, &id_key)?;
    let model = if arguments.unlabelled {
        unlabelled(&sources)?
    } else {
        let key =
            manifest.key.ok_or("the manifest names no key: name one, or give --unlabelled")?;
        let folder = arguments.manifest.parent().unwrap_or(Path::new(""));
        labelled(&sources, &folder.join(key), &id_key)?
    };
    // A model holds how often names are seen: an output is its owner's alone.
    out.write(|file| Ok(file.write_all((model.to_json() + "\n").as_bytes())?))?;
    Ok(ExitCode::SUCCESS)
}

fn labelled(sources: &[Source], key: &Path, id_key: &IdKey) -> Result<Model, CommandError> {
    let mut key = key::read(key, id_key)?;
    let mut labelled = Vec::new();
    read(sources, |record| {
        if let Some((_, entity)) = key.remove(&record.id) {
            labelled.push(Labelled { record, entity });
        }
    })?;
    let spinner = progress::spinner(format!("training on {} records", labelled.len()));
    let about = format!("labels of {} records", labelled.len());
    let model = train::train(labelled, &about);
    spinner.finish_and_clear();
    Ok(model)
}

fn unlabelled(sources: &[Source]) -> Result<Model, CommandError> {
    let mut records = Vec::new();
    read(sources, |record| records.push(record))?;
    let spinner = progress::spinner(format!("training on {} records", records.len()));
    let about = format!("trained without labels on {} records", records.len());
    let model = em::train(records, &Model::shipped(), &about);
    spinner.finish_and_clear();
    Ok(model)
}

/// Gives each record of the files to `take`. Rows that an import would refuse teach nothing.
fn read(sources: &[Source], mut take: impl FnMut(Record)) -> Result<(), CommandError> {
    let mut bar = FilesBar::new(sources.iter().map(|source| source.path.as_path()));
    for source in sources {
        let mut rows = read_file(&source.path, &source.name, source.mapper.clone())?;
        while let Some(row) = rows.next() {
            bar.rows(1, rows.bytes_done());
            if let Ok(output) = row?.1 {
                output.records.into_iter().for_each(&mut take);
            }
        }
        bar.file(rows.bytes_done());
    }
    bar.finish();
    Ok(())
}
