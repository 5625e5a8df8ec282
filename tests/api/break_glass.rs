//! Break-glass: an hour, a case, a purpose; never black, never a victim; told at once, reviewed by another.

use accord::audit::{Entry, Line};
use accord::govern::{BreakGlassId, POLICY_DOCUMENT, Policy, Role};
use serde_json::{Value, json};

use super::governance::{POLICE, SHELTER, agreed, approvers, row, terms};
use super::identity::{Hands, standing};
use super::{Client, Server};

const CASE: Option<&str> = Some("MP-1");
const PURPOSE: Option<&str> = Some("trafficking_investigation");
const MINUTE: i64 = 60;

/// A server with a shelter that points the police to suspects and victims, allows break-glass, and keeps its contacts
/// black.
fn foreseen() -> (Server, Hands, String) {
    let (server, hands) = standing();
    server
        .store
        .put_document(POLICY_DOCUMENT, &Policy::default().to_document(), &crate::unlogged::MAKING)
        .unwrap();
    let grants = json!([
        {
            "kinds": ["person", "phone", "tie"], "tier_max": 2, "level": "gray", "break_glass": true,
            "subject": ["suspect", "contact", "victim", "unknown"],
            "purposes": ["trafficking_investigation", "missing_person"],
        },
        { "kinds": ["person"], "subject": ["contact"], "level": "black",
            "purposes": ["trafficking_investigation"] },
    ]);
    let agreement = agreed(&server, &terms(grants));
    (server, hands, agreement)
}

/// Paths of three records of the shelter: a suspect, a victim, and a contact that is kept black.
fn stored(server: &Server) -> [String; 3] {
    let shelter = server.agency(SHELTER);
    [("1", "suspect"), ("2", "victim"), ("3", "contact")].map(|(id, category)| {
        let answer = shelter.post("/v1/records", &row(id, category, "+442025550143")).ok();
        format!("/v1/records/{}", answer["records"][0].as_str().unwrap())
    })
}

fn police(server: &Server) -> Client {
    server.user(POLICE, "jdoe", &[Role::Investigator]).asking(PURPOSE, CASE)
}

fn danger(agency: &str) -> Value {
    json!({ "agency": agency, "reason": "A child is on its way to them tonight" })
}

fn review(client: &Client, id: &Value, justified: bool) -> super::Answer {
    let body = json!({ "justified": justified, "note": "Checked with the desk on duty" });
    client.post(&format!("/v1/break-glass/{}/review", id.as_str().unwrap()), &body)
}

#[test]
fn a_pointer_becomes_the_object_for_an_hour_in_the_case_and_for_the_purpose_of_who_asked() {
    let (server, hands, _) = foreseen();
    let [suspect, victim, black] = stored(&server);
    let police = police(&server);
    let colleague = server.user(POLICE, "other", &[Role::Investigator]).asking(PURPOSE, CASE);
    police.get(&suspect).problem(404);
    let glass = police.post("/v1/break-glass", &danger(SHELTER)).ok();
    assert_eq!((&glass["open"], &glass["state"]), (&json!(true), &json!("pending")));
    let names = &police.get(&suspect).ok()["record"]["body"]["names"];
    assert_eq!(names[0]["full"], "Katarina Horvat");
    police.get(&victim).problem(404);
    police.get(&black).problem(404);
    colleague.get(&suspect).problem(404);
    police.asking(PURPOSE, Some("MP-2")).get(&suspect).problem(404);
    police.asking(Some("missing_person"), CASE).get(&suspect).problem(404);
    hands.forward(60 * MINUTE - 1);
    police.get(&suspect).ok();
    hands.forward(1);
    police.get(&suspect).problem(404);
    let log = std::fs::read_to_string(&server.audit).unwrap();
    let opened = log.lines().find(|line| line.contains("\"POST /v1/break-glass\"")).unwrap();
    let id = glass["id"].as_str().unwrap();
    assert!(opened.contains(id) && opened.contains("jdoe") && opened.contains("MP-1"), "{opened}");
    assert!(!log.contains("child"), "the log takes no free text");
}

/// The log entry of the last operation of a kind.
fn logged(server: &Server, operation: &str) -> Entry {
    let log = std::fs::read_to_string(&server.audit).unwrap();
    let mut lines = log.lines().map(|line| serde_json::from_str::<Line>(line).unwrap().entry);
    lines.rfind(|entry| entry.operation == operation).unwrap()
}

