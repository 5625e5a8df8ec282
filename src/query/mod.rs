//! The library of stored Cypher: load, check, bind to the caller's view, run.
//!
//! A stored query is a reviewed file of `cypher/` with a typed header ([`header`]). It is checked
//! once, at load ([`check`]): it only reads, and every pattern in it is anchored in the view. It
//! runs over the property graph of one view ([`projection`]), which an engine ([`CypherEngine`])
//! holds: the embedded one ([`embedded`]) or Neo4j ([`neo4j`]). Both give the same rows; a query
//! that only one can run says so and is refused on the other.
//!
//! Own queries lie in a folder that a server is given at its start ([`LiveLibrary`]).
//!
//! This room knows neither policy nor HTTP: it is handed a snapshot that already is the view.

mod anchor;
mod check;
pub mod embedded;
mod engine;
mod error;
mod header;
mod library;
mod live;
pub mod neo4j;
mod parameter;
mod parameters;
mod projection;
mod refusal;
mod runner;
mod stored_query;
mod token;
mod value;

pub use engine::{Cancel, CypherEngine, Limits, ViewKey};
pub use error::QueryError;
pub use header::{Column, Engines};
pub use library::Library;
pub use live::LiveLibrary;
pub use parameter::{Parameter, ValueType};
pub use parameters::bind;
pub use projection::{Edge, Node, PropertyGraph, Relation, projection};
pub use refusal::Refusal;
pub use runner::{Rows, Runner};
pub use stored_query::{RefusedFile, StoredQuery};
pub use value::Value;
