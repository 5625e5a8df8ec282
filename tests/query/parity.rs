//! Both engines give the same rows: "rows that differ silently are worse than a refusal".

use std::collections::BTreeMap;

use accord::graph::Snapshot;
use accord::model::{ClassId, ClassSet, IdKey};
use accord::query::embedded::EmbeddedEngine;
use accord::query::neo4j::Neo4jEngine;
use accord::query::{Cancel, Library, Limits, Rows, Runner, StoredQuery, ViewKey};
use serde_json::{Map, Value};

use super::{graphs, variations};
use crate::neo4j::Neo4j;
use crate::policy::seeing;

/// Seeds and sizes of the random views; the last one is large enough to need several batches.
const VIEWS: [(u64, usize); 5] = [(11, 6), (12, 20), (13, 40), (14, 60), (15, 250)];

fn rows(
    runner: &Runner,
    query: &StoredQuery,
    given: &Map<String, Value>,
    view: &ViewKey,
    snapshot: &Snapshot,
) -> Rows {
    runner
        .run(query.name(), given, view, snapshot, &Limits::default(), &Cancel::default())
        .unwrap_or_else(|error| panic!("{} with {given:?}: {error}", query.name()))
}

#[test]
fn every_query_gives_the_same_rows_on_both_engines() {
    let server = Neo4j::shared();
    let _alone = server.alone();
    let neo4j = Neo4jEngine::connect(&server.address()).unwrap();
    let neo4j = Runner::new(Library::shipped().unwrap(), Box::new(neo4j));
    let embedded = Runner::new(Library::shipped().unwrap(), Box::new(EmbeddedEngine::new()));
    let views: Vec<(ViewKey, Snapshot)> = VIEWS
        .iter()
        .enumerate()
        .map(|(index, (seed, size))| {
            let classes = ClassSet::from_iter([ClassId(index as u32)]);
            (ViewKey::new(&IdKey::default(), &seeing(classes), "", 1), graphs::random(*seed, *size))
        })
        .collect();
    // All views are loaded before the first is asked, so that one that leaks into another shows.
    let library = neo4j.library();
    let first = library.get("shared-phones").unwrap();
    for (view, snapshot) in &views {
        rows(&neo4j, first, &Map::new(), view, snapshot);
    }
    let mut found: BTreeMap<&str, usize> = BTreeMap::new();
    for (view, snapshot) in &views {
        for query in library.iter() {
            for given in variations::of(query, snapshot) {
                let there = rows(&neo4j, query, &given, view, snapshot);
                *found.entry(query.name()).or_default() += there.rows.len();
                if embedded.supports(query) {
                    let here = rows(&embedded, query, &given, view, snapshot);
                    assert_eq!(here, there, "{} with {given:?}", query.name());
                }
            }
        }
    }
    let nothing: Vec<_> = found.iter().filter(|(_, rows)| **rows == 0).collect();
    assert!(nothing.is_empty(), "queries that never found anything compare nothing: {nothing:?}");
}
