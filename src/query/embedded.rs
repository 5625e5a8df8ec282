//! The embedded engine: marsdb, in memory. The only file that knows marsdb.
//!
//! The graph of a view is loaded by typed inserts in one transaction (measured: twice as fast as
//! `UNWIND` batches) and can be thrown away at any time: it is made from a snapshot.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, PoisonError};

use marsdb_graph::{GraphError, GraphStore, PropertyValue};
use marsdb_query::{CancellationToken, ExecutionOptions, Executor, Literal};

use super::{
    Cancel, CypherEngine, Limits, PropertyGraph, QueryError, Refusal, StoredQuery, Value, ViewKey,
    parameters,
};

/// The most views held at once; beyond it the least recently used is dropped. A view of 100,000 nodes
/// takes some 100 MB.
const VIEWS_MAX: usize = 8;

/// Labels whose nodes are looked up by id.
const INDEXED: [&str; 9] =
    ["Address", "Entity", "Event", "Organization", "Person", "Phone", "Place", "Record", "Vehicle"];

/// Holds the graphs of some views in memory.
#[derive(Default)]
pub struct EmbeddedEngine {
    /// The graphs of views, the least recently used first.
    views: Mutex<Vec<(ViewKey, Arc<GraphStore>)>>,
}

impl EmbeddedEngine {
    /// An engine that holds no view yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Returns the graph of a view, which becomes the most recently used one.
    fn graph(&self, view: &ViewKey) -> Option<Arc<GraphStore>> {
        let mut views = self.views.lock().unwrap_or_else(PoisonError::into_inner);
        let at = views.iter().position(|(key, _)| key == view)?;
        let entry = views.remove(at);
        let graph = Arc::clone(&entry.1);
        views.push(entry);
        Some(graph)
    }
}

impl CypherEngine for EmbeddedEngine {
    fn name(&self) -> &'static str {
        "embedded"
    }

    fn is_neo4j(&self) -> bool {
        false
    }

    fn holds(&self, view: &ViewKey) -> Result<bool, QueryError> {
        Ok(self.graph(view).is_some())
    }

    fn load(&self, view: &ViewKey, graph: &PropertyGraph) -> Result<(), QueryError> {
        let store = Arc::new(filled(graph).map_err(|_| failed("the graph could not be loaded"))?);
        let mut views = self.views.lock().unwrap_or_else(PoisonError::into_inner);
        views.retain(|(key, _)| {
            key != view && (key.view != view.view || key.revision > view.revision)
        });
        if views.len() >= VIEWS_MAX {
            views.remove(0);
        }
        views.push((view.clone(), store));
        Ok(())
    }

    fn run(
        &self,
        view: &ViewKey,
        query: &StoredQuery,
        parameters: &BTreeMap<String, Value>,
        limits: &Limits,
        cancel: &Cancel,
    ) -> Result<Vec<Vec<Value>>, QueryError> {
        let graph = self.graph(view).ok_or(QueryError::NotLoaded)?;
        let mut statement = marsdb_query::parse(query.cypher()).map_err(refused)?;
        let mut bound: HashMap<String, PropertyValue> =
            parameters.iter().map(|(name, value)| (name.clone(), property(value))).collect();
        bound.insert("view".into(), PropertyValue::String(view.tag().into()));
        marsdb_query::substitute_params(&mut statement, &bound).map_err(refused)?;
        if !marsdb_query::is_read_only(&statement) {
            return Err(failed("the statement writes"));
        }
        let token = CancellationToken::new();
        let on_cancel = token.clone();
        cancel.on_cancel(move || on_cancel.cancel());
        let options = ExecutionOptions {
            max_intermediate_rows: Some(limits.intermediate_rows),
            max_result_rows: Some(limits.rows),
            max_relationship_expansions: Some(limits.expansions),
            timeout: Some(limits.time),
            cancellation_token: Some(token),
            ..ExecutionOptions::default()
        };
        let result = Executor::new(&graph).execute_with_options(&statement, &options);
        let result = result.map_err(refused)?;
        let columns: Vec<&str> =
            query.columns().iter().map(|column| column.name.as_str()).collect();
        if result.columns != columns {
            return Err(failed("the columns are not those of the header"));
        }
        result.rows.into_iter().map(|row| row.into_iter().map(plain).collect()).collect()
    }
}

/// Runs a query with its examples over an empty graph: faults of its grammar or its names are found before a caller
/// runs it.
pub(super) fn try_out(query: &StoredQuery) -> Result<(), Refusal> {
    let begin = query.cypher().lines().take_while(|line| line.trim_start().starts_with("//"));
    let begin = begin.count() + 1;
    let there = |reason: String| Refusal { line: begin, column: 1, reason };
    marsdb_query::parse(query.cypher()).map_err(|error| {
        let reason = error.to_string();
        place(&reason).unwrap_or_else(|| there(reason))
    })?;
    let examples = query.parameters().iter().filter(|it| !it.example.is_null());
    let examples = examples.map(|it| (it.name.clone(), it.example.clone())).collect();
    let bound = parameters::bind(query, &examples).map_err(|it| there(it.to_string()))?;
    let view = ViewKey { view: String::new(), tag: String::new(), revision: 0 };
    let engine = EmbeddedEngine::new();
    let graph = PropertyGraph { nodes: Vec::new(), edges: Vec::new() };
    engine
        .load(&view, &graph)
        .and_then(|()| engine.run(&view, query, &bound, &Limits::default(), &Cancel::default()))
        .map(drop)
        .map_err(|error| there(error.to_string()))
}

