//! The stored queries, read and checked.

use std::collections::BTreeMap;

use thiserror::Error;

use super::header::{self, Header};
use super::{Column, Engines, HeaderError, Parameter, Refusal, check};

/// A stored query: a checked statement and what its header says of it.
#[derive(Debug, Clone, PartialEq)]
pub struct StoredQuery {
    header: Header,
    cypher: String,
}

impl StoredQuery {
    /// Reads and checks one file.
    ///
    /// # Errors
    /// Where and why the header cannot be read or the statement is refused.
    pub fn parse(file: &str, text: &str) -> Result<Self, LibraryError> {
        let header = header::parse(text)
            .map_err(|error| LibraryError::Header { file: file.into(), error })?;
        let refused = |refusal| LibraryError::Refused { file: file.into(), refusal };
        if file.strip_suffix(".cypher") != Some(header.name.as_str()) {
            let reason = "the name in the header is not that of the file".into();
            return Err(refused(Refusal { line: 1, reason }));
        }
        check::check(&header, text).map_err(refused)?;
        Ok(Self { header, cypher: text.to_owned() })
    }

    /// Its name, which is that of its file.
    pub fn name(&self) -> &str {
        &self.header.name
    }

    /// What it is for.
    pub fn about(&self) -> &str {
        &self.header.about
    }

    /// Which engines run it.
    pub fn engines(&self) -> Engines {
        self.header.engines
    }

    /// Its parameters, in the header's order.
    pub fn parameters(&self) -> &[Parameter] {
        &self.header.parameters
    }

    /// The columns of its result, in order.
    pub fn columns(&self) -> &[Column] {
        &self.header.columns
    }

    /// The columns that together tell any two rows apart; the rows are ordered by them at last.
    pub fn key(&self) -> &[String] {
        &self.header.key
    }

    /// The whole file.
    pub fn cypher(&self) -> &str {
        &self.cypher
    }
}

/// A file that cannot be part of the library.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum LibraryError {
    /// Its header cannot be read.
    #[error("{file}: {error}")]
    Header {
        /// The file.
        file: String,
        /// Where and why.
        error: HeaderError,
    },
    /// Its statement is refused.
    #[error("{file}: {refusal}")]
    Refused {
        /// The file.
        file: String,
        /// Where and why.
        refusal: Refusal,
    },
    /// Two files have one name.
    #[error("{0}: a second query of that name")]
    Twice(String),
}

/// The stored queries by name.
#[derive(Debug, Clone, PartialEq)]
pub struct Library {
    queries: BTreeMap<String, StoredQuery>,
}

macro_rules! shipped {
    ($($name:literal),+ $(,)?) => {
        /// The files of `cypher/`; a test compares this list with the folder.
        const SHIPPED: &[(&str, &str)] = &[
            $((concat!($name, ".cypher"), include_str!(concat!("../../cypher/", $name, ".cypher"))),)+
        ];
    };
}

shipped![
    "ads-sharing-phone",
    "co-travel",
    "common-contacts",
    "cross-agency-entities",
    "ego-network",
    "front-businesses",
    "paths-pruning-hubs",
    "paths-without-hubs",
    "payers-of-many-bookings",
    "ring-candidates",
    "rotating-phones",
    "route-of-entity",
    "routes-between-cities",
    "shared-addresses",
    "shared-phones",
    "vehicles-of-many",
];

impl Library {
    /// The queries that come with the program.
    ///
    /// # Errors
    /// When one of them is refused; a test holds that none is.
    pub fn shipped() -> Result<Self, LibraryError> {
        Self::from_files(SHIPPED.iter().copied())
    }

    /// Reads and checks files, given as name and text.
    ///
    /// # Errors
    /// The first file that is refused.
    pub fn from_files<'a>(
        files: impl IntoIterator<Item = (&'a str, &'a str)>,
    ) -> Result<Self, LibraryError> {
        let mut queries = BTreeMap::new();
        for (file, text) in files {
            let query = StoredQuery::parse(file, text)?;
            if queries.insert(query.name().to_owned(), query).is_some() {
                return Err(LibraryError::Twice(file.to_owned()));
            }
        }
        Ok(Self { queries })
    }

    /// The query of this name.
    pub fn get(&self, name: &str) -> Option<&StoredQuery> {
        self.queries.get(name)
    }

    /// All queries, by name.
    pub fn iter(&self) -> impl Iterator<Item = &StoredQuery> {
        self.queries.values()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_file_of_the_folder_is_shipped() {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/cypher");
        let mut files: Vec<String> = std::fs::read_dir(folder)
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .filter(|name| name.ends_with(".cypher"))
            .collect();
        files.sort();
        assert_eq!(files, SHIPPED.iter().map(|(name, _)| *name).collect::<Vec<_>>());
    }

    #[test]
    fn every_shipped_query_passes_the_check() {
        let library = Library::shipped().unwrap_or_else(|error| panic!("{error}"));
        assert_eq!(library.iter().count(), SHIPPED.len());
    }
}
