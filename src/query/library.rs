//! The library of stored queries, read and checked: queries that come with the program, and own ones.

use std::collections::{BTreeMap, BTreeSet};

use super::{Engines, Refusal, RefusedFile, StoredQuery, embedded};

/// The stored queries by name, and the refused files of own queries.
#[derive(Debug, Clone, PartialEq)]
pub struct Library {
    queries: BTreeMap<String, StoredQuery>,
    own: BTreeSet<String>,
    refused: Vec<RefusedFile>,
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
    pub fn shipped() -> Result<Self, RefusedFile> {
        Self::from_files(SHIPPED.iter().copied())
    }

    /// Reads and checks files, given as name and text.
    ///
    /// # Errors
    /// The first file that is refused.
    pub fn from_files<'a>(
        files: impl IntoIterator<Item = (&'a str, &'a str)>,
    ) -> Result<Self, RefusedFile> {
        let mut queries = BTreeMap::new();
        for (file, text) in files {
            let query = StoredQuery::parse(file, text)?;
            if queries.insert(query.name().to_owned(), query).is_some() {
                let reason = "a second query of that name".into();
                return Err(RefusedFile::of(file, Refusal { line: 1, column: 1, reason }));
            }
        }
        Ok(Self { queries, own: BTreeSet::new(), refused: Vec::new() })
    }

    /// Returns the library with own queries added, given as the name of each file with its text or the reason why it
    /// cannot be read. The result depends on the files only: a refused file does not affect the others, and no own
    /// query may take the name of a query that comes with the program.
    #[must_use]
    pub fn with_own(
        &self,
        files: impl IntoIterator<Item = (String, Result<String, Refusal>)>,
    ) -> Self {
        let mut library = self.clone();
        for (file, text) in files {
            let query = text.and_then(|text| self.own_query(&file, &text));
            match query {
                Ok(query) => {
                    library.own.insert(query.name().to_owned());
                    library.queries.insert(query.name().to_owned(), query);
                }
                Err(refusal) => library.refused.push(RefusedFile::of(&file, refusal)),
            }
        }
        library
    }

    fn own_query(&self, file: &str, text: &str) -> Result<StoredQuery, Refusal> {
        let query = StoredQuery::read(file, text)?;
        if self.queries.contains_key(query.name()) {
            let reason = "a query that comes with the program has this name".into();
            return Err(Refusal { line: 1, column: 1, reason });
        }
        if query.engines() == Engines::All {
            // The parser is not ours: a query that makes it panic is refused, and the server goes on.
            let tried = std::panic::catch_unwind(|| embedded::try_out(&query));
            tried.unwrap_or_else(|_| {
                let reason = "the embedded engine fails on it".into();
                Err(Refusal { line: 1, column: 1, reason })
            })?;
        }
        Ok(query)
    }

    /// Returns the library with one more refusal, which replaces an earlier one of the same name.
    pub(super) fn with_refused(&self, refused: RefusedFile) -> Self {
        let mut library = self.clone();
        library.refused.retain(|other| other.file != refused.file);
        library.refused.push(refused);
        library
    }

    /// The files of own queries that were refused, by name.
    pub fn refused(&self) -> &[RefusedFile] {
        &self.refused
    }

    /// Tells if the query of this name is an own one.
    pub fn is_own(&self, name: &str) -> bool {
        self.own.contains(name)
    }

    /// The number of own queries.
    pub fn own_count(&self) -> usize {
        self.own.len()
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
