//! Requirements of the law that an agency works under, on its rows and agreements.

use serde_json::{Value, json};

use super::governance::{POLICE, SHELTER, agreed, approvers, grant, row, server, sign, terms};
use super::{Answer, Client, Server};

fn under(server: &Server, agency: &str, law: &str) {
    let agency = json!({
        "name": agency, "kind": "police", "law": law, "desk": { "name": "Desk", "channel": "1" },
    });
    server.operator().post("/v1/agencies", &agency).ok();
}

#[track_caller]
fn faults(answer: &Answer) -> Vec<(String, String)> {
    assert_eq!(answer.problem(422), "invalid_input");
    let of = |fault: &Value, member: &str| fault[member].as_str().unwrap_or_default().to_owned();
    let faults = answer.json()["faults"].as_array().unwrap().clone();
    faults.iter().map(|fault| (of(fault, "column"), of(fault, "reason"))).collect()
}

fn fault(column: &str, reason: &str) -> Vec<(String, String)> {
    vec![(column.to_owned(), reason.to_owned())]
}

fn try_to_sign(client: &Client, drafted: &Value) -> Answer {
    let version = drafted["versions"].as_array().unwrap().last().unwrap();
    let body = json!({ "version": version["version"], "terms_hash": version["terms_hash"] });
    let id = drafted["agreement"].as_str().unwrap();
    client.post(&format!("/v1/agreements/{id}/sign"), &body)
}

#[test]
fn under_european_law_an_agreement_says_whether_data_leave_the_union_whoever_discloses() {
    for law in ["eu_led", "eu_gdpr", "uk_part3"] {
        let server = server();
        under(&server, SHELTER, law);
        let officer = &approvers(&server, SHELTER)[0];
        let silent = terms(grant("white"));
        let answer = officer.post("/v1/agreements", &silent);
        assert_eq!(faults(&answer), fault("sections.transfer", "transfer"));
        let mut said = silent.clone();
        said["sections"]["transfer"] = json!("None: all sides are in the Union");
        agreed(&server, &said);
        // The recipient hears of its own law when it signs; the discloser is not told of it.
        let mut back = silent;
        (back["discloser"], back["recipients"]) = (json!(POLICE), json!([SHELTER]));
        let drafted = approvers(&server, POLICE)[0].post("/v1/agreements", &back).ok();
        sign(&approvers(&server, POLICE), &drafted);
        let answer = try_to_sign(officer, &drafted);
        assert_eq!(faults(&answer), fault("sections.transfer", "transfer"));
        let id = drafted["agreement"].as_str().unwrap();
        assert_eq!(officer.get(&format!("/v1/agreements/{id}")).ok()["state"], "draft");
    }
}

#[test]
fn under_28_cfr_23_copies_are_kept_for_five_years_at_most() {
    let server = server();
    under(&server, POLICE, "us_28cfr23");
    let mut long = terms(grant("white"));
    long["retention_days"] = json!(1_827);
    let drafted = approvers(&server, SHELTER)[0].post("/v1/agreements", &long).ok();
    sign(&approvers(&server, SHELTER), &drafted);
    let officer = &approvers(&server, POLICE)[0];
    let answer = try_to_sign(officer, &drafted);
    assert_eq!(faults(&answer), fault("retention_days", "retention_by_law"));
    long["retention_days"] = json!(1_826);
    let id = drafted["agreement"].as_str().unwrap();
    let path = format!("/v1/agreements/{id}/versions");
    let drafted = approvers(&server, SHELTER)[0].post(&path, &long).ok();
    try_to_sign(officer, &drafted).ok();
    // The law refuses the agency's own draft at once.
    (long["discloser"], long["recipients"]) = (json!(POLICE), json!([SHELTER]));
    long["retention_days"] = json!(3_000);
    let answer = officer.post("/v1/agreements", &long);
    assert_eq!(faults(&answer), fault("retention_days", "retention_by_law"));
}

#[test]
fn under_european_law_every_row_about_a_person_says_when_it_is_reviewed() {
    let server = server();
    under(&server, SHELTER, "eu_led");
    let client = server.agency(SHELTER);
    let mut row = row("1", "suspect", "+442025550143");
    assert_eq!(faults(&client.post("/v1/records", &row)), fault("review_by", "bad_review"));
    row["review_by"] = json!("2027-01-01T00:00:00Z");
    client.post("/v1/records", &row).ok();
    let mut phone = row.clone();
    phone["local_id"] = json!("2");
    phone["records"].as_array_mut().unwrap().remove(0);
    (phone["ties"], phone["review_by"]) = (json!([]), Value::Null);
    client.post("/v1/records", &phone).ok();
    // Others are free to say.
    row["review_by"] = Value::Null;
    server.agency(POLICE).post("/v1/records", &row).ok();
}

#[test]
fn a_provider_of_services_by_its_law_hands_in_no_victim_without_a_release() {
    let server = server();
    under(&server, SHELTER, "us_service_provider");
    let mut row = row("1", "victim", "+442025550143");
    let client = server.agency(SHELTER);
    assert_eq!(faults(&client.post("/v1/records", &row)), fault("release", "no_release"));
    row["release"] = json!({ "reference": "R-1", "until": "2027-01-01T00:00:00Z" });
    client.post("/v1/records", &row).ok();
    let unknown = json!({
        "name": "x", "kind": "police", "law": "martial", "desk": { "name": "D", "channel": "1" },
    });
    assert_eq!(server.operator().post("/v1/agencies", &unknown).problem(422), "invalid_input");
}
