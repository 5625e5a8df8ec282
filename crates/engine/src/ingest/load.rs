//! Loads mapping files and manifests, and says which file, which key and why when one is not right.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde::de::DeserializeOwned;

use super::mapper::RowMapper;
use super::mapping::{Manifest, Mapping};
use super::mapping_fault::{MappingError, MappingFault, MappingProblem};
use crate::model::IdKey;
use crate::strict::Strict;

/// A data file and how to read it.
#[derive(Debug, Clone)]
pub struct Source {
    /// Where the file is.
    pub path: PathBuf,
    /// The file's name in reports.
    pub name: String,
    /// How its rows are read.
    pub mapper: Arc<RowMapper>,
}

/// Reads a mapping from the text of a file that reports call `file`. What its keys mean together
/// is checked by [`RowMapper::new`].
///
/// # Errors
/// When the text is not TOML, has an unknown key or a value of the wrong type.
pub fn parse_mapping(file: &str, text: &str) -> Result<Mapping, MappingError> {
    parse(file, text)
}

/// Loads a mapping file and makes it ready for rows that go into a store.
///
/// # Errors
/// When it cannot be read or is not right, with file, key and reason.
pub fn load_mapping(path: &Path, key: &IdKey) -> Result<RowMapper, MappingError> {
    let file = path.display().to_string();
    RowMapper::new(&file, &parse_mapping(&file, &read(path, &file)?)?, key)
}

/// Loads a mapping file and makes it ready for the engine alone.
///
/// # Errors
/// As [`load_mapping`].
pub fn load_mapping_of_bodies(path: &Path, key: &IdKey) -> Result<RowMapper, MappingError> {
    let file = path.display().to_string();
    RowMapper::of_bodies(&file, &parse_mapping(&file, &read(path, &file)?)?, key)
}

/// Loads a manifest and the mappings of its files, whose paths are relative to it.
///
/// # Errors
/// When one of them cannot be read or is not right, or a data file is missing.
pub fn load_manifest(path: &Path, key: &IdKey) -> Result<(Manifest, Vec<Source>), MappingError> {
    let file = path.display().to_string();
    let manifest: Manifest = parse(&file, &read(path, &file)?)?;
    let folder = path.parent().unwrap_or(Path::new(""));
    let mut sources = Vec::with_capacity(manifest.files.len());
    for (position, entry) in manifest.files.iter().enumerate() {
        let data = folder.join(&entry.path);
        if let Err(error) = std::fs::metadata(&data) {
            let fault = MappingFault::Unreadable(error.kind());
            return Err(MappingProblem::new(format!("file[{position}].path"), fault).in_file(&file));
        }
        let mapper = Arc::new(load_mapping(&folder.join(&entry.mapping), key)?);
        sources.push(Source { path: data, name: entry.path.clone(), mapper });
    }
    Ok((manifest, sources))
}

fn read(path: &Path, file: &str) -> Result<String, MappingError> {
    std::fs::read_to_string(path)
        .map_err(|e| MappingProblem::new("", MappingFault::Unreadable(e.kind())).in_file(file))
}

/// TOML names the line; the message is about keys and types of the mapping, which hold no data.
fn parse<T: DeserializeOwned>(file: &str, text: &str) -> Result<T, MappingError> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let read = toml::Deserializer::parse(text).and_then(|it| T::deserialize(Strict(it)));
    read.map_err(|error| {
        let line = error.span().map(|span| {
            let before = text.get(..span.start).unwrap_or_default();
            before.bytes().filter(|b| *b == b'\n').count() + 1
        });
        let key = line.map(|line| format!("line {line}")).unwrap_or_default();
        MappingProblem::new(key, MappingFault::Syntax(error.message().to_owned())).in_file(file)
    })
}
