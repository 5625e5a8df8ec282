//! One engine, two stores: the same answers, byte for byte.

use super::Server;
use super::documentation::{all, ask};
use super::server::import_demo;
use crate::neo4j::Neo4j;
use crate::store::emptied;

#[test]
fn a_server_on_neo4j_answers_as_one_on_a_file() {
    let neo4j = Neo4j::shared();
    let _alone = neo4j.alone();
    import_demo(emptied(neo4j).as_ref());
    let servers = [Server::demo(), Server::on(tempfile::tempdir().unwrap(), &neo4j.address())];
    let mut asked = 0;
    for agency in ["metro-police", "harbour-shelter"] {
        for ((method, path), operation) in all() {
            let id = operation["operationId"].as_str().unwrap();
            // The queries that a server can run differ by design; the times of jobs differ too.
            if ["metrics", "list_queries", "start_import"].contains(&id) {
                continue;
            }
            let [file, other] = servers
                .each_ref()
                .map(|server| ask(&server.agency(agency), &method, &path, &operation));
            assert_eq!(file.status, other.status, "{method} {path}: {}", other.text());
            assert!(file == other, "{method} {path}\n{}\n{}", file.text(), other.text());
            asked += 1;
        }
    }
    assert!(asked > 30);
}
