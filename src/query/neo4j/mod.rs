//! Neo4j as the engine: the graph of each view in use is a sub-graph of its own, all of whose
//! nodes carry the view's tag in `view`.
//!
//! A `QueryView` node holds the state of a sub-graph: `loading`, `ready`, `dropping`. Several accord
//! processes may load and drop side by side: loading merges, a run counts only if its view was still `ready` after it,
//! and dropping sets the state before it removes the first node.

use std::collections::BTreeMap;
use std::future::Future;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use neo4rs::{BoltType, ConfigBuilder, Graph, Row, query};
use tokio::runtime::Runtime;

use super::{Cancel, CypherEngine, Limits, PropertyGraph, QueryError, StoredQuery, Value, ViewKey};
use crate::store::StoreAddress;

mod load;
mod values;

use load::{Loader, edge_batches, is_ready, node_batches, schema};
use values::{bolt, plain};

/// Longest time to load or drop a sub-graph.
const LOAD_TIME_MAX: Duration = Duration::from_secs(1_800);
/// Longest time for one small question about the state of a view.
const STATE_TIME_MAX: Duration = Duration::from_secs(30);

/// Threads that drive the exchanges with the server; they only wait.
const DRIVER_THREADS: usize = 2;

/// Runs stored queries on a Neo4j server.
pub struct Neo4jEngine {
    graph: Graph,
    /// The runtime of the driver; `None` only while the engine is dropped.
    runtime: Option<Runtime>,
    has_schema: Arc<AtomicBool>,
}

impl Neo4jEngine {
    /// An engine on the server of a store. Connects when first used.
    ///
    /// # Errors
    /// When the address is not that of a Neo4j server, or no thread can be started.
    pub fn connect(address: &StoreAddress) -> Result<Self, QueryError> {
        let StoreAddress::Neo4j { host, user, password, database } = address else {
            return Err(failed("the store is not a Neo4j server"));
        };
        // `connection_timeout` also ends every exchange that is silent for so long, so it is the limit of
        // the longest one; shorter limits are set around each call.
        let config = ConfigBuilder::new()
            .uri(host.as_str())
            .user(user.as_str())
            .password(password.as_str())
            .connection_timeout(LOAD_TIME_MAX);
        let config = match database {
            Some(database) => config.db(database.as_str()),
            None => config,
        };
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(DRIVER_THREADS)
            .thread_name("accord-query")
            .enable_all()
            .build()
            .map_err(|_| failed("no thread to talk to the server"))?;
        let graph = Graph::connect(config.build().map_err(refused)?).map_err(refused)?;
        Ok(Self { graph, runtime: Some(runtime), has_schema: Arc::default() })
    }

    /// Waits for `work` on the runtime. The work is a task of its own: it ends by itself even when
    /// the caller is gone, and never leaves half an exchange on a pooled connection.
    fn wait<T: Send + 'static>(
        &self,
        time: Duration,
        work: impl Future<Output = Result<T, QueryError>> + Send + 'static,
    ) -> Result<T, QueryError> {
        let (sender, receiver) = std::sync::mpsc::sync_channel(1);
        let runtime = self.runtime.as_ref().ok_or_else(|| failed("the engine is closed"))?;
        runtime.spawn(async move {
            let result = tokio::time::timeout(time, work).await;
            // Nobody listens any more when the caller is gone.
            let _ = sender.send(result.unwrap_or(Err(QueryError::Limit("time"))));
        });
        receiver.recv().unwrap_or_else(|_| Err(failed("the exchange ended early")))
    }
}

impl Drop for Neo4jEngine {
    /// Stops the runtime in the background: an async executor's thread may not wait for it.
    fn drop(&mut self) {
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}

impl CypherEngine for Neo4jEngine {
    fn name(&self) -> &'static str {
        "neo4j"
    }

    fn is_neo4j(&self) -> bool {
        true
    }

