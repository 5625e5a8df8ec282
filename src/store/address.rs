//! Where a store is, and how it is opened.

use std::fmt;
use std::path::PathBuf;
use std::str::FromStr;
use std::sync::Arc;

use thiserror::Error;

use super::{Neo4jStore, SqliteStore, Store, StoreError};

/// The port of the Bolt protocol.
const BOLT_PORT: u16 = 7687;

/// Where a store is: a file path, or `bolt://[user[:password]@]host[:port][/database]` or
/// `neo4j://...`. Everywhere the same text.
#[derive(Clone, PartialEq, Eq)]
pub enum StoreAddress {
    /// An embedded store in one SQLite file.
    File(PathBuf),
    /// A Neo4j server.
    Neo4j {
        /// `host:port`.
        host: String,
        /// User name; `neo4j` when the address names none.
        user: String,
        /// Password; empty when the address names none.
        password: String,
        /// Database; the server's default when absent.
        database: Option<String>,
    },
}

/// A text that is not a store address.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum AddressError {
    /// Empty.
    #[error("the store address is empty")]
    Empty,
    /// A scheme that is neither `bolt` nor `neo4j`.
    #[error("a store is a file path, or bolt://user:password@host:port/database")]
    Scheme,
    /// No host, or a port that is not a number.
    #[error("the store address names no host, or its port is not a number")]
    Host,
}

impl fmt::Debug for StoreAddress {
    /// Without the password.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File(path) => write!(f, "{}", path.display()),
            Self::Neo4j { host, user, database, .. } => {
                write!(f, "bolt://{user}@{host}")?;
                database.iter().try_for_each(|database| write!(f, "/{database}"))
            }
        }
    }
}

impl fmt::Display for StoreAddress {
    /// Without the password.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self, f)
    }
}

impl FromStr for StoreAddress {
    type Err = AddressError;

    fn from_str(text: &str) -> Result<Self, AddressError> {
        if text.is_empty() {
            return Err(AddressError::Empty);
        }
        let Some((scheme, rest)) = text.split_once("://") else {
            return Ok(Self::File(PathBuf::from(text)));
        };
        if !matches!(scheme, "bolt" | "neo4j") {
            return Err(AddressError::Scheme);
        }
        let (place, database) = match rest.split_once('/') {
            Some((place, database)) if !database.is_empty() => (place, Some(database.to_owned())),
            Some((place, _)) => (place, None),
            None => (rest, None),
        };
        let (login, host) = place.rsplit_once('@').unwrap_or(("neo4j", place));
        let (user, password) = login.split_once(':').unwrap_or((login, ""));
        let host = match host.rsplit_once(':') {
            Some((_, port)) if port.parse::<u16>().is_err() => return Err(AddressError::Host),
            Some(("", _)) => return Err(AddressError::Host),
            Some(_) => host.to_owned(),
            None if host.is_empty() => return Err(AddressError::Host),
            None => format!("{host}:{BOLT_PORT}"),
        };
        Ok(Self::Neo4j { host, user: user.into(), password: password.into(), database })
    }
}

impl StoreAddress {
    /// The address with this password where it names none itself.
    #[must_use]
    pub fn or_password(mut self, fallback: &str) -> Self {
        if let Self::Neo4j { password, .. } = &mut self
            && password.is_empty()
        {
            fallback.clone_into(password);
        }
        self
    }
}

/// Opens a store. With `create`, an embedded store's file is made when it is missing.
///
/// # Errors
/// When there is no store there, it is of another version, or it does not answer.
pub fn open(address: &StoreAddress, create: bool) -> Result<Arc<dyn Store>, StoreError> {
    match address {
        StoreAddress::File(path) => Ok(Arc::new(SqliteStore::open(path, create)?)),
        StoreAddress::Neo4j { host, user, password, database } => {
            Ok(Arc::new(Neo4jStore::open(host, user, password, database.as_deref(), create)?))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_a_file_and_bolt_is_a_server() {
        assert_eq!("a/b.accord".parse(), Ok(StoreAddress::File("a/b.accord".into())));
        assert_eq!(
            "bolt://u:p@ss@h/db".parse(),
            Ok(StoreAddress::Neo4j {
                host: "h:7687".into(),
                user: "u".into(),
                password: "p@ss".into(),
                database: Some("db".into()),
            })
        );
        assert_eq!("neo4j://h:1".parse::<StoreAddress>().unwrap().to_string(), "bolt://neo4j@h:1");
    }

    #[test]
    fn bad_addresses_are_refused_and_passwords_never_shown() {
        assert_eq!("".parse::<StoreAddress>(), Err(AddressError::Empty));
        assert_eq!("http://h".parse::<StoreAddress>(), Err(AddressError::Scheme));
        for text in ["bolt://", "bolt://h:x", "bolt://u@:1", "bolt:///db"] {
            assert_eq!(text.parse::<StoreAddress>(), Err(AddressError::Host), "{text}");
        }
        let address: StoreAddress = "bolt://u:secret@h".parse().unwrap();
        assert!(!format!("{address} {address:?}").contains("secret"));
    }
}
