//! Handing records on, and removing them when an agreement holds no more.

use accord::govern::{POLICY_DOCUMENT, Policy, Role};
use serde_json::{Value, json};

use super::governance::{POLICE, SHELTER, agreed, approvers, grant, row, terms};
use super::identity::standing;
use super::{Client, Server};

fn stored(server: &Server) -> String {
    let answer = server.agency(SHELTER).post("/v1/records", &row("1", "suspect", "+442025550143"));
    answer.ok()["records"][0].as_str().unwrap().to_owned()
}

fn server() -> Server {
    let server = Server::empty();
    server
        .store
        .put_document(POLICY_DOCUMENT, &Policy::default().to_document(), &crate::unlogged::MAKING)
        .unwrap();
    server
}

fn agreed_on(server: &Server, id: &str, onward: &str) -> String {
    let mut terms = terms(grant("white"));
    (terms["id"], terms["onward"]) = (json!(id), json!(onward));
    agreed(server, &terms)
}

fn ask(client: &Client, record: &str, recipient: &str) -> super::Answer {
    let reason = "The vessel is in their waters";
    let body = json!({ "record": record, "recipient": recipient, "reason": reason });
    client.post("/v1/onward-requests", &body)
}

fn requests(client: &Client) -> Value {
    client.get("/v1/onward-requests").ok()["requests"].clone()
}

#[test]
fn the_owner_grants_or_refuses_and_reads_who_handed_what_to_whom_and_why() {
    let server = server();
    let record = stored(&server);
    let police = server.agency(POLICE);
    assert_eq!(ask(&police, &record, "coast-guard").problem(404), "not_found", "not seen");
    agreed_on(&server, "mou-1", "ask");
    assert_eq!(ask(&police, &record, SHELTER).problem(422), "invalid_input");
    let own = server.agency(SHELTER);
    assert_eq!(
        ask(&own, &record, "coast-guard").problem(404),
        "not_found",
        "one's own goes freely"
    );
    let asked = ask(&police, &record, "coast-guard").ok();
    assert_eq!(asked["state"], "asked");
    let approver = &approvers(&server, SHELTER)[0];
    let told = approver.get("/v1/inbox").ok()["messages"][0].clone();
    assert_eq!((&told["kind"], &told["ticket"]), (&json!("onward_asked"), &asked["id"]));
    let decide = |client: &Client, granted: bool| {
        let body = json!({ "granted": granted, "note": "For the search only" });
        let id = asked["id"].as_str().unwrap();
        client.post(&format!("/v1/onward-requests/{id}/decision"), &body)
    };
    assert_eq!(decide(&own, true).problem(403), "forbidden", "not an approver");
    assert_eq!(decide(&approvers(&server, POLICE)[0], true).problem(404), "not_found");
    assert_eq!(decide(&approvers(&server, SHELTER)[0], true).ok()["state"], "granted");
    assert_eq!(decide(&approvers(&server, SHELTER)[1], false).problem(409), "not_now");
    assert_eq!(police.get("/v1/inbox").ok()["messages"][0]["kind"], "onward_decided");
    let auditor = server.user(SHELTER, "auditor", &[Role::AgencyAuditor]);
    let account = &requests(&auditor)[0];
    assert_eq!(account["recipient"], "coast-guard");
    assert_eq!(account["reason"], "The vessel is in their waters");
    assert_eq!(account["decision"]["note"], "For the search only");
    assert!(account["user"].is_null(), "the asker's own");
    assert_eq!(requests(&police)[0]["user"], "analyst");
    assert_eq!(requests(&server.agency("border-guard")), json!([]));
    let log = std::fs::read_to_string(&server.audit).unwrap();
    assert!(log.contains(asked["id"].as_str().unwrap()) && !log.contains("vessel"));
}

#[test]
fn the_strictest_agreement_says_whether_it_can_be_asked() {
    let server = server();
    let record = stored(&server);
    let police = server.agency(POLICE);
    agreed_on(&server, "mou-1", "allowed");
    let allowed = ask(&police, &record, "coast-guard").ok();
    assert_eq!(allowed["state"], "granted");
    assert!(allowed["decision"]["by"].is_null(), "nobody had to be asked");
    assert_eq!(requests(&server.agency(SHELTER))[0]["id"], allowed["id"], "but it is written down");
    agreed_on(&server, "mou-2", "ask");
    assert_eq!(ask(&police, &record, "coast-guard").ok()["state"], "asked");
    agreed_on(&server, "mou-3", "never");
    assert_eq!(ask(&police, &record, "coast-guard").problem(409), "not_now");
}

#[test]
fn at_the_end_recipients_remove_what_they_hold_and_the_discloser_reads_their_receipt() {
    let (server, hands) = standing();
    server
        .store
        .put_document(POLICY_DOCUMENT, &Policy::default().to_document(), &crate::unlogged::MAKING)
        .unwrap();
    let ended = agreed_on(&server, "mou-1", "ask");
    let mut kept = terms(grant("white"));
    (kept["id"], kept["on_end"]) = (json!("mou-2"), json!("recipient_keeps_until_retention"));
    // The clock of the tests starts in September 2026.
    kept["valid"][1] = json!("2026-09-21T15:00:00Z");
    let expiring = agreed(&server, &kept);
    let tasks = || server.agency(POLICE).get("/v1/inbox").ok()["purge"].clone();
    assert_eq!(tasks(), json!([]));
    let confirm = |agreement: &str| {
        let body = json!({ "note": "Exports deleted, paper shredded" });
        let officer = server.user_since(POLICE, "p", &[Role::PrivacyOfficer], hands.now());
        officer.post(&format!("/v1/agreements/{agreement}/purge-receipts"), &body)
    };
    assert_eq!(confirm(&ended).problem(409), "not_now", "it holds");
    let end = |act: &str| format!("/v1/agreements/{ended}/{act}");
    approvers(&server, SHELTER)[0].send("POST", &end("suspend"), None, b"").ok();
    assert_eq!(
        (&tasks()[0]["why"], &tasks()[0]["agreement"]),
        (&json!("suspended"), &json!(ended))
    );
    confirm(&ended).ok();
    assert_eq!(tasks(), json!([]));
    assert_eq!(confirm(&ended).problem(409), "not_now", "once is enough");
    let officer = server.user(SHELTER, "p", &[Role::PrivacyOfficer]);
    let told = officer.get("/v1/inbox").ok()["messages"][0].clone();
    assert_eq!(told["kind"], "purge_confirmed");
    let receipt = officer.get(&format!("/v1/agreements/{ended}")).ok()["purge"][0].clone();
    assert_eq!(receipt["recipient"], POLICE);
    assert_eq!(receipt["receipt"]["note"], "Exports deleted, paper shredded");
    // The end of its time is noticed without anybody's doing.
    hands.forward(3600);
    let expired = tasks()[0].clone();
    assert_eq!((&expired["why"], &expired["agreement"]), (&json!("expired"), &json!(expiring)));
    assert_eq!(expired["due"], "2026-10-21T15:00:00Z", "thirty days of retention");
    confirm(&expiring).ok();
    assert_eq!(tasks(), json!([]));
    let stranger = server.user("border-guard", "p", &[Role::PrivacyOfficer]);
    let path = format!("/v1/agreements/{expiring}/purge-receipts");
    let body = json!({ "note": "Exports deleted, paper shredded" });
    assert_eq!(stranger.post(&path, &body).problem(404), "not_found");
}
