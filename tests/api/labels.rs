//! Labels that rows must have to be accepted, and the callers who see them: criminal intelligence, reviews, releases.

use accord::govern::{POLICY_DOCUMENT, Policy, Principal, Role};
use accord::identity::ApiKey;
use serde_json::{Value, json};

use super::governance::{POLICE, SHELTER, agreed, grant, row, terms};
use super::identity::{Hands, standing};
use super::server::key;
use super::{Answer, Server};

const DAY: i64 = 86_400;

/// A shelter that shares all it may with the police, on the tests' day, 21 September 2026.
fn shared() -> (Server, Hands) {
    let (server, hands) = standing();
    server
        .store
        .put_document(POLICY_DOCUMENT, &Policy::default().to_document(), &crate::unlogged::MAKING)
        .unwrap();
    agreed(&server, &terms(grant("white")));
    (server, hands)
}

fn submit(server: &Server, agency: &str, row: &Value) -> Answer {
    server.agency(agency).post("/v1/records", row)
}

#[track_caller]
fn path_of(answer: &Answer) -> String {
    format!("/v1/records/{}", answer.ok()["records"][0].as_str().unwrap())
}

#[track_caller]
fn refused(answer: &Answer, column: &str, reason: &str) {
    assert_eq!(answer.problem(422), "invalid_input");
    let fault = answer.json()["faults"][0].clone();
    assert_eq!((&fault["column"], &fault["reason"]), (&json!(column), &json!(reason)));
}

fn intelligence(id: &str, suspicion: &str) -> Value {
    let mut row = row(id, "suspect", "+442025550143");
    row["intelligence"] = json!({ "reasonable_suspicion": suspicion });
    row["review_by"] = json!("2027-01-01T00:00:00Z");
    row["grade"] = json!("3x5x2:2B");
    row
}

#[test]
fn criminal_intelligence_states_its_suspicion_and_its_review() {
    let (server, _) = shared();
    let column = "intelligence.reasonable_suspicion";
    refused(&submit(&server, SHELTER, &intelligence("1", "hm")), column, "no_suspicion");
    let mut without = intelligence("1", "Seen twice where victims were found");
    without.as_object_mut().unwrap().remove("review_by");
    refused(&submit(&server, SHELTER, &without), "review_by", "bad_review");
    without["intelligence"] = json!({});
    let answer = submit(&server, SHELTER, &without);
    assert_eq!(answer.json()["faults"][0]["reason"], "missing_field");
    for by in ["2026-09-21T00:00:00Z", "2031-09-23T00:00:00Z"] {
        let mut row = intelligence("1", "Seen twice where victims were found");
        row["review_by"] = json!(by);
        refused(&submit(&server, SHELTER, &row), "review_by", "bad_review");
        let batch = json!({ "rows": [row] });
        refused(
            &server.agency(SHELTER).post("/v1/records/batch", &batch),
            "review_by",
            "bad_review",
        );
    }
    submit(&server, SHELTER, &intelligence("1", "Seen twice where victims were found")).ok();
}

#[test]
fn only_who_is_certified_sees_criminal_intelligence_the_owner_included() {
    let (server, _) = shared();
    let path = path_of(&submit(&server, SHELTER, &intelligence("1", "Seen at the scene twice")));
    for agency in [SHELTER, POLICE] {
        server.agency(agency).get(&path).problem(404);
        let key = key(agency, "certified", &[Role::Analyst]);
        let holder = Principal { certified: true, ..key.holder.clone() };
        let certified = server.holder(ApiKey { holder, ..key });
        let shown = certified.get(&path).ok();
        assert_eq!(shown["record"]["body"]["names"][0]["full"], "Katarina Horvat");
        assert!(!shown.to_string().contains("scene"), "the statement is the owner's");
    }
    let found = server.agency(POLICE).post("/v1/search", &json!({ "text": "horvat" })).ok();
    assert_eq!(found["hits"]["total"], 0);
}

#[test]
fn what_is_overdue_for_review_is_its_owners_alone() {
    let (server, hands) = shared();
    let mut row = row("1", "suspect", "+442025550143");
    row["review_by"] = json!("2026-09-25T15:00:00Z");
    let path = path_of(&submit(&server, SHELTER, &row));
    let (owner, police) = (server.agency(SHELTER), server.agency(POLICE));
    police.get(&path).ok();
    // From the beginning of that day on; nothing else changes in between.
    hands.forward(3 * DAY);
    police.get(&path).ok();
    hands.forward(DAY / 2);
    police.get(&path).problem(404);
    owner.get(&path).ok();
}

#[test]
fn a_provider_of_services_cites_a_release_for_each_victim_and_with_its_end_it_is_the_owners_alone()
{
    let (server, hands) = shared();
    let victim = row("1", "victim", "+442025550143");
    let agency = json!({
        "name": SHELTER, "kind": "service_provider", "desk": { "name": "Desk", "channel": "1" },
    });
    server.operator().post("/v1/agencies", &agency).ok();
    refused(&submit(&server, SHELTER, &victim), "release", "no_release");
    submit(&server, POLICE, &victim).ok();
    submit(&server, SHELTER, &row("2", "contact", "+442025550143")).ok();
    // A file of victims needs a release too.
    let mapping = "source = \"p\"\nformat = \"csv\"\nid = \"id\"\n\n[label]\ncategory = \"victim\"\n\n\
                   [[record]]\nslot = \"person\"\ntype = \"person\"\n[record.fields]\nfull = \"name\"\n";
    let file =
        json!({ "name": "p.csv", "mapping": mapping, "data": "id,name\nx,Katarina Horvat\n" });
    let owner = server.agency(SHELTER);
    let job = owner.post("/v1/imports", &file).ok()["id"].as_str().unwrap().to_owned();
    let ended = (0..200).find_map(|_| {
        std::thread::sleep(std::time::Duration::from_millis(20));
        let job = owner.get(&format!("/v1/jobs/{job}")).ok();
        (job["state"] == "done" || job["state"] == "succeeded").then_some(job)
    });
    let ended = ended.unwrap_or_else(|| owner.get(&format!("/v1/jobs/{job}")).ok());
    assert!(ended.to_string().contains("no_release"), "{ended}");
    let mut released = victim.clone();
    released["release"] = json!({ "reference": "R-2026/17", "until": "2026-09-25T00:00:00Z" });
    let path = path_of(&submit(&server, SHELTER, &released));
    // Victims of another agency are seen, masked, within a case that both work on.
    let lead = server.user(POLICE, "analyst", &[Role::TaskForceLead, Role::Investigator]);
    let opened = json!({ "reference": "TF-1", "expires": "2099-01-01T00:00:00Z" });
    let case = lead.post("/v1/cases", &opened).ok()["id"].as_str().unwrap().to_owned();
    let member = json!({ "agency": SHELTER, "user": "analyst" });
    lead.post(&format!("/v1/cases/{case}/members"), &member).ok();
    let police = lead.asking(Some("trafficking_investigation"), Some(&case));
    let masked = super::path_in_case(SHELTER, "1", &case);
    police.get(&masked).ok();
    hands.forward(4 * DAY);
    police.get(&masked).problem(404);
    owner.get(&path).ok();
}
