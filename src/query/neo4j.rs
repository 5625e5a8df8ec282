//! Neo4j as the engine: the graph of each view in use is a sub-graph of its own, all of whose
//! nodes carry the view's tag in `view`.
//!
//! A `QueryView` node says how far a sub-graph is: `loading`, `ready`, `dropping`. Several accord
//! processes may load and drop side by side: loading merges, a run counts only when its view was
//! still `ready` after it, and dropping says so before it takes the first node away.

use std::collections::{BTreeMap, BTreeSet};
use std::future::Future;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use neo4rs::{BoltType, Graph, Row, query};
use tokio::runtime::Handle;

use super::{
    Cancel, CypherEngine, Limits, Node, PropertyGraph, QueryError, StoredQuery, Value, ViewKey,
};

/// Nodes or relationships per transaction while loading and dropping.
const BATCH: usize = 5_000;
/// How many views are held in the database at once; those of the oldest revisions go first.
const VIEWS_MAX: i64 = 32;
/// Longest time to load or drop a sub-graph.
const LOAD_TIME_MAX: Duration = Duration::from_secs(1_800);
/// Longest time for one small question about the state of a view.
const STATE_TIME_MAX: Duration = Duration::from_secs(30);

/// The label that carries a node's uniqueness (the last of its labels), each with a constraint.
const UNIQUE: [&str; 4] = ["Entity", "Event", "Place", "Record"];
/// Labels that are looked up by id or scanned within a view.
const INDEXED: [&str; 9] =
    ["Address", "Entity", "Event", "Organization", "Person", "Phone", "Place", "Record", "Vehicle"];

/// Runs stored queries on a Neo4j server.
pub struct Neo4jEngine {
    graph: Graph,
    runtime: Handle,
    has_schema: Arc<AtomicBool>,
}

impl Neo4jEngine {
    /// An engine on this connection pool. `runtime` drives it; its threads must not be the ones
    /// that call the engine, because calls block.
    pub fn new(graph: Graph, runtime: Handle) -> Self {
        Self { graph, runtime, has_schema: Arc::default() }
    }