#[test]
fn the_log_marks_all_that_was_asked_under_it_and_nothing_else() {
    let (server, hands, _) = foreseen();
    let [suspect, _, black] = stored(&server);
    let police = police(&server);
    police.get(&suspect).problem(404);
    let marks = |operation: &str| logged(&server, operation).break_glass;
    assert_eq!(marks("GET /v1/records/{id}"), [] as [BreakGlassId; 0], "before");
    let glass = police.post("/v1/break-glass", &danger(SHELTER)).ok();
    let id: [BreakGlassId; 1] = [glass["id"].as_str().unwrap().parse().unwrap()];
    police.get(&suspect).ok();
    assert_eq!(marks("GET /v1/records/{id}"), id);
    // A lookup that found nothing counts too.
    police.get(&black).problem(404);
    assert_eq!(marks("GET /v1/records/{id}"), id);
    police.post("/v1/search", &json!({ "text": "horvat" })).ok();
    assert_eq!(marks("POST /v1/search"), id);
    let others = [
        police.asking(PURPOSE, Some("MP-2")),
        police.asking(Some("prosecution"), CASE),
        server.user(POLICE, "other", &[Role::Investigator]).asking(PURPOSE, CASE),
    ];
    for other in others {
        other.post("/v1/search", &json!({ "text": "horvat" })).ok();
        assert_eq!(marks("POST /v1/search"), [] as [BreakGlassId; 0]);
    }
    hands.forward(60 * MINUTE);
    police.get(&suspect).problem(404);
    assert_eq!(marks("GET /v1/records/{id}"), [] as [BreakGlassId; 0], "after");
    // The reviewer reads how many operations there were, the owner does not.
    let read = |agency: &str| {
        let officer = server.user(agency, "officer", &[Role::PrivacyOfficer]);
        officer.get("/v1/break-glass").ok()["uses"][0]["operations"].clone()
    };
    let log = std::fs::read_to_string(&server.audit).unwrap();
    let marked = log.lines().filter(|line| line.contains("\"break_glass\"")).count();
    assert_eq!((read(POLICE), marked), (json!(3), 3));
    assert_eq!(read(SHELTER), Value::Null);
    accord::audit::verify(&server.audit).unwrap();
}

/// Otherwise it would tell if there is something to open, even if that stays hidden.
#[test]
fn a_mark_does_not_depend_on_what_there_is() {
    let (server, _, agreement) = foreseen();
    let police = police(&server);
    let search = |client: &Client| {
        client.post("/v1/search", &json!({ "text": "horvat" })).ok();
        logged(&server, "POST /v1/search").break_glass
    };
    assert_eq!(search(&police), [] as [BreakGlassId; 0]);
    // The shelter has handed in nothing yet.
    let opened = police.post("/v1/break-glass", &danger(SHELTER)).ok();
    let id: BreakGlassId = opened["id"].as_str().unwrap().parse().unwrap();
    assert_eq!(search(&police), [id]);
    stored(&server);
    assert_eq!(search(&police), [id]);
    // Where it opens nothing whatever there is, there is no mark: for another purpose, or once suspended.
    assert_eq!(search(&police.asking(Some("prosecution"), CASE)), [] as [BreakGlassId; 0]);
    let suspend = format!("/v1/agreements/{agreement}/suspend");
    approvers(&server, SHELTER)[0].send("POST", &suspend, None, b"").ok();
    assert_eq!(search(&police), [] as [BreakGlassId; 0]);
}

