//! Agencies that are not listed: guessing a name tells nothing, and agencies can make agreements all the same.

use accord::govern::{POLICY_DOCUMENT, Policy, Role};
use serde_json::{Value, json};

use super::governance::{approvers, grant, sign, terms};
use super::server::file;
use super::{Client, Server};
use crate::unlogged::making;

const DRAFTER: &str = "metro-police";
/// The agency whose name is guessed.
const QUIET: &str = "labour-inspectorate";

/// A server at a time that stands still, on which nobody has agreed on anything.
fn still() -> Server {
    let folder = tempfile::tempdir().unwrap();
    let address = file(&folder.path().join("store.accord"));
    let server = Server::still(folder, &address);
    server
        .store
        .put_document(POLICY_DOCUMENT, &Policy::default().to_document(), &making())
        .unwrap();
    register(&server, DRAFTER, false);
    server
}

fn register(server: &Server, name: &str, listed: bool) {
    let agency = json!({
        "name": name, "kind": "police", "listed": listed,
        "desk": { "name": format!("{name}, duty desk"), "channel": "+44 20 2555 0100" },
    });
    server.operator().post("/v1/agencies", &agency).ok();
}

fn guess() -> Value {
    let mut guess = terms(grant("white"));
    (guess["discloser"], guess["recipients"]) = (json!(DRAFTER), json!([QUIET]));
    guess
}

fn officer(server: &Server, agency: &str) -> Client {
    server.user(agency, "approver-0", &[Role::Approver])
}

fn names(client: &Client) -> Vec<String> {
    let listed = client.get("/v1/agencies").ok();
    let name = |it: &Value| it["name"].as_str().unwrap().to_owned();
    listed["agencies"].as_array().unwrap().iter().map(name).collect()
}

fn agreements(client: &Client) -> usize {
    client.get("/v1/agreements").ok()["agreements"].as_array().unwrap().len()
}

#[test]
fn a_draft_to_a_guessed_name_answers_the_same_bytes_whether_there_is_such_an_agency_or_not() {
    let servers = [still(), still()];
    register(&servers[0], QUIET, false);
    let lead = [Role::Investigator, Role::TaskForceLead];
    let mut id = String::new();
    let same = |what: &str, ask: &dyn Fn(&Server) -> super::Answer| -> Value {
        let [there, not] = servers.each_ref().map(ask);
        assert_eq!(there.status, not.status, "{what}: {}", there.text());
        assert!(there == not, "{what}\n{}\n{}", there.text(), not.text());
        assert!(!there.text().contains("duty desk") || !there.text().contains(QUIET), "{what}");
        serde_json::from_slice(&there.body).unwrap_or_default()
    };
    for (what, method, path, body) in [
        ("draft", "post", "/v1/agreements", guess()),
        ("draft again", "post", "/v1/agreements", guess()),
        ("version", "post", "/v1/agreements/{id}/versions", guess()),
        ("get", "get", "/v1/agreements/{id}", json!(null)),
        ("preview", "get", "/v1/agreements/{id}/preview", json!(null)),
        ("list", "get", "/v1/agreements", json!(null)),
        ("agencies", "get", "/v1/agencies", json!(null)),
        ("inbox", "get", "/v1/inbox", json!(null)),
    ] {
        let path = path.replace("{id}", &id);
        let said = same(what, &|server| {
            let client = officer(server, DRAFTER);
            if method == "post" { client.post(&path, &body) } else { client.get(&path) }
        });
        if let Some(drafted) = said["agreement"].as_str() {
            id = drafted.to_owned();
        }
    }
    assert!(id.starts_with("agr_"));
    // The agency itself hears nothing either.
    let quiet = officer(&servers[0], QUIET);
    assert_eq!((agreements(&quiet), names(&quiet)), (0, vec![QUIET.to_owned()]));
    assert_eq!(quiet.get("/v1/inbox").ok()["messages"], json!([]));
    // Neither does naming one of its users as a member of a case make it known.
    let case = json!({ "reference": "TF-1", "expires": "2099-01-01T00:00:00Z" });
    let case = same("case", &|server| server.user(DRAFTER, "lead", &lead).post("/v1/cases", &case));
    let path = format!("/v1/cases/{}/members", case["id"].as_str().unwrap());
    let member = json!({ "agency": QUIET, "user": "u" });
    same("member", &|server| server.user(DRAFTER, "lead", &lead).post(&path, &member));
    same("cases", &|server| server.user(DRAFTER, "lead", &lead).get("/v1/cases"));
    same("agencies", &|server| server.user(DRAFTER, "lead", &lead).get("/v1/agencies"));
    assert_eq!(names(&officer(&servers[0], DRAFTER)), [DRAFTER]);
}