/// Reads the place of a syntax error from a text that ends like `line 9:12 no viable alternative`.
fn place(reason: &str) -> Option<Refusal> {
    let (_, rest) = reason.split_once("syntax error: line ")?;
    let (line, rest) = rest.split_once(':')?;
    // The rest of the text quotes the file, which may name people.
    let (column, _) = rest.split_once(' ')?;
    let (line, column) = (line.parse().ok()?, column.parse::<usize>().ok()? + 1);
    Some(Refusal { line, column, reason: "syntax: this may not stand here".into() })
}

/// Makes a new in-memory graph with these nodes and relationships.
fn filled(graph: &PropertyGraph) -> Result<GraphStore, GraphError> {
    let store = GraphStore::open_memory()?;
    for label in INDEXED {
        store.create_index(label, "id", true)?;
    }
    let transaction = store.begin_write()?;
    let mut ids = Vec::with_capacity(graph.nodes.len());
    for node in &graph.nodes {
        let properties = properties(&node.properties);
        ids.push(GraphStore::create_node_in_txn(&transaction, node.labels, properties)?);
    }
    for edge in &graph.edges {
        let (Some(source), Some(target)) =
            (ids.get(edge.source as usize), ids.get(edge.target as usize))
        else {
            continue;
        };
        let properties = properties(&edge.properties);
        GraphStore::create_edge_in_txn(&transaction, edge.relation, *source, *target, properties)?;
    }
    GraphStore::commit(transaction)?;
    Ok(store)
}

fn properties(properties: &BTreeMap<&'static str, Value>) -> BTreeMap<String, PropertyValue> {
    properties.iter().map(|(name, value)| ((*name).to_owned(), property(value))).collect()
}

fn property(value: &Value) -> PropertyValue {
    match value {
        Value::Null => PropertyValue::Null,
        Value::Bool(value) => PropertyValue::Bool(*value),
        Value::Integer(value) => PropertyValue::Int(*value),
        Value::Float(value) => PropertyValue::Float(*value),
        Value::String(value) => PropertyValue::String(value.clone()),
        Value::List(values) => PropertyValue::List(values.iter().map(property).collect()),
        Value::Map(values) => PropertyValue::Map(
            values.iter().map(|(name, value)| (name.clone(), property(value))).collect(),
        ),
    }
}

fn plain(value: marsdb_query::Value) -> Result<Value, QueryError> {
    use marsdb_query::Value as Returned;
    match value {
        Returned::Null => Ok(Value::Null),
        Returned::Property(value) => stored(value),
        Returned::Literal(literal) => match literal {
            Literal::Int(value) => Ok(Value::Integer(value)),
            Literal::Float(value) => Ok(Value::Float(value)),
            Literal::String(value) => Ok(Value::String(value)),
            Literal::Bool(value) => Ok(Value::Bool(value)),
            Literal::Null => Ok(Value::Null),
            Literal::Param(_) => Err(QueryError::UnsupportedValue("parameter")),
        },
        Returned::List(values) => {
            values.into_iter().map(plain).collect::<Result<_, _>>().map(Value::List)
        }
        Returned::Map(values) => values
            .into_iter()
            .map(|(name, value)| Ok((name, plain(value)?)))
            .collect::<Result<_, _>>()
            .map(Value::Map),
        Returned::Node(_) => Err(QueryError::UnsupportedValue("node")),
        Returned::Edge(_) => Err(QueryError::UnsupportedValue("relationship")),
        Returned::Path(_) => Err(QueryError::UnsupportedValue("path")),
    }
}

fn stored(value: PropertyValue) -> Result<Value, QueryError> {
    match value {
        PropertyValue::Null => Ok(Value::Null),
        PropertyValue::Bool(value) => Ok(Value::Bool(value)),
        PropertyValue::Int(value) => Ok(Value::Integer(value)),
        PropertyValue::Float(value) => Ok(Value::Float(value)),
        PropertyValue::String(value) => Ok(Value::String(value)),
        PropertyValue::List(values) => {
            values.into_iter().map(stored).collect::<Result<_, _>>().map(Value::List)
        }
        _ => Err(QueryError::UnsupportedValue("temporal value")),
    }
}

fn failed(reason: &str) -> QueryError {
    QueryError::Engine { engine: "embedded", reason: reason.to_owned() }
}

/// Syntax and semantic errors are about the statement; other errors may quote data and are reduced
/// to their category.
fn refused(error: marsdb_query::QueryError) -> QueryError {
    use marsdb_query::QueryError as Error;
    match error {
        Error::Cancelled => QueryError::Cancelled,
        Error::Timeout => QueryError::Limit("time"),
        Error::ResourceLimit(_) => QueryError::Limit("rows or relationships"),
        Error::Syntax(reason) => failed(&format!("syntax: {reason}")),
        Error::Semantic(reason) => failed(&format!("semantics: {reason}")),
        Error::UnboundVariable(name) => failed(&format!("unbound variable {name}")),
        Error::MissingParam(name) => failed(&format!("no parameter {name}")),
        Error::Type(_) => failed("a value of another type than the query expects"),
        Error::Graph(_) => failed("the graph could not be read"),
    }
}