#[test]
fn only_where_an_agreement_foresaw_it() {
    let (server, _, agreement) = foreseen();
    let [suspect, ..] = stored(&server);
    let police = police(&server);
    for agency in ["border-guard", "no such agency", POLICE] {
        assert_eq!(police.post("/v1/break-glass", &danger(agency)).problem(409), "not_now");
    }
    let prosecuting = police.asking(Some("prosecution"), CASE);
    assert_eq!(prosecuting.post("/v1/break-glass", &danger(SHELTER)).problem(409), "not_now");
    let short = json!({ "agency": SHELTER, "reason": "danger" });
    assert_eq!(police.post("/v1/break-glass", &short).problem(422), "invalid_input");
    let analyst = server.user(POLICE, "a", &[Role::Analyst]).asking(PURPOSE, CASE);
    assert_eq!(analyst.post("/v1/break-glass", &danger(SHELTER)).problem(403), "forbidden");
    police.post("/v1/break-glass", &danger(SHELTER)).ok();
    police.get(&suspect).ok();
    // A suspension by the owner ends it at once.
    let suspend = format!("/v1/agreements/{agreement}/suspend");
    approvers(&server, SHELTER)[0].send("POST", &suspend, None, b"").ok();
    police.get(&suspect).problem(404);
    for (level, purposes) in [("white", "trafficking_investigation"), ("gray", "deconfliction")] {
        let mut bad = terms(json!([{
            "kinds": ["person"], "subject": ["suspect"], "level": level, "break_glass": true,
            "purposes": [purposes],
        }]));
        bad["id"] = json!("mou-2");
        let refused = approvers(&server, SHELTER)[0].post("/v1/agreements", &bad);
        assert_eq!(refused.problem(422), "invalid_input");
        assert_eq!(refused.json()["faults"][0]["reason"], "break_glass_without_pointer");
    }
}

#[test]
fn the_owner_is_told_at_once_and_reads_why_but_not_who_or_in_which_case() {
    let (server, ..) = foreseen();
    let glass = police(&server).post("/v1/break-glass", &danger(SHELTER)).ok();
    let told = server.agency(SHELTER).get("/v1/inbox").ok();
    assert_eq!(told["messages"][0]["kind"], "break_glass_by_other");
    assert_eq!(told["messages"][0]["ticket"], glass["id"]);
    let reviewer = server.user(POLICE, "reviewer", &[Role::Approver]);
    let own = reviewer.get("/v1/inbox").ok();
    assert_eq!(own["messages"][0]["kind"], "break_glass_to_review");
    let list = |agency: &str, role: Role| {
        server.user(agency, "officer", &[role]).get("/v1/break-glass").ok()["uses"].clone()
    };
    let shown = &list(SHELTER, Role::PrivacyOfficer)[0];
    assert_eq!(shown["reason"], danger(SHELTER)["reason"]);
    assert!(shown["user"].is_null() && shown["case"].is_null());
    assert_eq!(list(POLICE, Role::AgencyAuditor)[0]["user"], "jdoe");
    assert_eq!(list(POLICE, Role::Investigator), json!([]), "a colleague's");
    assert_eq!(list("border-guard", Role::PrivacyOfficer), json!([]));
}

#[test]
fn a_second_person_reviews_it_within_a_day_or_its_asker_can_open_no_other() {
    let (server, hands, _) = foreseen();
    let [suspect, ..] = stored(&server);
    let with_new_key = |user: &str, role: Role| {
        let roles = [role, Role::PrivacyOfficer];
        server.user_since(POLICE, user, &roles, hands.now()).asking(PURPOSE, CASE)
    };
    let both = with_new_key("jdoe", Role::Investigator);
    let first = both.post("/v1/break-glass", &danger(SHELTER)).ok()["id"].clone();
    assert_eq!(both.post("/v1/break-glass", &danger(SHELTER)).problem(409), "not_now", "open");
    assert_eq!(review(&both, &first, true).problem(409), "not_now", "one's own");
    let officer = with_new_key("officer", Role::Analyst);
    let owner = server.user(SHELTER, "officer", &[Role::PrivacyOfficer]);
    assert_eq!(review(&owner, &first, true).problem(404), "not_found");
    hands.forward(24 * 60 * MINUTE - 1);
    assert_eq!(officer.get("/v1/break-glass").ok()["uses"][0]["state"], "pending");
    hands.forward(1);
    let shown = officer.get("/v1/break-glass").ok()["uses"][0].clone();
    assert_eq!((&shown["state"], &shown["open"]), (&json!("overdue"), &json!(false)));
    let both = with_new_key("jdoe", Role::Investigator);
    let officer = with_new_key("officer", Role::Analyst);
    assert_eq!(both.post("/v1/break-glass", &danger(SHELTER)).problem(409), "not_now", "overdue");
    assert_eq!(review(&officer, &first, true).ok()["state"], "justified");
    assert_eq!(review(&officer, &first, false).problem(409), "not_now", "it stands");
    let second = both.post("/v1/break-glass", &danger(SHELTER)).ok()["id"].clone();
    both.get(&suspect).ok();
    assert_eq!(review(&officer, &second, false).ok()["state"], "not_justified");
    both.get(&suspect).problem(404);
}
