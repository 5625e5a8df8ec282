//! Imports as jobs.

use std::time::{Duration, Instant};

use accord::govern::Role;
use serde_json::{Value, json};

use super::{Client, Server};

const MAPPING: &str = r#"
source = "people"
format = "csv"
id = "id"
[label]
category = "contact"
[[record]]
slot = "person"
type = "person"
[record.fields]
full = "name"
birth_date = "born"
"#;

fn import(client: &Client, mapping: &str, data: &str) -> Value {
    let asked = json!({ "name": "people.csv", "mapping": mapping, "data": data });
    let answer = client.post("/v1/imports", &asked);
    assert_eq!(answer.status, 202, "{}", answer.text());
    answer.json()
}

/// Waits for a job's end.
fn ended(client: &Client, job: &Value) -> Value {
    let path = format!("/v1/jobs/{}", job["id"].as_str().unwrap());
    let began = Instant::now();
    loop {
        let job = client.get(&path).ok();
        if !job["ended"].is_null() {
            return job;
        }
        assert!(began.elapsed() < Duration::from_secs(60), "{job}");
        std::thread::sleep(Duration::from_millis(20));
    }
}

#[test]
fn good_rows_are_taken_and_bad_ones_reported_with_row_and_column() {
    let server = Server::empty();
    let client = server.agency("metro-police");
    let data = "id,name,born\n1,Katarina Horvat,1991-07-03\n2,Jane Roe,1987-02-30\n,Bo Chen,1990\n4,Ana Lima,1987\n";
    let job = ended(&client, &import(&client, MAPPING, data));
    assert_eq!(job["state"], "succeeded");
    let result = &job["result"];
    assert_eq!((&result["rows"], &result["records_new"]), (&json!(4), &json!(2)));
    assert!(result.get("links").is_none(), "links may go to hidden records");
    let refusals = result["refusals"].as_array().unwrap();
    assert_eq!(refusals.len(), 2);
    assert_eq!((&refusals[0]["row"], &refusals[0]["column"]), (&json!(3), &json!("born")));
    assert_eq!(refusals[0]["reason"], "bad_date");
    assert_eq!((&refusals[1]["row"], &refusals[1]["reason"]), (&json!(4), &json!("id_missing")));
    assert!(!job.to_string().contains("Roe"));
    let again = ended(&client, &import(&client, MAPPING, data));
    assert_eq!(again["result"]["records_new"], 0);
    assert_eq!(again["result"]["records_unchanged"], 2);
    let found = client.post("/v1/search", &json!({ "text": "Horvat" })).ok();
    assert_eq!(found["hits"]["total"], 1);
}

#[test]
fn a_mapping_of_another_agency_or_a_wrong_one_is_refused() {
    let server = Server::empty();
    let client = server.agency("metro-police");
    for (mapping, data, column) in [
        (format!("agency = \"border-guard\"\n{MAPPING}"), "id,name,born\n", "mapping"),
        ("Jane Roe".to_owned(), "id\n", "mapping"),
        (MAPPING.replace("birth_date", "birthday"), "id,name,born\n", "mapping"),
        (MAPPING.to_owned(), "id,born\n", "data"),
        (MAPPING.to_owned(), "", "data"),
    ] {
        let asked = json!({ "name": "f", "mapping": mapping, "data": data });
        let answer = client.post("/v1/imports", &asked);
        assert_eq!(answer.problem(422), "invalid_input", "{mapping}");
        assert_eq!(answer.json()["faults"][0]["column"], column);
        assert!(!answer.text().contains("Roe"), "{}", answer.text());
    }
    assert_eq!(client.get("/v1/jobs").ok()["jobs"], json!([]));
}

#[test]
fn another_agencys_job_is_none() {
    let server = Server::empty();
    let (police, guard) = (server.agency("metro-police"), server.agency("border-guard"));
    let job = ended(&police, &import(&police, MAPPING, "id,name,born\n1,Ana Lima,1987\n"));
    let path = format!("/v1/jobs/{}", job["id"].as_str().unwrap());
    let never = "/v1/jobs/job_00000000000000000000000000000000";
    for (one, other) in
        [(guard.get(&path), guard.get(never)), (guard.delete(&path), guard.delete(never))]
    {
        assert_eq!(one.problem(404), "not_found");
        assert_eq!(one.json()["title"], other.json()["title"]);
    }
    assert_eq!(guard.get("/v1/jobs").ok()["jobs"], json!([]));
    assert_eq!(police.get("/v1/jobs").ok()["jobs"][0]["id"], job["id"]);
    // An ended job stays as it is.
    assert_eq!(police.delete(&path).ok()["state"], "succeeded");
}

#[test]
fn a_cancelled_job_ends_and_what_it_stored_stays() {
    let server = Server::empty();
    let client = server.agency("metro-police");
    let mut data = String::from("id,name,born\n");
    for row in 0..40_000 {
        data += &format!("{row},Person Number{row},19{:02}\n", row % 90 + 10);
    }
    let job = import(&client, MAPPING, &data);
    let path = format!("/v1/jobs/{}", job["id"].as_str().unwrap());
    // Who may not import may not stop an import.
    let analyst = server.user("metro-police", "reader", &[Role::Analyst]);
    assert_eq!(analyst.delete(&path).problem(403), "forbidden");
    client.delete(&path).ok();
    let job = ended(&client, &job);
    assert_eq!(job["state"], "cancelled");
    assert_eq!(job["error"]["code"], "cancelled");
    let small = ended(&client, &import(&client, MAPPING, "id,name,born\n0,Person Number0,1910\n"));
    assert_eq!(small["state"], "succeeded");
}
