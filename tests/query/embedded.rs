//! The stored queries on the embedded engine.

use std::time::Duration;

use accord::model::{ClassId, ClassSet, IdKey};
use accord::query::embedded::EmbeddedEngine;
use accord::query::{Cancel, Library, Limits, QueryError, Runner, ViewKey};
use serde_json::{Map, Value, json};

use super::{graphs, variations};
use crate::policy::seeing;

fn key(class: u32, revision: u64) -> ViewKey {
    let view = seeing(ClassSet::from_iter([ClassId(class)]));
    ViewKey::new(&IdKey::default(), &view, "", revision)
}

fn runner() -> Runner {
    Runner::new(Library::shipped().unwrap(), Box::new(EmbeddedEngine::new()))
}

fn object(value: Value) -> Map<String, Value> {
    value.as_object().unwrap().clone()
}

#[test]
fn every_portable_query_runs_and_finds_something_in_ordered_distinct_rows() {
    let runner = runner();
    let snapshot = graphs::random(1, 60);
    for query in runner.library().iter().filter(|query| runner.supports(query)) {
        let mut found = 0;
        for given in variations::of(query, &snapshot) {
            let rows = runner
                .run(
                    query.name(),
                    &given,
                    &key(0, 1),
                    &snapshot,
                    &Limits::default(),
                    &Cancel::default(),
                )
                .unwrap_or_else(|error| panic!("{}: {error}", query.name()));
            let keys = variations::keys(query, &rows);
            assert_eq!(
                keys.iter().collect::<std::collections::BTreeSet<_>>().len(),
                keys.len(),
                "{}: the key is not one",
                query.name()
            );
            found += rows.rows.len();
        }
        assert!(found > 0, "{} found nothing", query.name());
    }
}

#[test]
fn a_query_for_neo4j_says_so() {
    let refused = runner().run(
        "paths-pruning-hubs",
        &Map::new(),
        &key(0, 1),
        &graphs::random(1, 10),
        &Limits::default(),
        &Cancel::default(),
    );
    assert_eq!(refused.unwrap_err(), QueryError::NeedsNeo4j { name: "paths-pruning-hubs".into() });
}

#[test]
fn limits_and_cancellation_refuse_the_whole_result() {
    let runner = runner();
    let snapshot = graphs::random(2, 60);
    let run = |limits: &Limits, cancel: &Cancel| {
        let given = object(json!({ "minutes": 1440, "min_places": 2 }));
        runner.run("co-travel", &given, &key(0, 1), &snapshot, limits, cancel)
    };
    let limits = Limits::default();
    assert!(run(&limits, &Cancel::default()).unwrap().rows.len() > 2);
    let few = Limits { rows: 2, ..limits };
    assert!(matches!(run(&few, &Cancel::default()), Err(QueryError::Limit(_))));
    let near = Limits { expansions: 10, ..limits };
    assert!(matches!(run(&near, &Cancel::default()), Err(QueryError::Limit(_))));
    let short = Limits { time: Duration::ZERO, ..limits };
    assert_eq!(run(&short, &Cancel::default()).unwrap_err(), QueryError::Limit("time"));
    let cancelled = Cancel::default();
    cancelled.cancel();
    assert_eq!(run(&limits, &cancelled).unwrap_err(), QueryError::Cancelled);
}

#[test]
fn each_view_and_revision_sees_its_own_graph_only() {
    let runner = runner();
    let limits = Limits::default();
    let rows = |seed, view: &ViewKey| {
        let snapshot = graphs::random(seed, 40);
        let given = object(json!({ "max_rows": 1000 }));
        runner.run("shared-phones", &given, view, &snapshot, &limits, &Cancel::default()).unwrap()
    };
    let (one, other) = (rows(3, &key(1, 1)), rows(4, &key(2, 1)));
    assert_ne!(one, other);
    assert_eq!(rows(3, &key(1, 1)), one);
    // More views than are held at once: the graph is loaded again.
    for class in 10..30 {
        assert_eq!(rows(4, &key(class, 1)), other);
    }
    assert_eq!(rows(3, &key(1, 1)), one);
    assert_eq!(rows(4, &key(1, 2)), other, "a new revision of the view");
}
