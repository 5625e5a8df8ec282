//! Reviews of rows, the removal of rows that nobody reviews, and the users who are told of it.

use std::time::{Duration, Instant};

use accord::govern::{POLICY_DOCUMENT, Policy, Principal, Role};
use accord::identity::ApiKey;
use accord::ingest::RELEASE;
use serde_json::{Value, json};

use super::governance::{POLICE, SHELTER, agreed, grant, row, terms};
use super::identity::Hands;
use super::server::{Special, key};
use super::{Answer, Client, Server};

const DAY: i64 = 86_400;
const WHY: &str = "The trial is still to come";

/// A shelter that shares all it may with the police, on 21 September 2026.
fn shared(purge_every: Option<Duration>) -> (Server, Hands) {
    let hands = Hands::default();
    let clock = Some(hands.clock());
    let server = Server::with(Special { clock, purge_every, ..Special::default() });
    server
        .store
        .put_document(POLICY_DOCUMENT, &Policy::default().to_document(), &crate::unlogged::MAKING)
        .unwrap();
    agreed(&server, &terms(grant("white")));
    (server, hands)
}

/// A row that must be reviewed on 25 September 2026, its records and its reviewer.
fn due(server: &Server, id: &str) -> Vec<String> {
    let mut row = row(id, "suspect", "+442025550143");
    row["review_by"] = json!("2026-09-25T00:00:00Z");
    let stored = server.agency(SHELTER).post("/v1/records", &row).ok();
    serde_json::from_value(stored["records"].clone()).unwrap()
}

fn officer(server: &Server, agency: &str) -> Client {
    officer_at(server, agency, &Hands::default())
}

/// A privacy officer who has just authenticated.
fn officer_at(server: &Server, agency: &str, hands: &Hands) -> Client {
    let officer = server.user_since(agency, "officer", &[Role::PrivacyOfficer], hands.now());
    officer.asking(Some("oversight"), Some("AUDIT-1"))
}

fn reviewed(records: &[String], by: &str) -> Value {
    json!({ "records": records, "review_by": by, "explanation": WHY })
}

fn path(record: &str) -> String {
    format!("/v1/records/{record}")
}

/// An answer but for the id of its request.
fn said(answer: &Answer) -> Value {
    let mut body = answer.json();
    body.as_object_mut()
        .unwrap()
        .retain(|name, _| !["request", "instance"].contains(&name.as_str()));
    body
}

/// The text of the audit log.
fn log(server: &Server) -> String {
    std::fs::read_to_string(&server.audit).unwrap()
}

#[test]
fn a_reviewer_of_the_owner_keeps_a_row_and_the_account_says_who_when_and_why() {
    let (server, hands) = shared(None);
    let records = due(&server, "R/1");
    let other = due(&server, "R");
    let (police, owner) = (server.agency(POLICE), server.agency(SHELTER));
    assert!(records.len() > 1, "a row of several records");
    hands.forward(4 * DAY);
    for record in &records {
        police.get(&path(record)).problem(404);
    }
    let officer = officer_at(&server, SHELTER, &hands);
    // One of its records names the row.
    let answer =
        officer.post("/v1/records/reviews", &reviewed(&records[1..], "2028-03-01T15:00:00Z")).ok();
    let mut all = records.clone();
    all.sort();
    let expected = json!({ "records": all, "rows": 1, "review_by": "2028-03-01T00:00:00Z" });
    assert_eq!(answer, expected);
    for record in &records {
        assert_eq!(police.get(&path(record)).ok()["record"]["review_by"], "2028-03-01T00:00:00Z");
    }
    // A row whose id begins like that of another is another.
    police.get(&path(&other[0])).problem(404);
    assert_eq!(owner.get(&path(&other[0])).ok()["record"]["review_by"], "2026-09-25T00:00:00Z");
    let listed = officer.get("/v1/records/reviews").ok();
    let (first, second) = (&listed["items"][0], &listed["items"][1]);
    assert_eq!((&listed["total"], &first["local_id"]), (&json!(2), &json!("R")));
    assert_eq!(first["reviews"], json!([]));
    assert_eq!((&second["local_id"], &second["records"]), (&json!("R/1"), &json!(all)));
    let review = &second["reviews"][0];
    assert_eq!((&review["explanation"], &review["by"]["user"]), (&json!(WHY), &json!("officer")));
    assert_eq!(review["by"]["at"], hands.now().to_string());
    assert_eq!(review["review_by"], "2028-03-01T00:00:00Z");
    // Ties and events of the row came along: the police see who uses the phone.
    let entity = police.get(&path(&records[0])).ok()["entity"]["id"].as_str().unwrap().to_owned();
    let neighbours = police.get(&format!("/v1/entities/{entity}/neighbours")).ok();
    assert!(!neighbours["neighbours"]["items"].as_array().unwrap().is_empty(), "{neighbours}");
    let early = officer.get("/v1/records/reviews?before=2027-01-01T00:00:00Z").ok();
    assert_eq!(early["total"], 1);
    assert!(log(&server).contains("POST /v1/records/reviews"));
}

