//! Runs a stored query of the library over the graph of a view.

use std::sync::Arc;

use serde::Serialize;

use super::embedded::EmbeddedEngine;
use super::neo4j::Neo4jEngine;
use super::{
    Cancel, Column, CypherEngine, Engines, Library, Limits, LiveLibrary, QueryError, StoredQuery,
    Value, ValueType, ViewKey, parameters, projection,
};
use crate::graph::Snapshot;
use crate::model::{EntityId, Timestamp};
use crate::store::StoreAddress;

/// The most attempts at a run, if the engine drops the view's graph during each.
const ATTEMPTS_MAX: usize = 3;

/// The result of a stored query: rows with one value per column of the header, in its order.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Rows {
    /// The columns, as the header declares them.
    pub columns: Vec<Column>,
    /// The values; timestamps are RFC 3339 texts.
    pub rows: Vec<Vec<Value>>,
    /// The version of the query that gave them ([`StoredQuery::version`]).
    pub version: String,
}

/// The library of stored queries and the engine that runs them.
pub struct Runner {
    library: Arc<LiveLibrary>,
    engine: Box<dyn CypherEngine>,
}

impl Runner {
    /// A runner of these queries on this engine.
    pub fn new(library: impl Into<Arc<LiveLibrary>>, engine: Box<dyn CypherEngine>) -> Self {
        Self { library: library.into(), engine }
    }

    /// A runner on the engine that fits a store: Neo4j's own, or the embedded one.
    ///
    /// # Errors
    /// When the engine cannot be made.
    pub fn for_store(
        library: impl Into<Arc<LiveLibrary>>,
        address: &StoreAddress,
    ) -> Result<Self, QueryError> {
        let engine: Box<dyn CypherEngine> = match address {
            StoreAddress::File(_) => Box::new(EmbeddedEngine::new()),
            StoreAddress::Neo4j { .. } => Box::new(Neo4jEngine::connect(address)?),
        };
        Ok(Self::new(library, engine))
    }

    /// The current library of queries.
    pub fn library(&self) -> Arc<Library> {
        self.library.current()
    }

    /// Tells if the engine of this store can run the query.
    pub fn supports(&self, query: &StoredQuery) -> bool {
        query.engines() == Engines::All || self.engine.is_neo4j()
    }

    /// Runs the query `name` over the view that `snapshot` is, loading it into the engine first
    /// when it is not there. Blocks; never call it on an async executor's thread.
    ///
    /// # Errors
    /// An unknown query, a wrong parameter, a query for Neo4j on another engine, a limit, a
    /// cancellation, or a failure of the engine.
    pub fn run(
        &self,
        name: &str,
        given: &serde_json::Map<String, serde_json::Value>,
        view: &ViewKey,
        snapshot: &Snapshot,
        limits: &Limits,
        cancel: &Cancel,
    ) -> Result<Rows, QueryError> {
        let library = self.library();
        let query = library.get(name).ok_or(QueryError::UnknownQuery)?;
        if !self.supports(query) {
            return Err(QueryError::NeedsNeo4j { name: name.to_owned() });
        }
        let bound = parameters::bind(query, given)?;
        for _ in 0..ATTEMPTS_MAX {
            if !self.engine.holds(view)? {
                self.engine.load(view, &projection(snapshot, view.tag()))?;
            }
            match self.engine.run(view, query, &bound, limits, cancel) {
                Err(QueryError::NotLoaded) => {}
                Err(error) => return Err(error),
                Ok(rows) => return cast(query, rows),
            }
        }
        Err(QueryError::NotLoaded)
    }
}

/// Checks the rows against the header's columns, and converts timestamps.
fn cast(query: &StoredQuery, rows: Vec<Vec<Value>>) -> Result<Rows, QueryError> {
    let columns = query.columns();
    let mismatch = |column: &Column| QueryError::ColumnType {
        query: query.name().to_owned(),
        column: column.name.clone(),
        expected: column.value_type.as_str(),
    };
    let rows = rows
        .into_iter()
        .map(|row| {
            let cells =
                columns.iter().zip(row.into_iter().map(Some).chain(std::iter::repeat(None)));
            cells
                .map(|(column, value)| {
                    value.and_then(|value| cell(column, value)).ok_or_else(|| mismatch(column))
                })
                .collect()
        })
        .collect::<Result<_, _>>()?;
    Ok(Rows { columns: columns.to_vec(), rows, version: query.version().to_owned() })
}

/// Converts a value to the column's type; `None` if it is of another type.
fn cell(column: &Column, value: Value) -> Option<Value> {
    match (column.value_type, value) {
        (_, Value::Null) => column.nullable.then_some(Value::Null),
        (ValueType::Timestamp, Value::Integer(micros)) => {
            Timestamp::from_micros(micros).ok().map(|at| Value::from(at.to_string()))
        }
        (ValueType::EntityId, value) => is_entity_id(&value).then_some(value),
        (ValueType::EntityIds, Value::List(items)) => {
            items.iter().all(is_entity_id).then_some(Value::List(items))
        }
        (ValueType::Strings, Value::List(items)) => {
            items.iter().all(|item| matches!(item, Value::String(_))).then_some(Value::List(items))
        }
        (ValueType::String, value @ Value::String(_))
        | (ValueType::Integer, value @ Value::Integer(_))
        | (ValueType::Float, value @ Value::Float(_))
        | (ValueType::Boolean, value @ Value::Bool(_)) => Some(value),
        _ => None,
    }
}

fn is_entity_id(value: &Value) -> bool {
    matches!(value, Value::String(text) if text.parse::<EntityId>().is_ok())
}