    fn holds(&self, view: &ViewKey) -> Result<bool, QueryError> {
        let (graph, view) = (self.graph.clone(), view.clone());
        self.wait(STATE_TIME_MAX, async move { is_ready(&graph, &view).await })
    }

    fn load(&self, view: &ViewKey, property_graph: &PropertyGraph) -> Result<(), QueryError> {
        let loader = Loader { graph: self.graph.clone(), view: view.clone() };
        let has_schema = Arc::clone(&self.has_schema);
        let nodes = node_batches(property_graph);
        let edges = edge_batches(property_graph);
        self.wait(LOAD_TIME_MAX, async move {
            if !has_schema.load(Ordering::Acquire) {
                schema(&loader.graph).await?;
                has_schema.store(true, Ordering::Release);
            }
            loader.load(nodes, edges).await
        })
    }

    fn run(
        &self,
        view: &ViewKey,
        stored: &StoredQuery,
        parameters: &BTreeMap<String, Value>,
        limits: &Limits,
        cancel: &Cancel,
    ) -> Result<Vec<Vec<Value>>, QueryError> {
        let milliseconds = i64::try_from(limits.time.as_millis()).unwrap_or(i64::MAX);
        let statement = parameters
            .iter()
            .fold(query(stored.cypher()), |query, (name, value)| query.param(name, bolt(value)))
            .param("view", view.tag())
            .extra("tx_timeout", milliseconds);
        let columns: Vec<String> = stored.columns().iter().map(|c| c.name.clone()).collect();
        let (graph, view, rows_max) = (self.graph.clone(), view.clone(), limits.rows);
        let (stop, mut stopped) = tokio::sync::watch::channel(false);
        cancel.on_cancel(move || {
            let _ = stop.send(true);
        });
        self.wait(limits.time, async move {
            let run = async {
                let rows = rows(&graph, statement, &columns, rows_max).await?;
                // Only a view that is still complete now was complete all along.
                if is_ready(&graph, &view).await? { Ok(rows) } else { Err(QueryError::NotLoaded) }
            };
            tokio::select! {
                result = run => result,
                Ok(_) = stopped.wait_for(|stopped| *stopped) => Err(QueryError::Cancelled),
            }
        })
    }
}

async fn rows(
    graph: &Graph,
    statement: neo4rs::Query,
    columns: &[String],
    rows_max: usize,
) -> Result<Vec<Vec<Value>>, QueryError> {
    let mut stream = graph.execute_read(statement).await.map_err(refused)?;
    let mut rows = Vec::new();
    while let Some(row) = stream.next().await.map_err(refused)? {
        if rows.len() == rows_max {
            return Err(QueryError::Limit("rows"));
        }
        rows.push(cells(&row, columns)?);
    }
    Ok(rows)
}

fn cells(row: &Row, columns: &[String]) -> Result<Vec<Value>, QueryError> {
    let cell = |column: &String| {
        let value = row.get::<BoltType>(column);
        plain(value.map_err(|_| failed("the columns are not those of the header"))?)
    };
    columns.iter().map(cell).collect()
}

async fn count(graph: &Graph, question: neo4rs::Query, column: &str) -> Result<i64, QueryError> {
    let mut stream = graph.execute(question).await.map_err(refused)?;
    let mut count = 0;
    while let Some(row) = stream.next().await.map_err(refused)? {
        count += row.get::<i64>(column).map_err(|_| failed("a count that is no number"))?;
    }
    Ok(count)
}

fn failed(reason: &str) -> QueryError {
    QueryError::Engine { engine: "neo4j", reason: reason.to_owned() }
}

/// The server's messages may quote data; only its status code is kept.
fn refused(error: neo4rs::Error) -> QueryError {
    match error {
        neo4rs::Error::Neo4j(error) if error.code().contains("TransactionTimedOut") => {
            QueryError::Limit("time")
        }
        neo4rs::Error::Neo4j(error) => failed(error.code()),
        neo4rs::Error::ConnectionTimedOut => QueryError::Limit("time"),
        _ => failed("the connection failed"),
    }
}