#[test]
fn a_row_is_named_by_its_own_id_too_and_is_reviewed_again_before_the_next_date() {
    let (server, hands) = shared(None);
    let records = due(&server, "7");
    let officer = officer_at(&server, SHELTER, &hands);
    for by in ["2027-01-01T00:00:00Z", "2026-10-01T00:00:00Z"] {
        let asked = json!({ "local_ids": ["7"], "review_by": by, "explanation": WHY });
        officer.post("/v1/records/reviews", &asked).ok();
        let shown = server.agency(SHELTER).get(&path(&records[0])).ok();
        assert_eq!(shown["record"]["review_by"], by);
    }
    assert_eq!(
        officer.get("/v1/records/reviews").ok()["items"][0]["reviews"][1]["explanation"],
        WHY
    );
    // An event alone is a row as well.
    let advertisement = json!({
        "local_id": "ad-1", "source": "ads", "review_by": "2026-10-01T00:00:00Z",
        "events": [{ "kind": "ad", "at": "2026-03-01T10:00:00Z", "text": "call" }],
    });
    server.agency(SHELTER).post("/v1/records", &advertisement).ok();
    let asked =
        json!({ "local_ids": ["ad-1"], "review_by": "2028-01-01T00:00:00Z", "explanation": WHY });
    assert_eq!(officer.post("/v1/records/reviews", &asked).ok()["records"], json!([]));
    let listed = officer.get("/v1/records/reviews").ok();
    assert_eq!(listed["items"][1]["local_id"], "ad-1");
    assert_eq!(listed["items"][1]["review_by"], "2028-01-01T00:00:00Z");
}

#[test]
fn what_cannot_be_seen_or_is_anothers_answers_as_what_does_not_exist() {
    let (server, hands) = shared(None);
    let records = due(&server, "1");
    let by = "2027-01-01T00:00:00Z";
    let none = vec!["rec_00000000000000000000000000000000".to_owned()];
    let bytes = |client: &Client, records: &[String]| {
        let answer = client.post("/v1/records/reviews", &reviewed(records, by));
        answer.problem(404);
        said(&answer)
    };
    // Another agency's, although it is shared and seen.
    let police = server.user_since(
        POLICE,
        "officer",
        &[Role::PrivacyOfficer, Role::Investigator],
        hands.now(),
    );
    police.get(&path(&records[0])).ok();
    assert_eq!(bytes(&police, &records), bytes(&police, &none));
    // Criminal intelligence, to who is not certified for it.
    let mut secret = row("2", "suspect", "+442025550143");
    secret["grade"] = json!("3x5x2:2B");
    secret["intelligence"] = json!({ "reasonable_suspicion": "Seen at the scene twice" });
    secret["review_by"] = json!(by);
    let secret = server.agency(SHELTER).post("/v1/records", &secret).ok();
    let secret: Vec<String> = serde_json::from_value(secret["records"].clone()).unwrap();
    let officer = officer(&server, SHELTER);
    let id = |record: &str| record.to_owned();
    assert_eq!(bytes(&officer, &[id(&secret[0])]), bytes(&officer, &none));
    let named = |local_id: &str| {
        let asked = json!({ "local_ids": [local_id], "review_by": by, "explanation": WHY });
        officer.post("/v1/records/reviews", &asked).problem(404)
    };
    named("2");
    named("3");
    assert_eq!(officer.get("/v1/records/reviews").ok()["total"], 1);
    let certified = key(SHELTER, "certified", &[Role::PrivacyOfficer]);
    let holder = Principal { certified: true, ..certified.holder.clone() };
    let certified = server.holder(ApiKey { holder, created: hands.now(), ..certified });
    let certified = certified.asking(Some("oversight"), Some("AUDIT-1"));
    certified.post("/v1/records/reviews", &reviewed(&secret, by)).ok();
    // One of several that is not seen: none is reviewed.
    let mixed = [id(&records[0]), id(&secret[0])];
    officer.post("/v1/records/reviews", &reviewed(&mixed, "2028-01-01T00:00:00Z")).problem(404);
    let shown = server.agency(SHELTER).get(&path(&records[0])).ok();
    assert_eq!(shown["record"]["review_by"], "2026-09-25T00:00:00Z");
}

