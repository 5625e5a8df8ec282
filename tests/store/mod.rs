//! The contract of [`accord::store::Store`], held by both backends.

mod changes;
mod contract;
mod durability;
mod entries;
mod fixture;
mod following;
mod held;
mod linking;
mod retention;
mod versions;

use std::sync::Arc;

use accord::store::neo4j::connection::Connection;
use accord::store::{self, LogLimits, Neo4jStore, SqliteStore, Store, StoreAddress, StoreError};
use serde_json::json;

use crate::neo4j::Neo4j;

/// Runs a test on a new embedded store and on an emptied Neo4j.
fn on_both(test: impl Fn(&dyn Store)) {
    on_sqlite(&test);
    on_neo4j(&test);
}

fn on_sqlite(test: impl Fn(&dyn Store)) {
    let dir = tempfile::tempdir().unwrap();
    let address = dir.path().join("store.accord").to_str().unwrap().parse().unwrap();
    test(store::open(&address, true).unwrap().as_ref());
}

/// Runs a test on a new embedded store and on an emptied Neo4j whose change logs have other limits.
fn on_both_with_log(limits: LogLimits, test: impl Fn(&dyn Store)) {
    let dir = tempfile::tempdir().unwrap();
    test(&SqliteStore::open(&dir.path().join("s"), true).unwrap().with_log(limits));
    let server = Neo4j::shared();
    let _alone = server.alone();
    drop(emptied(server));
    test(&open_neo4j(server, false).unwrap().with_log(limits));
}

/// The store on the test server, as a type of its own.
fn open_neo4j(server: &Neo4j, create: bool) -> Result<Neo4jStore, StoreError> {
    let StoreAddress::Neo4j { host, user, password, database } = server.address() else {
        unreachable!("the test server is a Neo4j")
    };
    Neo4jStore::open(&host, &user, &password, database.as_deref(), create)
}

fn on_neo4j(test: impl Fn(&dyn Store)) {
    let server = Neo4j::shared();
    let _alone = server.alone();
    test(emptied(server).as_ref());
}

/// The test server's database without anything in it, as a new store.
pub fn emptied(server: &Neo4j) -> Arc<dyn Store> {
    connect(server).run("MATCH (n) DETACH DELETE n", json!({})).unwrap();
    store::open(&server.address(), true).unwrap()
}

/// A connection to the test server past any store.
fn connect(server: &Neo4j) -> Connection {
    let StoreAddress::Neo4j { host, user, password, database } = server.address() else {
        unreachable!("the test server is a Neo4j")
    };
    Connection::open(&host, &user, &password, database.as_deref()).unwrap()
}
