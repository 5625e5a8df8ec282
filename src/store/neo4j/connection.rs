//! Talking Bolt. Calls run in tasks of their own runtime and outlive a caller that gives up, because
//! a cancelled exchange must never hand its rows to the next user of the connection (neo4rs #295).

use std::future::Future;
use std::time::Duration;

use neo4rs::{BoltMap, BoltType, ConfigBuilder, Graph, Query, Row, Txn};
use serde_json::{Map, Value};
use tokio::runtime::{Builder, Runtime};
use tokio::sync::mpsc;

use crate::store::StoreError;

/// How long the first connection may take.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(15);

/// How long one statement may take. The driver's `connection_timeout` is also its time limit for
/// every answer, so it is set to this as well.
const CALL_TIMEOUT: Duration = Duration::from_secs(120);

/// How long a caller waits for a free connection. (The driver wires `max_lifetime` to this; unset,
/// the pool waits for ever.)
const POOL_WAIT: Duration = Duration::from_secs(30);

/// How long the driver may take to reset a connection. (It wires `idle_timeout` to this.)
const RESET_TIMEOUT: Duration = Duration::from_secs(5);

/// Connections to the server at most.
const CONNECTIONS_MAX: usize = 16;

/// Rows fetched at a time.
const FETCH_ROWS: usize = 2_000;

/// Rows waiting between the runtime and a slow reader.
const ROWS_AHEAD: usize = 4_000;

/// A pool of connections to one Neo4j.
pub struct Connection {
    graph: Graph,
    /// Present until dropped; an `Option` so that dropping it never waits inside an async context.
    runtime: Option<Runtime>,
}

impl Connection {
    /// Connects and checks that the server answers.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when it does not.
    pub fn open(
        host: &str,
        user: &str,
        password: &str,
        database: Option<&str>,
    ) -> Result<Self, StoreError> {
        let runtime = Builder::new_multi_thread()
            .worker_threads(2)
            .thread_name("accord-bolt")
            .enable_all()
            .build()
            .map_err(|error| StoreError::Backend(error.to_string()))?;
        let mut config = ConfigBuilder::default()
            .uri(format!("bolt://{host}"))
            .user(user)
            .password(password)
            .fetch_size(FETCH_ROWS)
            .max_connections(CONNECTIONS_MAX)
            .connection_timeout(CALL_TIMEOUT)
            .idle_timeout(RESET_TIMEOUT)
            .max_lifetime(POOL_WAIT);
        if let Some(database) = database {
            config = config.db(database);
        }
        let config = config.build().map_err(failure)?;
        let graph = {
            // The driver's pool needs a runtime around it while it is made.
            let _inside = runtime.enter();
            Graph::connect(config).map_err(failure)?
        };
        let connection = Self { graph, runtime: Some(runtime) };
        let graph = connection.graph.clone();
        connection.wait(CONNECT_TIMEOUT, async move { graph.run("RETURN 1").await.map(|_| ()) })?;
        Ok(connection)
    }

    /// Runs one writing statement in a transaction of its own.
    ///
    /// # Errors
    /// When the server refuses or does not answer.
    pub fn run(&self, cypher: &str, parameters: Value) -> Result<(), StoreError> {
        let (graph, query) = (self.graph.clone(), query(cypher, parameters)?);
        self.wait(CALL_TIMEOUT, async move { graph.run(query).await.map(|_| ()) })
    }

    /// Runs one reading statement; the server refuses writes. Rows are maps from column to value.
    ///
    /// # Errors
    /// When the server refuses, or does not answer within `timeout`.
    pub fn read(
        &self,
        cypher: &str,
        parameters: Value,
        timeout: Duration,
    ) -> Result<Vec<Map<String, Value>>, StoreError> {
        let (graph, query) = (self.graph.clone(), query(cypher, parameters)?);
        self.wait(timeout, async move {
            let mut stream = graph.execute_read(query).await?;
            let mut rows = Vec::new();
            while let Some(row) = stream.next().await? {
                rows.push(to_map(&row)?);
            }
            Ok(rows)
        })
    }

    /// Runs one reading statement and hands its rows on as they come.
    ///
    /// # Errors
    /// When the server refuses or stops answering, or `take` fails.
    pub fn read_each(
        &self,
        cypher: &str,
        parameters: Value,
        mut take: impl FnMut(Map<String, Value>) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        let (graph, query) = (self.graph.clone(), query(cypher, parameters)?);
        let (sender, mut receiver) = mpsc::channel(ROWS_AHEAD);
        self.runtime()?.spawn(async move {
            let sent = async {
                let mut stream = graph.execute_read(query).await?;
                while let Some(row) = stream.next().await? {
                    if sender.send(to_map(&row)).await.is_err() {
                        break;
                    }
                }
                Ok(())
            };
            if let Err(error) = sent.await {
                // The receiver may be gone; then nobody waits for the error either.
                let _ = sender.send(Err(error)).await;
            }
        });
        while let Some(row) = receiver.blocking_recv() {
            take(row.map_err(failure)?)?;
        }
        Ok(())
    }