#[test]
fn a_review_is_a_date_ahead_with_an_explanation_of_a_row_that_has_one_by_who_signed_in_lately() {
    let (server, hands) = shared(None);
    let records = due(&server, "1");
    let plain =
        server.agency(SHELTER).post("/v1/records", &row("2", "contact", "+442025550199")).ok();
    let officer = officer(&server, SHELTER);
    let good = reviewed(&records, "2027-01-01T00:00:00Z");
    let with = |name: &str, value: Value| {
        let mut asked = good.clone();
        asked[name] = value;
        asked
    };
    for (asked, column, reason) in [
        (with("explanation", json!("no")), "explanation", "no_reason"),
        (with("review_by", json!("2026-09-21T23:00:00Z")), "review_by", "bad_review"),
        (with("review_by", json!("2031-09-23T00:00:00Z")), "review_by", "bad_review"),
        (with("records", json!([])), "records", "out_of_range"),
        (with("records", plain["records"].clone()), "records", "no_review"),
        (with("local_ids", json!(vec!["1"; 100])), "records", "out_of_range"),
    ] {
        let answer = officer.post("/v1/records/reviews", &asked);
        assert_eq!(answer.problem(422), "invalid_input", "{asked}");
        let fault = answer.json()["faults"][0].clone();
        assert_eq!((&fault["column"], &fault["reason"]), (&json!(column), &json!(reason)));
    }
    hands.forward(16 * 60);
    assert_eq!(officer.post("/v1/records/reviews", &good).status, 401);
    server.agency(SHELTER).post("/v1/records/reviews", &good).problem(403);
}

/// Waits until a request has this answer, or a minute has passed.
fn until_gone(client: &Client, path: &str) {
    let began = Instant::now();
    while client.get(path).status != 404 {
        assert!(began.elapsed() < Duration::from_secs(60), "{path} is still there");
        std::thread::sleep(Duration::from_millis(20));
    }
}

#[test]
fn a_running_server_removes_what_nobody_reviewed_and_others_notice_nothing() {
    let (server, hands) = shared(Some(Duration::from_millis(20)));
    let kept = due(&server, "kept");
    let gone = due(&server, "gone");
    let (owner, police) = (server.agency(SHELTER), server.agency(POLICE));
    // A judgement of the police about it, from when they saw it.
    let pair = json!({ "a": kept[0], "b": gone[0], "verdict": "same" });
    police.post("/v1/judgements", &pair).ok();
    hands.forward(10 * DAY);
    let officer = officer_at(&server, SHELTER, &hands);
    officer.post("/v1/records/reviews", &reviewed(&kept, "2028-01-01T00:00:00Z")).ok();
    let views = [
        path(&kept[0]),
        path(&gone[0]),
        "/v1/communities".to_owned(),
        "/v1/centrality/degree".to_owned(),
    ];
    let seen = || views.each_ref().map(|view| said(&police.get(view)));
    let before = seen();
    owner.get(&path(&gone[0])).ok();
    hands.forward(23 * DAY);
    // The 24th of October: not yet.
    std::thread::sleep(Duration::from_millis(100));
    owner.get(&path(&gone[0])).ok();
    hands.forward(2 * DAY);
    gone.iter().for_each(|record| until_gone(&owner, &path(record)));
    assert_eq!(seen(), before);
    kept.iter().for_each(|record| assert_eq!(police.get(&path(record)).status, 200));
    let log = log(&server);
    let purges: Vec<&str> = log.lines().filter(|line| line.contains("\"purge\"")).collect();
    assert_eq!(purges.len(), 1, "{purges:?}");
    assert!(purges[0].contains(SHELTER) && !purges[0].contains("gone"));
    // Handing it in again as it was is refused: its review is overdue.
    let mut again = row("gone", "suspect", "+442025550143");
    again["review_by"] = json!("2026-09-25T00:00:00Z");
    owner.post("/v1/records", &again).problem(422);
}

#[test]
fn what_a_provider_said_of_a_victim_goes_with_the_release_and_an_other_agencys_own_file_stays() {
    let (server, hands) = shared(Some(Duration::from_millis(20)));
    let agency = json!({
        "name": SHELTER, "kind": "service_provider", "desk": { "name": "Desk", "channel": "1" },
    });
    server.operator().post("/v1/agencies", &agency).ok();
    let mut victim = row("1", "victim", "+442025550143");
    victim["release"] = json!({ "reference": "R-2026/17", "until": "2026-09-25T00:00:00Z" });
    let of = |agency: &str, row: &Value| -> Vec<String> {
        let stored = server.agency(agency).post("/v1/records", row).ok();
        serde_json::from_value(stored["records"].clone()).unwrap()
    };
    let (shelter, police) = (of(SHELTER, &victim), of(POLICE, &victim));
    hands.forward(4 * DAY);
    until_gone(&server.agency(SHELTER), &path(&shelter[0]));
    server.agency(POLICE).get(&path(&police[0])).ok();
    // With a new release it comes back.
    victim["release"] = json!({ "reference": "R-2026/18", "until": "2026-12-01T00:00:00Z" });
    assert_eq!(of(SHELTER, &victim), shelter);
    let id = accord::model::IdKey::default().record(SHELTER, "1");
    let stored =
        server.store.records(crate::policy::whole(server.store.as_ref()).sight(), &[id]).unwrap();
    assert_eq!(stored[0].raw[RELEASE], "R-2026/18");
}
