//! Loads mapping files and manifests, and says which file, which key and why when one is not right.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde::de::DeserializeOwned;
use thiserror::Error;

use super::mapper::RowMapper;
use super::mapping::{Manifest, Mapping};
use crate::model::IdKey;
use crate::strict::Strict;

/// What is wrong with a mapping or a manifest.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum MappingFault {
    /// The file cannot be read.
    #[error("cannot be read: {0}")]
    Unreadable(std::io::ErrorKind),
    /// Not TOML, an unknown key, or a value of the wrong type.
    #[error("{0}")]
    Syntax(String),
    /// An empty text where one is needed.
    #[error("must not be empty")]
    Empty,
    /// The time zone is not in the IANA database.
    #[error("no such time zone")]
    TimeZone,
    /// Not a country code.
    #[error("expected an ISO 3166-1 alpha-2 code")]
    Country,
    /// Not a CSV delimiter.
    #[error("a delimiter is one ASCII character, not a quote or line end, and for CSV only")]
    Delimiter,
    /// A sensitivity tier above 4.
    #[error("a tier is a number from 0 to 4")]
    Tier,
    /// A confidence outside 0 to 1.
    #[error("a confidence is a number from 0 to 1")]
    Confidence,
    /// The record type has no such field.
    #[error("no such field here")]
    UnknownField,
    /// A field that is needed is not mapped.
    #[error("this field is needed")]
    FieldNeeded,
    /// Records of persons without a subject category.
    #[error("records of persons need a subject category, `unknown` where the source does not say")]
    CategoryNeeded,
    /// A record of a person that is marked as public.
    #[error("a person is never public")]
    PublicPerson,
    /// No record has this slot.
    #[error("no record has this slot")]
    UnknownSlot,
    /// A slot, or a tie or event of the same kind (and ends), twice.
    #[error("stated twice")]
    Repeated,
    /// A slot name with other characters than `a-z`, `0-9`, `_` and `-`.
    #[error("a slot name is made of a-z, 0-9, _ and -")]
    SlotName,
    /// A format where none is of use.
    #[error("only dates and times have formats")]
    FormatUseless,
    /// A format that strptime does not know or that does not give what is needed.
    #[error("the format does not give a date or time")]
    Format,
    /// A constant, default or translation that the field does not take.
    #[error("a constant, default or translated value is not one this field takes")]
    Supplied,
    /// Latitude without longitude, or the other way round.
    #[error("latitude and longitude are mapped together")]
    Coordinates,
    /// A column that is both used and ignored.
    #[error("the column is used, so it cannot be ignored")]
    UsedAndIgnored,
    /// The mapping makes neither records nor events.
    #[error("the mapping makes neither records nor events")]
    Nothing,
}

/// What is wrong with a mapping or a manifest, and where.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("{file}: {}{fault}", if key.is_empty() { String::new() } else { format!("{key}: ") })]
pub struct MappingError {
    /// The mapping file or manifest.
    pub file: String,
    /// The key, as in `record[1].fields.birth_date` (counted from 0); empty for the whole file.
    pub key: String,
    /// What is wrong.
    pub fault: MappingFault,
}

/// A problem inside a mapping whose file the caller knows.
#[derive(Debug)]
pub(super) struct MappingProblem {
    pub key: String,
    pub fault: MappingFault,
}

impl MappingProblem {
    pub fn new(key: impl Into<String>, fault: MappingFault) -> Self {
        Self { key: key.into(), fault }
    }

    pub fn in_file(self, file: &str) -> MappingError {
        MappingError { file: file.to_owned(), key: self.key, fault: self.fault }
    }
}

/// A data file and how to read it.
#[derive(Debug, Clone)]
pub struct Source {
    /// Where the file is.
    pub path: PathBuf,
    /// What reports call it.
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
