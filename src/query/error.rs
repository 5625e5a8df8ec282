//! The errors of running a stored query. No text of them has the value of a parameter or a cell.

use thiserror::Error;

/// The reason why a stored query gave no rows.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum QueryError {
    /// The library has no query of that name.
    #[error("there is no stored query of that name")]
    UnknownQuery,
    /// The query runs on Neo4j only, and the store is an embedded one.
    #[error("stored query `{name}` needs a Neo4j store")]
    NeedsNeo4j {
        /// The query.
        name: String,
    },
    /// A parameter is unknown, missing, or has a value that the header does not allow.
    #[error("parameter `{name}`: {reason}")]
    Parameter {
        /// The parameter's name as the header (or the caller) spells it.
        name: String,
        /// The fault of the parameter, in words.
        reason: String,
    },
    /// The query was stopped at a limit; nothing of its result is given.
    #[error("the query was stopped: more than the allowed {0}")]
    Limit(&'static str),
    /// The caller cancelled it.
    #[error("the query was cancelled")]
    Cancelled,
    /// A column has a value of another type than its header declares; the result is refused.
    #[error("column `{column}` of stored query `{query}` is not of its declared type {expected}")]
    ColumnType {
        /// The query.
        query: String,
        /// The column.
        column: String,
        /// The type of the header.
        expected: &'static str,
    },
    /// The engine returned a value that stored queries may not return (a node, a path, a date).
    #[error("the result holds a {0}; stored queries return plain values only")]
    UnsupportedValue(&'static str),
    /// The engine no longer holds the view's graph; load it and run again.
    #[error("the view's graph is not loaded in the engine")]
    NotLoaded,
    /// The engine failed or refused the statement.
    #[error("{engine}: {reason}")]
    Engine {
        /// `embedded` or `neo4j`.
        engine: &'static str,
        /// Category of the failure; never data.
        reason: String,
    },
}
