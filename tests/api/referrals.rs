//! Referrals: a finding that would need the asker's own records and another agency's masked ones is told to the
//! owner, who may release it; the asker learns nothing before, and nothing at all of one that is refused.

use std::time::{Duration, Instant};

use accord::audit::{Entry, Line};
use accord::govern::{DeskBook, REFERRALS_A_DAY, Role};
use accord::model::Timestamp;
use accord::store::StoreAddress;
use serde_json::{Value, json};

use super::server::{START, file};
use super::{Client, Server};
use crate::policy::CASE;
use crate::unlogged::MAKING;

const ASKER: &str = "metro-police";
const OWNER: &str = "harbour-shelter";
/// The number that the asker's people and the owner's victims use.
const SHARED: &str = "+442025550143";

const SURNAMES: [&str; 8] =
    ["Horvat", "Kodra", "Lima", "Okafor", "Nguyen", "Petrov", "Haddad", "Silva"];

fn row(number: usize, category: &str, phone: &str) -> Value {
    let name = format!("{} {}", ["Ana", "Maia", "Blerim"][number % 3], SURNAMES[number % 8]);
    let born = format!("19{:02}-0{}-1{}", 60 + number % 40, 1 + number % 9, number % 9);
    json!({
        "local_id": format!("{category}-{number}"), "source": "s", "category": category,
        "handling": "shared",
        "records": [
            { "slot": "p", "body": {
                "type": "person", "names": [{ "full": name }], "birth_date": born,
            } },
            { "slot": "t", "body": { "type": "phone", "number": phone } },
        ],
        "ties": [{ "kind": "USES", "from": "p", "to": "t" }],
    })
}

/// A server with [`hand_in`]'s rows.
fn server(victims: &str) -> Server {
    let folder = tempfile::tempdir().unwrap();
    let address = file(&folder.path().join("store.accord"));
    let server = Server::still(folder, &address);
    hand_in(&server, victims);
    server
}

/// Hands in two people of the asker with one number, and three victims of the owner with the same number or another.
/// Returns the records of the victims.
fn hand_in(server: &Server, victims: &str) -> Vec<Value> {
    let asker = server.agency(ASKER);
    let ordinary = (0..40).map(|it| row(it, "contact", &format!("+4420255511{it:02}")));
    let own = [51, 52].map(|it| row(it, "suspect", SHARED));
    let rows: Vec<Value> = ordinary.chain(own).collect();
    asker.post("/v1/records/batch", &json!({ "rows": rows })).ok();
    let rows: Vec<Value> = [63, 64, 65].map(|it| row(it, "victim", victims)).into();
    let stored = server.agency(OWNER).post("/v1/records/batch", &json!({ "rows": rows })).ok();
    // A person and a phone for each row.
    stored["records"].as_array().unwrap().iter().step_by(2).cloned().collect()
}

fn investigator(server: &Server) -> Client {
    server.agency(ASKER)
}

/// Asks for shared hubs and waits until the question has been checked for referrals.
fn ask(server: &Server) -> super::Answer {
    ask_as(server, &investigator(server))
}

fn ask_as(server: &Server, client: &Client) -> super::Answer {
    let answer = client.get("/v1/indicators/shared-hub");
    looked_at(server);
    answer
}

/// Waits until no question is left to be checked.
fn looked_at(server: &Server) {
    let began = Instant::now();
    while !server.store.documents("referral-question/").unwrap().is_empty() {
        assert!(began.elapsed() < Duration::from_secs(120), "the question stays");
        std::thread::sleep(Duration::from_millis(20));
    }
}

fn approver(server: &Server) -> Client {
    server.user(OWNER, "approver", &[Role::Approver])
}

fn told(client: &Client, kind: &str) -> Vec<Value> {
    let inbox = client.get("/v1/inbox").ok();
    let messages = inbox["messages"].as_array().unwrap().iter();
    messages.filter(|it| it["kind"] == kind).cloned().collect()
}

/// Returns the texts of all answers in which the asker's agency could see a referral.
fn seen_by_the_asker(server: &Server) -> Vec<String> {
    let every = super::documentation::EVERY_ROLE;
    let client = server.user(ASKER, "analyst", &every);
    let paths = ["/v1/indicators/shared-hub", "/v1/inbox", "/v1/referrals", "/v1/communities"];
    paths.iter().map(|path| client.get(path).text()).collect()
}