    /// Waits for `work` on the runtime. The work is a task of its own: it ends by itself even when
    /// the caller is gone, and never leaves half an exchange on a pooled connection.
    fn wait<T: Send + 'static>(
        &self,
        time: Duration,
        work: impl Future<Output = Result<T, QueryError>> + Send + 'static,
    ) -> Result<T, QueryError> {
        let (sender, receiver) = std::sync::mpsc::sync_channel(1);
        self.runtime.spawn(async move {
            let result = tokio::time::timeout(time, work).await;
            // Nobody listens any more when the caller is gone.
            let _ = sender.send(result.unwrap_or(Err(QueryError::Limit("time"))));
        });
        receiver.recv().unwrap_or_else(|_| Err(failed("the exchange ended early")))
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

async fn is_ready(graph: &Graph, view: &ViewKey) -> Result<bool, QueryError> {
    let question =
        query("MATCH (v:QueryView {tag: $tag, state: 'ready'}) RETURN count(v) AS ready")
            .param("tag", view.tag());
    Ok(count(graph, question, "ready").await? > 0)
}

async fn count(graph: &Graph, question: neo4rs::Query, column: &str) -> Result<i64, QueryError> {
    let mut stream = graph.execute(question).await.map_err(refused)?;
    let mut count = 0;
    while let Some(row) = stream.next().await.map_err(refused)? {
        count += row.get::<i64>(column).map_err(|_| failed("a count that is no number"))?;
    }
    Ok(count)
}

async fn schema(graph: &Graph) -> Result<(), QueryError> {
    let unique = UNIQUE.iter().map(|label| {
        format!(
            "CREATE CONSTRAINT query_view_{0} IF NOT EXISTS \
             FOR (n:{0}) REQUIRE (n.view, n.id) IS UNIQUE",
            label
        )
    });
    let by_id = INDEXED.iter().filter(|label| !UNIQUE.contains(*label)).map(|label| {
        format!("CREATE INDEX query_id_{label} IF NOT EXISTS FOR (n:{label}) ON (n.view, n.id)")
    });
    let by_view = INDEXED.iter().map(|label| {
        format!("CREATE INDEX query_all_{label} IF NOT EXISTS FOR (n:{label}) ON (n.view)")
    });
    let marker = "CREATE CONSTRAINT query_view_tag IF NOT EXISTS \
                  FOR (v:QueryView) REQUIRE v.tag IS UNIQUE";
    for statement in std::iter::once(marker.to_owned()).chain(unique).chain(by_id).chain(by_view) {
        graph.run(query(&statement)).await.map_err(refused)?;
    }
    graph.run(query("CALL db.awaitIndexes(300)")).await.map_err(refused)
}

/// Rows of one `UNWIND`, with the statement that writes them.
type Batches = Vec<(String, Vec<BoltType>)>;

/// One statement per list of labels.
fn node_batches(graph: &PropertyGraph) -> Batches {
    let mut by_labels: BTreeMap<&[&str], Vec<BoltType>> = BTreeMap::new();
    for node in &graph.nodes {
        by_labels.entry(node.labels).or_default().push(properties(&node.properties));
    }
    let batches = by_labels.into_iter().map(|(labels, rows)| {
        let (unique, all) = (labels.last().copied().unwrap_or_default(), labels.join(":"));
        let statement = format!(
            "UNWIND $rows AS row MERGE (n:{unique} {{view: row.view, id: row.id}}) \
             SET n:{all}, n += row"
        );
        (statement, rows)
    });
    batches.collect()
}

/// One statement per type and labels of both ends; `ordinal` tells parallel relationships apart,
/// so that loading again merges instead of doubling them.
fn edge_batches(graph: &PropertyGraph) -> Batches {
    let mut by_type: BTreeMap<(&str, &str, &str), Vec<BoltType>> = BTreeMap::new();
    for (ordinal, edge) in graph.edges.iter().enumerate() {
        let (Some(source), Some(target)) =
            (graph.nodes.get(edge.source as usize), graph.nodes.get(edge.target as usize))
        else {
            continue;
        };
        let row = [
            ("source", bolt(&id(source))),
            ("target", bolt(&id(target))),
            ("ordinal", BoltType::from(ordinal as i64)),
            ("properties", properties(&edge.properties)),
        ];
        let row: std::collections::HashMap<String, BoltType> =
            row.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
        let ends = (edge.relation, unique_label(source), unique_label(target));
        by_type.entry(ends).or_default().push(row.into());
    }
    let batches = by_type.into_iter().map(|((relation, source, target), rows)| {
        let statement = format!(
            "UNWIND $rows AS row \
             MATCH (a:{source} {{view: $view, id: row.source}}) \
             MATCH (b:{target} {{view: $view, id: row.target}}) \
             MERGE (a)-[r:{relation} {{ordinal: row.ordinal}}]->(b) SET r += row.properties"
        );
        (statement, rows)
    });
    batches.collect()
}

fn unique_label(node: &Node) -> &'static str {
    node.labels.last().copied().unwrap_or_default()
}

fn id(node: &Node) -> Value {
    node.properties.get("id").cloned().unwrap_or(Value::Null)
}

struct Loader {
    graph: Graph,
    view: ViewKey,
}

impl Loader {
    async fn load(&self, nodes: Batches, edges: Batches) -> Result<(), QueryError> {
        let marked = query(
            "MERGE (v:QueryView {tag: $tag}) \
             ON CREATE SET v.state = 'loading', v.of = $of, v.revision = $revision \
             RETURN CASE v.state WHEN 'dropping' THEN 1 ELSE 0 END AS dropping",
        )
        .param("tag", self.view.tag())
        .param("of", self.view.view.as_str())
        .param("revision", i64::try_from(self.view.revision).unwrap_or(i64::MAX));
        if count(&self.graph, marked, "dropping").await? > 0 {
            drop_view(&self.graph, self.view.tag()).await?;
            return Err(QueryError::NotLoaded);
        }
        for (statement, rows) in nodes.iter().chain(&edges) {
            for rows in rows.chunks(BATCH) {
                let batch = query(statement).param("view", self.view.tag()).param("rows", rows);
                self.graph.run(batch).await.map_err(refused)?;
            }
        }
        let ready = query(
            "MATCH (v:QueryView {tag: $tag}) WHERE v.state <> 'dropping' \
             SET v.state = 'ready' RETURN 1 AS ready",
        )
        .param("tag", self.view.tag());
        if count(&self.graph, ready, "ready").await? == 0 {
            return Err(QueryError::NotLoaded);
        }
        self.drop_others().await
    }