    /// Begins a transaction.
    ///
    /// # Errors
    /// When the server does not answer.
    pub fn begin(&self) -> Result<Transaction<'_>, StoreError> {
        let graph = self.graph.clone();
        let txn = self.wait(CALL_TIMEOUT, async move { graph.start_txn().await })?;
        Ok(Transaction { connection: self, txn: Some(txn) })
    }

    /// Runs a task to its end or to the time limit, and waits for it without an async context.
    fn wait<T: Send + 'static>(
        &self,
        timeout: Duration,
        task: impl Future<Output = Result<T, neo4rs::Error>> + Send + 'static,
    ) -> Result<T, StoreError> {
        let (sender, receiver) = std::sync::mpsc::sync_channel(1);
        self.runtime()?.spawn(async move {
            let result = match tokio::time::timeout(timeout, task).await {
                Ok(result) => result.map_err(failure),
                Err(_) => Err(StoreError::Unavailable("Neo4j: no answer in time".into())),
            };
            // A caller that is gone does not miss its answer.
            let _ = sender.send(result);
        });
        receiver
            .recv()
            .unwrap_or_else(|_| Err(StoreError::Unavailable("Neo4j: shutting down".into())))
    }

    fn runtime(&self) -> Result<&Runtime, StoreError> {
        self.runtime.as_ref().ok_or_else(|| StoreError::Unavailable("Neo4j: shutting down".into()))
    }
}

impl Drop for Connection {
    fn drop(&mut self) {
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}

/// An open transaction; dropping it rolls it back.
pub struct Transaction<'a> {
    connection: &'a Connection,
    txn: Option<Txn>,
}

impl Transaction<'_> {
    /// Runs a statement within the transaction and returns its rows.
    ///
    /// # Errors
    /// When the server refuses or does not answer; the transaction is then lost.
    pub fn run(
        &mut self,
        cypher: &str,
        parameters: Value,
    ) -> Result<Vec<Map<String, Value>>, StoreError> {
        let query = query(cypher, parameters)?;
        let mut txn = self.take()?;
        let (txn, rows) = self.connection.wait(CALL_TIMEOUT, async move {
            let mut stream = txn.execute(query).await?;
            let mut rows = Vec::new();
            while let Some(row) = stream.next(txn.handle()).await? {
                rows.push(to_map(&row)?);
            }
            Ok((txn, rows))
        })?;
        self.txn = Some(txn);
        Ok(rows)
    }

    /// Commits.
    ///
    /// # Errors
    /// When the server did not confirm the commit.
    pub fn commit(mut self) -> Result<(), StoreError> {
        let txn = self.take()?;
        self.connection.wait(CALL_TIMEOUT, async move { txn.commit().await })
    }

    fn take(&mut self) -> Result<Txn, StoreError> {
        self.txn.take().ok_or_else(|| StoreError::Backend("the transaction is lost".into()))
    }
}

impl Drop for Transaction<'_> {
    fn drop(&mut self) {
        if let Some(txn) = self.txn.take()
            && let Err(error) =
                self.connection.wait(CALL_TIMEOUT, async move { txn.rollback().await })
        {
            tracing::warn!(%error, "rolling back a Neo4j transaction failed");
        }
    }
}

/// A statement with its parameters, given as a JSON object.
fn query(cypher: &str, parameters: Value) -> Result<Query, StoreError> {
    let parameters = match BoltType::try_from(parameters).map_err(failure)? {
        BoltType::Map(map) => map,
        _ => BoltMap::default(),
    };
    Ok(Query::new(cypher.to_owned()).with_params(parameters))
}

fn to_map(row: &Row) -> Result<Map<String, Value>, neo4rs::Error> {
    row.to_strict().map_err(neo4rs::Error::DeserializationError)
}

/// The server's error code without its message, which may quote values.
fn failure(error: neo4rs::Error) -> StoreError {
    match error {
        neo4rs::Error::Neo4j(error) => match error.kind() {
            neo4rs::Neo4jErrorKind::Transient => StoreError::Busy,
            _ => StoreError::Backend(format!("Neo4j: {}", error.code())),
        },
        neo4rs::Error::AuthenticationError(_) => {
            StoreError::Unavailable("Neo4j: wrong user or password".into())
        }
        neo4rs::Error::DeserializationError(_) | neo4rs::Error::ConversionError => {
            StoreError::Damaged("Neo4j: a value of an unexpected type".into())
        }
        other => StoreError::Unavailable(format!("Neo4j: {other}")),
    }
}