#[test]
fn the_owner_is_told_once_and_the_asker_learns_nothing_until_it_is_released() {
    let (met, apart) = (server(SHARED), server("+442025550199"));
    let answers = [&met, &apart].map(ask);
    assert!(answers[0] == answers[1], "{}\n{}", answers[0].text(), answers[1].text());
    assert_eq!([&met, &apart].map(|it| told(&approver(it), "referral_to_decide").len()), [1, 0]);
    assert_eq!(seen_by_the_asker(&met), seen_by_the_asker(&apart));
    ask(&met);
    let messages = told(&approver(&met), "referral_to_decide");
    assert_eq!(messages.len(), 1, "once for each finding: {messages:?}");
    let listed = approver(&met).get("/v1/referrals").ok();
    let referral = &listed["referrals"][0];
    assert_eq!((&referral["agency"], &referral["state"]), (&json!(ASKER), &json!("open")));
    assert_eq!(messages[0]["ticket"], referral["id"]);
    assert_eq!(approver(&apart).get("/v1/referrals").ok()["referrals"], json!([]));
    // Neither the asker's agency nor a third one decides.
    let path = format!("/v1/referrals/{}/decision", referral["id"].as_str().unwrap());
    let release = json!({ "decision": "release", "note": "Both desks work on one ring" });
    for agency in [ASKER, "border-guard"] {
        let every = [Role::Approver, Role::PrivacyOfficer, Role::VictimSpecialist];
        let other = server_user(&met, agency, &every);
        assert_eq!(other.post(&path, &release).problem(404), "not_found");
        assert_eq!(other.get("/v1/referrals").ok()["referrals"], json!([]));
    }
    let vague = json!({ "decision": "release", "note": "no" });
    assert_eq!(approver(&met).post(&path, &vague).problem(422), "invalid_input");
    assert_eq!(seen_by_the_asker(&met), seen_by_the_asker(&apart));
    assert_eq!(approver(&met).post(&path, &release).ok()["state"], "released");
    assert_eq!(approver(&met).post(&path, &release).problem(409), "not_now");
    let released = told(&investigator(&met), "referral_released");
    assert_eq!((released.len(), &released[0]["desk"]), (1, &json!(OWNER)));
    let own = released[0]["records"].as_array().unwrap();
    assert!(!own.is_empty(), "its own records are named");
    let log = std::fs::read_to_string(&met.audit).unwrap();
    assert!(log.contains("\"operation\":\"referral\"") && log.contains("rfl_"));
}

#[test]
fn a_refusal_tells_the_asker_nothing() {
    let (met, apart) = (server(SHARED), server("+442025550199"));
    ask(&met);
    ask(&apart);
    let listed = approver(&met).get("/v1/referrals").ok();
    let path = format!("/v1/referrals/{}/decision", listed["referrals"][0]["id"].as_str().unwrap());
    let refuse = json!({ "decision": "refuse", "note": "She is not safe yet from them" });
    assert_eq!(approver(&met).post(&path, &refuse).ok()["state"], "refused");
    ask(&met);
    assert_eq!(told(&approver(&met), "referral_to_decide").len(), 1);
    assert_eq!(seen_by_the_asker(&met), seen_by_the_asker(&apart));
}

/// The entries of the asker's agency in the audit log, without the ids that stores give them by chance.
fn trail_of_the_asker(server: &Server) -> Vec<Entry> {
    let log = std::fs::read_to_string(&server.audit).unwrap();
    let entries = log.lines().map(|line| serde_json::from_str::<Line>(line).unwrap().entry);
    let of_the_asker = entries.filter(|entry| entry.agency.as_deref() == Some(ASKER));
    of_the_asker.map(|entry| Entry { write: None, ..entry }).collect()
}

#[test]
fn the_askers_audit_trail_is_the_same_whether_there_is_a_referral_or_not() {
    let trails = [SHARED, "+442025550199"].map(|number| {
        let server = server(number);
        ask(&server);
        ask(&server);
        seen_by_the_asker(&server);
        trail_of_the_asker(&server)
    });
    assert!(trails[0].len() > 4);
    for (met, apart) in std::iter::zip(&trails[0], &trails[1]) {
        assert_eq!(met, apart);
    }
    assert_eq!(trails[0].len(), trails[1].len());
}