    /// Drops the earlier revisions of this view, and the oldest views beyond the limit.
    async fn drop_others(&self) -> Result<(), QueryError> {
        let outdated = query(
            "MATCH (v:QueryView) WHERE v.of = $of AND v.revision < $revision RETURN v.tag AS tag",
        )
        .param("of", self.view.view.as_str())
        .param("revision", i64::try_from(self.view.revision).unwrap_or(i64::MAX));
        let beyond = query(
            "MATCH (v:QueryView) WHERE v.tag <> $tag \
             WITH v ORDER BY v.revision DESC, v.tag SKIP $keep RETURN v.tag AS tag",
        )
        .param("tag", self.view.tag())
        .param("keep", VIEWS_MAX - 1);
        let mut tags = BTreeSet::new();
        for question in [outdated, beyond] {
            let mut stream = self.graph.execute(question).await.map_err(refused)?;
            while let Some(row) = stream.next().await.map_err(refused)? {
                tags.insert(row.get::<String>("tag").map_err(|_| failed("a tag that is no text"))?);
            }
        }
        for tag in tags {
            drop_view(&self.graph, &tag).await?;
        }
        Ok(())
    }
}

async fn drop_view(graph: &Graph, tag: &str) -> Result<(), QueryError> {
    let mark = "MATCH (v:QueryView {tag: $tag}) SET v.state = 'dropping'";
    graph.run(query(mark).param("tag", tag)).await.map_err(refused)?;
    for label in UNIQUE {
        let statement = format!(
            "MATCH (n:{label} {{view: $tag}}) WITH n LIMIT {BATCH} DETACH DELETE n \
             RETURN count(*) AS dropped"
        );
        while count(graph, query(&statement).param("tag", tag), "dropped").await? > 0 {}
    }
    let unmark = "MATCH (v:QueryView {tag: $tag}) DELETE v";
    graph.run(query(unmark).param("tag", tag)).await.map_err(refused)
}

fn properties(properties: &BTreeMap<&'static str, Value>) -> BoltType {
    let map: std::collections::HashMap<String, BoltType> =
        properties.iter().map(|(name, value)| ((*name).to_owned(), bolt(value))).collect();
    map.into()
}

fn bolt(value: &Value) -> BoltType {
    match value {
        Value::Null => None::<i64>.into(),
        Value::Bool(value) => (*value).into(),
        Value::Integer(value) => (*value).into(),
        Value::Float(value) => (*value).into(),
        Value::String(value) => value.as_str().into(),
        Value::List(values) => values.iter().map(bolt).collect::<Vec<_>>().into(),
        Value::Map(values) => values
            .iter()
            .map(|(name, value)| (name.clone(), bolt(value)))
            .collect::<std::collections::HashMap<_, _>>()
            .into(),
    }
}

fn plain(value: BoltType) -> Result<Value, QueryError> {
    match value {
        BoltType::Null(_) => Ok(Value::Null),
        BoltType::Boolean(value) => Ok(Value::Bool(value.value)),
        BoltType::Integer(value) => Ok(Value::Integer(value.value)),
        BoltType::Float(value) => Ok(Value::Float(value.value)),
        BoltType::String(value) => Ok(Value::String(value.value)),
        BoltType::List(values) => {
            values.value.into_iter().map(plain).collect::<Result<_, _>>().map(Value::List)
        }
        BoltType::Map(values) => values
            .value
            .into_iter()
            .map(|(name, value)| Ok((name.value, plain(value)?)))
            .collect::<Result<_, _>>()
            .map(Value::Map),
        BoltType::Node(_) => Err(QueryError::UnsupportedValue("node")),
        BoltType::Relation(_) | BoltType::UnboundedRelation(_) => {
            Err(QueryError::UnsupportedValue("relationship"))
        }
        BoltType::Path(_) => Err(QueryError::UnsupportedValue("path")),
        _ => Err(QueryError::UnsupportedValue("temporal or spatial value")),
    }
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