#[test]
fn the_id_that_the_drafter_hands_over_brings_two_agencies_together() {
    let server = still();
    register(&server, QUIET, false);
    let drafted = officer(&server, DRAFTER).post("/v1/agreements", &guess()).ok();
    let path = format!("/v1/agreements/{}", drafted["agreement"].as_str().unwrap());
    let quiet = approvers(&server, QUIET);
    assert_eq!(quiet[0].get(&path).ok()["versions"], drafted["versions"]);
    assert_eq!(agreements(&quiet[0]), 0, "reading is not answering");
    // An agency that is not a side of the agreement learns nothing by the id.
    let stranger = officer(&server, "border-guard");
    let never = format!("/v1/agreements/agr_{}", "0".repeat(32));
    let [named, unnamed] = [path.as_str(), &never].map(|path| stranger.get(path).problem(404));
    assert_eq!(named, unnamed);
    sign(&quiet[..1], &drafted);
    assert_eq!(agreements(&quiet[0]), 1, "the agency's own act keeps it in its list");
    assert_eq!(names(&quiet[0]), [QUIET], "one side's signatures make nobody known");
    sign(&approvers(&server, DRAFTER), &drafted);
    assert_eq!(names(&officer(&server, DRAFTER)), [DRAFTER]);
    assert_eq!(sign(&quiet, &drafted)["state"], "active");
    for agency in [QUIET, DRAFTER] {
        assert_eq!(names(&officer(&server, agency)), [QUIET, DRAFTER]);
    }
    // Agencies that know each other are told of the next draft.
    let mut next = guess();
    next["id"] = json!("mou-2");
    officer(&server, DRAFTER).post("/v1/agreements", &next).ok();
    assert_eq!(agreements(&quiet[0]), 2);
}

#[test]
fn an_agency_that_is_listed_by_its_own_wish_is_known_to_all_and_hears_of_drafts() {
    let server = still();
    register(&server, QUIET, true);
    assert_eq!(names(&officer(&server, "border-guard")), ["border-guard", QUIET]);
    officer(&server, DRAFTER).post("/v1/agreements", &guess()).ok();
    let quiet = officer(&server, QUIET);
    assert_eq!(agreements(&quiet), 1);
    assert_eq!(names(&quiet), [QUIET], "its drafter is not known by drafting");
    register(&server, QUIET, false);
    assert_eq!(agreements(&quiet), 0);
    assert_eq!(names(&officer(&server, DRAFTER)), [DRAFTER]);
}

#[test]
fn who_acts_in_a_case_is_known_to_its_members_and_its_lead_to_those_it_asks() {
    let server = still();
    register(&server, QUIET, false);
    let lead = server.user(DRAFTER, "lead", &[Role::Investigator, Role::TaskForceLead]);
    let case = json!({ "reference": "TF-1", "expires": "2099-01-01T00:00:00Z" });
    let case = lead.post("/v1/cases", &case).ok()["id"].as_str().unwrap().to_owned();
    let path = format!("/v1/cases/{case}/members");
    lead.post(&path, &json!({ "agency": QUIET, "user": "specialist" })).ok();
    let specialist =
        server.user(QUIET, "specialist", &[Role::Investigator, Role::VictimSpecialist]);
    assert_eq!(names(&specialist), [QUIET, DRAFTER], "the lead made itself known");
    assert_eq!(names(&lead), [DRAFTER]);
    let mut row = super::governance::row("1", "victim", "+442025550144");
    row["handling"] = json!("own");
    let specialist = specialist.asking(Some("trafficking_investigation"), Some(&case));
    let record = specialist.post("/v1/records", &row).ok()["records"][0].clone();
    let path = format!("/v1/cases/{case}/subjects");
    specialist.post(&path, &json!({ "records": [record] })).ok();
    assert_eq!(names(&lead), [QUIET, DRAFTER], "it has brought a victim into the case");
}
