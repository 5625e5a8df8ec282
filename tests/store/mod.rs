//! The contract of [`accord::store::Store`], held by both backends.

mod contract;
mod durability;
mod entries;
mod fixture;
mod linking;
mod retention;

use std::sync::Arc;

use accord::store::neo4j::connection::Connection;
use accord::store::{self, Store, StoreAddress};
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

fn on_neo4j(test: impl Fn(&dyn Store)) {
    let server = Neo4j::shared();
    let _alone = server.alone();
    test(emptied(server).as_ref());
}

/// The test server's database without anything in it, as a new store.
pub fn emptied(server: &Neo4j) -> Arc<dyn Store> {
    let StoreAddress::Neo4j { host, user, password, database } = server.address() else {
        unreachable!("the test server is a Neo4j")
    };
    let connection = Connection::open(&host, &user, &password, database.as_deref()).unwrap();
    connection.run("MATCH (n) DETACH DELETE n", json!({})).unwrap();
    store::open(&server.address(), true).unwrap()
}