#[test]
fn of_the_members_of_the_case_the_victim_specialists_of_other_agencies_are_told_and_decide() {
    let folder = tempfile::tempdir().unwrap();
    let address = file(&folder.path().join("store.accord"));
    let server = Server::still(folder, &address);
    let victims = hand_in(&server, SHARED);
    let bring = format!("/v1/cases/{CASE}/subjects");
    let owner = server.user(OWNER, "specialist", &[Role::Investigator, Role::VictimSpecialist]);
    owner.post(&bring, &json!({ "records": victims })).ok();
    ask(&server);
    let specialist = |agency| server.user(agency, "specialist", &[Role::VictimSpecialist]);
    let listed = |client: &Client| client.get("/v1/referrals").ok()["referrals"].clone();
    let third = specialist("border-guard");
    let messages = told(&third, "referral_to_decide");
    assert_eq!(messages.len(), 1, "{messages:?}");
    assert_eq!(messages[0].get("records"), None, "the owner's ids are for the owner");
    assert_eq!(listed(&third)[0]["id"], messages[0]["ticket"]);
    // Another role of the same case, the asker's own specialist and whoever is not in the case.
    let others = [
        server.user(
            "border-guard",
            "u",
            &[Role::Approver, Role::PrivacyOfficer, Role::Investigator],
        ),
        server.user("border-guard", "outside", &[Role::VictimSpecialist]),
        specialist(ASKER),
    ];
    for other in &others {
        assert_eq!(told(other, "referral_to_decide"), [] as [Value; 0]);
        assert_eq!(listed(other), json!([]));
    }
    let path = format!("/v1/referrals/{}/decision", messages[0]["ticket"].as_str().unwrap());
    let release = json!({ "decision": "release", "note": "She wishes to be heard in this case" });
    assert_eq!(third.post(&path, &release).ok()["state"], "released");
    assert_eq!(told(&investigator(&server), "referral_released").len(), 1);
}

#[test]
fn a_referral_that_a_stop_came_before_is_told_at_the_next_start_and_told_once() {
    let folder = tempfile::tempdir().unwrap();
    let address: StoreAddress = file(&folder.path().join("store.accord"));
    let book = DeskBook::document(OWNER);
    let left = {
        let server = Server::on(tempfile::tempdir().unwrap(), &address);
        hand_in(&server, SHARED);
        // The owner cannot be told: the answer leaves, and then the server stops.
        server.store.put_document(&book, "torn", &MAKING).unwrap();
        investigator(&server).get("/v1/indicators/shared-hub").ok();
        let store = std::sync::Arc::clone(&server.store);
        drop(server);
        store.documents("referral-question/").unwrap()
    };
    assert_eq!(left.len(), 1, "kept before the answer left");
    let text = format!("{left:?}");
    assert!(!text.contains(ASKER) && !text.contains(CASE), "the question lies open: {text}");
    {
        let store = accord::store::open(&address, false).unwrap();
        store.put_document(&book, &DeskBook::default().to_document(), &MAKING).unwrap();
    }
    for _ in 0..2 {
        let server = Server::again(&address);
        looked_at(&server);
        assert_eq!(told(&approver(&server), "referral_to_decide").len(), 1);
        // A stop after the owner was told and before the question was forgotten.
        for (name, sealed) in &left {
            server.store.put_document(name, sealed, &MAKING).unwrap();
        }
    }
}

#[test]
fn beyond_a_users_share_of_the_day_nobody_is_told_until_another_question_leads_to_it() {
    let server = server(SHARED);
    let mut book = DeskBook::default();
    let now = Timestamp::from_micros(START).unwrap();
    (0..REFERRALS_A_DAY).for_each(|_| assert!(book.count_referral("analyst", now)));
    server.store.put_document(&DeskBook::document(ASKER), &book.to_document(), &MAKING).unwrap();
    let before = seen_by_the_asker(&server);
    ask(&server);
    ask(&server);
    assert_eq!(told(&approver(&server), "referral_to_decide"), [] as [Value; 0]);
    assert_eq!(seen_by_the_asker(&server), before, "the asker is not told of the share");
    ask_as(&server, &server.user(ASKER, "u", &[Role::Investigator]));
    assert_eq!(told(&approver(&server), "referral_to_decide").len(), 1);
}

fn server_user(server: &Server, agency: &str, roles: &[Role]) -> Client {
    server.user(agency, "decider", roles)
}
