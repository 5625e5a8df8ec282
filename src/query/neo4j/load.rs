//! Writes, marks and drops the sub-graphs of views.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use neo4rs::{BoltType, Graph, query};

use super::values::{bolt, properties};
use super::{count, failed, refused};
use crate::query::{Node, PropertyGraph, QueryError, Value, ViewKey};

/// Nodes or relationships per transaction while loading and dropping.
const BATCH: usize = 5_000;
/// The most views held in the database at once; the ones of the oldest revisions are dropped first.
const VIEWS_MAX: i64 = 32;

/// The label that carries a node's uniqueness (the last of its labels), each with a constraint.
const UNIQUE: [&str; 4] = ["Entity", "Event", "Place", "Record"];
/// Labels that are looked up by id or scanned within a view.
const INDEXED: [&str; 9] =
    ["Address", "Entity", "Event", "Organization", "Person", "Phone", "Place", "Record", "Vehicle"];

/// Tells if the graph of the view is loaded and complete.
pub(super) async fn is_ready(graph: &Graph, view: &ViewKey) -> Result<bool, QueryError> {
    let question =
        query("MATCH (v:QueryView {tag: $tag, state: 'ready'}) RETURN count(v) AS ready")
            .param("tag", view.tag());
    Ok(count(graph, question, "ready").await? > 0)
}

pub(super) async fn schema(graph: &Graph) -> Result<(), QueryError> {
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
pub(super) type Batches = Vec<(String, Vec<BoltType>)>;

/// Makes the statements that write nodes, one per list of labels.
pub(super) fn node_batches(graph: &PropertyGraph) -> Batches {
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

/// Makes the statements that write relationships, one per type and labels of both ends; `ordinal` tells parallel
/// relationships apart, so that loading again merges instead of doubling them.
pub(super) fn edge_batches(graph: &PropertyGraph) -> Batches {
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
        let row: HashMap<String, BoltType> =
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

/// Loads the graph of one view.
pub(super) struct Loader {
    pub graph: Graph,
    pub view: ViewKey,
}

impl Loader {
    pub async fn load(&self, nodes: Batches, edges: Batches) -> Result<(), QueryError> {
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
