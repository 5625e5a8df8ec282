//! Stored queries over HTTP.

use accord::govern::Role;
use serde_json::{Value, json};

use super::{Client, Server};
use crate::policy::CASE;

#[test]
fn every_listed_query_runs_or_says_that_it_needs_neo4j() {
    let server = Server::demo();
    let client = server.agency("metro-police");
    let list = client.get("/v1/queries").ok();
    let queries = list["queries"].as_array().unwrap();
    assert!(queries.len() >= 10);
    for query in queries {
        let name = query["name"].as_str().unwrap();
        let whole = client.get(&format!("/v1/queries/{name}")).ok();
        assert!(whole["cypher"].as_str().unwrap().contains("MATCH"));
        let example = |parameter: &Value| {
            let name = parameter["name"].as_str().unwrap().to_owned();
            (name, parameter["example"].clone())
        };
        let parameters: serde_json::Map<String, Value> = query["parameters"]
            .as_array()
            .unwrap()
            .iter()
            .filter(|parameter| parameter.get("default").is_none())
            .map(example)
            .collect();
        let path = format!("/v1/queries/{name}");
        let answer = client.post(&path, &json!({ "parameters": parameters }));
        if query["supported"] == true {
            let answer = answer.ok();
            let columns = answer["columns"].as_array().unwrap().len();
            assert_eq!(columns, query["columns"].as_array().unwrap().len());
            for row in answer["rows"].as_array().unwrap() {
                assert_eq!(row.as_array().unwrap().len(), columns);
            }
        } else {
            assert_eq!(query["engines"], "neo4j");
            assert_eq!(answer.problem(501), "needs_neo4j");
        }
    }
    assert!(queries.iter().any(|query| query["supported"] == false), "one is for Neo4j only");
}

#[test]
fn wrong_parameters_are_named_and_not_echoed() {
    let server = Server::demo();
    let client = server.agency("metro-police");
    let run = |parameters: Value| {
        client.post("/v1/queries/ego-network", &json!({ "parameters": parameters }))
    };
    for (parameters, column) in [
        (json!({}), json!("entity")),
        (json!({ "entity": "Jane Roe" }), json!("entity")),
        (json!({ "entity": 7 }), json!("entity")),
        (json!({ "Jane Roe": 1 }), Value::Null),
    ] {
        let answer = run(parameters);
        assert_eq!(answer.problem(422), "invalid_input");
        assert_eq!(answer.json()["faults"][0]["column"], column);
        assert!(!answer.text().contains("Roe"));
    }
}

/// A victim specialist who asks to unmask sees that a victim and a contact are one; a caller who does not see the
/// victim's name gets the rows of two people, also where the specialist asked the same before.
#[test]
fn a_query_runs_on_what_the_caller_may_join_and_not_on_what_another_of_the_case_may() {
    let server = Server::empty();
    let analyst = server.agency("harbour-shelter");
    let row = |id: &str, category: &str| {
        json!({
            "local_id": id, "source": "s", "category": category,
            "records": [
                { "slot": "p", "body": {
                    "type": "person", "names": [{ "full": "Katarina Horvat" }],
                    "birth_date": "1991-07-03",
                }},
                { "slot": "t", "body": { "type": "phone", "number": "+442025550143" } },
            ],
            "ties": [{ "kind": "USES", "from": "p", "to": "t" }],
        })
    };
    let stored = analyst.post("/v1/records", &row("1", "victim")).ok();
    analyst.post("/v1/records", &row("2", "contact")).ok();
    let specialist =
        server.user("harbour-shelter", "specialist", &[Role::Investigator, Role::VictimSpecialist]);
    specialist
        .post(&format!("/v1/cases/{CASE}/subjects"), &json!({ "records": stored["records"] }))
        .ok();
    let people = |client: &Client, end: &str| {
        let path = format!("/v1/queries/shared-phones{end}");
        let answer = client.post(&path, &json!({ "parameters": {} })).ok();
        answer["rows"].as_array().unwrap().len()
    };
    let unmask = "?unmask=true";
    let asked =
        [(&specialist, unmask), (&analyst, unmask), (&specialist, ""), (&specialist, unmask)];
    assert_eq!(asked.map(|(client, end)| people(client, end)), [0, 1, 1, 0]);
}
