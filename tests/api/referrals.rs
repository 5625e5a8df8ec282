//! Referrals: a finding that would need the asker's own records and another agency's masked ones is told to the
//! owner, who may release it; the asker learns nothing before, and nothing at all of one that is refused.

use std::time::{Duration, Instant};

use accord::govern::Role;
use serde_json::{Value, json};

use super::server::file;
use super::{Client, Server};

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

/// Two people of the asker on one number, and three victims of the owner on another: the same one, or not.
fn server(victims: &str) -> Server {
    let folder = tempfile::tempdir().unwrap();
    let address = file(&folder.path().join("store.accord"));
    let server = Server::still(folder, &address);
    let asker = server.agency(ASKER);
    let ordinary = (0..40).map(|it| row(it, "contact", &format!("+4420255511{it:02}")));
    let own = [51, 52].map(|it| row(it, "suspect", SHARED));
    let rows: Vec<Value> = ordinary.chain(own).collect();
    asker.post("/v1/records/batch", &json!({ "rows": rows })).ok();
    let rows: Vec<Value> = [63, 64, 65].map(|it| row(it, "victim", victims)).into();
    server.agency(OWNER).post("/v1/records/batch", &json!({ "rows": rows })).ok();
    server
}

fn investigator(server: &Server) -> Client {
    server.agency(ASKER)
}

/// Asks for shared hubs and waits until what was asked has been looked at.
fn ask(server: &Server) -> super::Answer {
    let answer = investigator(server).get("/v1/indicators/shared-hub");
    let began = Instant::now();
    while !server.store.documents("referral-question/").unwrap().is_empty() {
        assert!(began.elapsed() < Duration::from_secs(120), "the question stays");
        std::thread::sleep(Duration::from_millis(20));
    }
    answer
}

fn approver(server: &Server) -> Client {
    server.user(OWNER, "approver", &[Role::Approver])
}

fn told(client: &Client, kind: &str) -> Vec<Value> {
    let inbox = client.get("/v1/inbox").ok();
    let messages = inbox["messages"].as_array().unwrap().iter();
    messages.filter(|it| it["kind"] == kind).cloned().collect()
}

/// What the asker's agency may see before anybody has decided.
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

fn server_user(server: &Server, agency: &str, roles: &[Role]) -> Client {
    server.user(agency, "decider", roles)
}
