//! Agreements, cases, purposes, pointers: changes count from the next request on.

use accord::govern::{OFFICERS_PER_SIDE, POLICY_DOCUMENT, Policy, Role};
use serde_json::{Value, json};

use super::{Client, Server};

pub const SHELTER: &str = "harbour-shelter";
pub const POLICE: &str = "metro-police";

/// A server on which nobody has agreed on anything.
pub fn server() -> Server {
    let server = Server::empty();
    server
        .store
        .put_document(POLICY_DOCUMENT, &Policy::default().to_document(), &crate::unlogged::MAKING)
        .unwrap();
    server
}

pub fn approvers(server: &Server, agency: &str) -> Vec<Client> {
    (0..OFFICERS_PER_SIDE)
        .map(|number| server.user(agency, &format!("approver-{number}"), &[Role::Approver]))
        .collect()
}

pub fn terms(grants: Value) -> Value {
    json!({
        "id": "mou-1", "discloser": SHELTER, "recipients": [POLICE], "legal_basis": "law",
        "grants": grants, "onward": "ask", "court_use": "ask", "retention_days": 30,
        "on_end": "recipient_purges_copies",
        "valid": ["2020-01-01T00:00:00Z", "2099-01-01T00:00:00Z"],
        "sections": { "audit": "paper, 4.1", "dissemination": "paper, 4.2", "hit_confirmation": "paper, 4.3", "logging": "paper, 4.4", "quality": "paper, 4.5", "security": "paper, 4.6", "timeliness": "paper, 4.7", "training": "paper, 4.8", "use": "paper, 4.9", "validation": "paper, 4.10" },
        "document_sha256": "0".repeat(64),
    })
}

pub fn grant(level: &str) -> Value {
    json!([{
        "kinds": ["person", "phone", "tie", "event"],
        "subject": ["suspect", "contact", "victim", "unknown"], "tier_max": 2,
        "purposes": ["trafficking_investigation", "deconfliction"], "level": level,
    }])
}

pub fn row(id: &str, category: &str, number: &str) -> Value {
    json!({
        "local_id": id, "source": "s", "category": category, "handling": "shared",
        "records": [
            { "slot": "p", "body": { "type": "person", "names": [{ "full": "Katarina Horvat" }],
                "birth_date": "1991-07-03" } },
            { "slot": "t", "body": { "type": "phone", "number": number } },
        ],
        "ties": [{ "kind": "USES", "from": "p", "to": "t" }],
    })
}

pub fn sign(clients: &[Client], drafted: &Value) -> Value {
    let version = drafted["versions"].as_array().unwrap().last().unwrap().clone();
    let body = json!({ "version": version["version"], "terms_hash": version["terms_hash"] });
    let path = format!("/v1/agreements/{}/sign", drafted["agreement"].as_str().unwrap());
    // Every one of them sends it; the last one's answer counts.
    let answers: Vec<_> = clients.iter().map(|client| client.post(&path, &body).ok()).collect();
    answers.into_iter().next_back().unwrap()
}

/// An agreement of these grants, signed by both sides; its id.
pub fn agreed(server: &Server, terms: &Value) -> String {
    let drafted = approvers(server, SHELTER)[0].post("/v1/agreements", terms).ok();
    sign(&approvers(server, POLICE), &drafted);
    let signed = sign(&approvers(server, SHELTER), &drafted);
    assert_eq!(signed["state"], "active");
    drafted["agreement"].as_str().unwrap().to_owned()
}

#[test]
fn every_question_names_purpose_and_case() {
    let server = server();
    let client = server.agency(POLICE);
    let ask = |purpose, case| client.asking(purpose, case).get("/v1/communities");
    assert_eq!(ask(None, Some("MP-1")).problem(400), "purpose_missing");
    assert_eq!(ask(Some("trafficking_investigation"), None).problem(400), "case_missing");
    assert_eq!(ask(Some("curiosity"), Some("MP-1")).problem(400), "bad_parameter");
    let named = ask(Some("trafficking_investigation"), Some("Ana Ruiz"));
    assert_eq!(named.problem(400), "bad_parameter");
    assert!(!named.text().contains("Ruiz"));
    ask(Some("prosecution"), Some("MP-2026/7")).ok();
    let log = std::fs::read_to_string(&server.audit).unwrap();
    let last = log.lines().last().unwrap();
    assert!(last.contains("\"purpose\":\"prosecution\"") && last.contains("MP-2026/7"), "{last}");
    assert!(!log.contains("Ruiz"), "the log takes no free text");
}

#[test]
fn a_purpose_that_the_caller_may_not_ask_for_shows_nothing_and_is_no_refusal() {
    let server = server();
    let client = server.agency(POLICE);
    let id = client.post("/v1/records", &row("1", "suspect", "+442025550143")).ok()["records"][0]
        .as_str()
        .unwrap()
        .to_owned();
    let path = format!("/v1/records/{id}");
    client.get(&path).ok();
    for purpose in ["oversight", "statistics", "training", "deconfliction"] {
        let asking = client.asking(Some(purpose), Some("MP-1"));
        assert_eq!(asking.get(&path).problem(404), "not_found", "{purpose}");
    }
}

#[test]
fn nothing_is_shared_until_both_sides_have_signed_and_again_nothing_once_it_is_suspended() {
    let server = server();
    let shelter = server.agency(SHELTER);
    let stored = shelter.post("/v1/records", &row("1", "suspect", "+442025550143")).ok();
    let path = format!("/v1/records/{}", stored["records"][0].as_str().unwrap());
    let police = server.agency(POLICE);
    let before = police.post("/v1/search", &json!({ "text": "horvat" }));
    police.get(&path).problem(404);
    let officers = approvers(&server, SHELTER);
    let drafted = officers[0].post("/v1/agreements", &terms(grant("white"))).ok();
    let id = drafted["agreement"].as_str().unwrap().to_owned();
    let preview = officers[0].get(&format!("/v1/agreements/{id}/preview")).ok();
    let people =
        |it: &&Value| it["kind"] == "person" && it["purpose"] == "trafficking_investigation";
    let class = preview["classes"].as_array().unwrap().iter().find(people).unwrap();
    assert_eq!((&class["objects"], &class["level"]), (&json!(1), &json!("white")));
    assert_eq!(sign(&officers, &drafted)["state"], "draft", "one side's signatures do not count");
    police.get(&path).problem(404);
    let others = approvers(&server, POLICE);
    assert_eq!(sign(&others[..1], &drafted)["state"], "draft", "one officer is not enough");
    police.get(&path).problem(404);
    assert_eq!(sign(&others, &drafted)["state"], "active");
    police.get(&path).ok();
    // Not reciprocal, and nobody else's.
    let own = police.post("/v1/records", &row("1", "suspect", "+442025550199")).ok();
    let own = format!("/v1/records/{}", own["records"][0].as_str().unwrap());
    shelter.get(&own).problem(404);
    let stranger = server.agency("border-guard");
    stranger.get(&path).problem(404);
    let auditor = server.user("border-guard", "a", &[Role::AgencyAuditor]);
    let never = format!("/v1/agreements/agr_{}", "0".repeat(32));
    let [hidden, never] = [format!("/v1/agreements/{id}"), never].map(|path| auditor.get(&path));
    assert_eq!((hidden.problem(404), never.problem(404)), ("not_found".into(), "not_found".into()));
    // The discloser alone, at once; the recipient cannot.
    let suspend = format!("/v1/agreements/{id}/suspend");
    assert_eq!(others[0].send("POST", &suspend, None, b"").problem(409), "not_now");
    let suspended = officers[0].send("POST", &suspend, None, b"").ok();
    assert_eq!(suspended["state"], "suspended");
    police.get(&path).problem(404);
    let after = police.post("/v1/search", &json!({ "text": "horvat" })).ok();
    assert_eq!(after["hits"]["total"], 1, "its own");
    assert_eq!(before.ok()["hits"]["total"], 0);
    // Only a new version that both sign holds again.
    assert_eq!(sign(&officers, &drafted)["state"], "suspended");
    let next =
        officers[0].post(&format!("/v1/agreements/{id}/versions"), &terms(grant("white"))).ok();
    sign(&officers, &next);
    police.get(&path).problem(404);
    assert_eq!(sign(&others, &next)["state"], "active");
    police.get(&path).ok();
}

#[test]
fn grant_and_revoke_return_to_the_same_bytes() {
    let server = server();
    let shelter = server.agency(SHELTER);
    for (id, number) in [("1", "+442025550143"), ("2", "+442025550199")] {
        shelter.post("/v1/records", &row(id, "suspect", number)).ok();
    }
    let police = server.agency(POLICE);
    police.post("/v1/records", &row("1", "contact", "+442025550143")).ok();
    let ask = || {
        let bodies = ["/v1/communities", "/v1/centrality/pagerank", "/v1/indicators/shared-hub"]
            .map(|path| police.get(path).body);
        let search = police.post("/v1/search", &json!({ "text": "horvat" })).body;
        (bodies, search)
    };
    let before = ask();
    let id = agreed(&server, &terms(grant("white")));
    assert_ne!(ask(), before);
    approvers(&server, SHELTER)[0]
        .send("POST", &format!("/v1/agreements/{id}/suspend"), None, b"")
        .ok();
    assert_eq!(ask(), before);
}

#[test]
fn bad_agreements_are_refused_with_the_reason() {
    let server = server();
    let officer = &approvers(&server, SHELTER)[0];
    let change = |path: &str, value: Value| {
        let mut terms = terms(grant("white"));
        match path.split_once('/') {
            Some((member, inner)) => terms[member][0][inner] = value,
            None => terms[path] = value,
        }
        terms
    };
    for (terms, reason) in [
        (change("novelty", json!(1)), "unknown_field"),
        (change("grants/novelty", json!(1)), "unknown_field"),
        (change("grants/level", json!("beige")), "unknown_code"),
        (change("grants/purposes", json!(["curiosity"])), "unknown_code"),
        (change("grants/purposes", json!(["training"])), "purpose_without_records"),
        (change("grants/kinds", json!([])), "empty_grant"),
        (change("grants/tier_max", json!(5)), "bad_tier"),
        (change("grants", json!([])), "grants"),
        (change("fields_never", json!(["shoe_size"])), "unknown_code"),
        (change("recipients", json!([])), "recipients"),
        (change("recipients", json!([SHELTER])), "self_disclosure"),
        (change("discloser", json!(POLICE)), "not_the_caller"),
        (change("legal_basis", json!(" ")), "legal_basis"),
        (change("document_sha256", json!("00")), "bad_hash"),
        (change("sections", json!({ "audit": "paper, 4.1" })), "sections"),
        (change("sections", json!({ "cookery": "paper, 4.1" })), "unknown_code"),
        (change("retention_days", json!(0)), "retention"),
        (
            change("valid", json!(["2026-01-01T00:00:00Z", "2025-01-01T00:00:00Z"])),
            "validity_ends_before_it_begins",
        ),
    ] {
        let answer = officer.post("/v1/agreements", &terms);
        assert_eq!(answer.problem(422), "invalid_input", "{terms}");
        assert_eq!(answer.json()["faults"][0]["reason"], reason, "{terms}");
    }
    officer.post("/v1/agreements", &terms(grant("white"))).ok();
    let again = officer.post("/v1/agreements", &terms(grant("gray")));
    assert_eq!(again.problem(409), "already_there");
}

#[test]
fn of_two_agreements_that_contradict_each_other_the_stricter_holds_and_says_so() {
    let server = server();
    let stored = server.agency(SHELTER).post("/v1/records", &row("1", "suspect", "+442025550143"));
    let path = format!("/v1/records/{}", stored.ok()["records"][0].as_str().unwrap());
    let police = server.agency(POLICE);
    let first = agreed(&server, &terms(grant("white")));
    assert_eq!(police.get(&path).ok()["record"]["body"]["birth_date"], "1991-07-03");
    let mut narrower = terms(grant("white"));
    (narrower["id"], narrower["fields_never"]) = (json!("mou-2"), json!(["birth_date"]));
    agreed(&server, &narrower);
    assert!(police.get(&path).ok()["record"]["body"]["birth_date"].is_null());
    let mut black = terms(grant("black"));
    black["id"] = json!("mou-3");
    // The preview of a draft says so before anybody signs.
    let mut draft = black.clone();
    draft["id"] = json!("mou-4");
    let officer = &approvers(&server, SHELTER)[0];
    let draft = officer.post("/v1/agreements", &draft).ok()["agreement"].clone();
    let path_of = format!("/v1/agreements/{}/preview", draft.as_str().unwrap());
    let foreseen = officer.get(&path_of).ok()["overruled"].clone();
    assert!(foreseen.as_array().unwrap().iter().any(|it| it["black"] == true), "{foreseen}");
    let third = agreed(&server, &black);
    police.get(&path).problem(404);
    let shown = approvers(&server, POLICE)[0].get(&format!("/v1/agreements/{first}")).ok();
    let overruled = shown["overruled"].as_array().unwrap();
    assert!(overruled.iter().any(|it| it["black"] == true && it["agreement"] == third.as_str()));
    assert!(overruled.iter().any(|it| it["fields_never"] == json!(["birth_date"])));
}

#[test]
fn a_function_is_refused_by_role_alone_and_who_runs_the_server_reads_nothing() {
    let server = server();
    let watch = server.user(POLICE, "watch", &[Role::WatchDesk]);
    assert_eq!(watch.get("/v1/communities").problem(403), "forbidden");
    assert_eq!(watch.post("/v1/records", &row("1", "suspect", "1")).problem(403), "forbidden");
    let nothing = format!("/v1/records/rec_{}", "0".repeat(32));
    assert_eq!(watch.get(&nothing).problem(403), "forbidden", "whatever is asked about");
    watch.get("/v1/inbox").ok();
    let both = server.user(POLICE, "both", &[Role::Investigator, Role::SystemAdministrator]);
    assert_eq!(both.get("/v1/communities").problem(403), "forbidden");
    assert_eq!(both.get("/v1/inbox").problem(403), "forbidden");
    let agency = json!({
        "name": POLICE, "kind": "police", "desk": { "name": "Metro desk", "channel": "101" },
    });
    server.operator().post("/v1/agencies", &agency).ok();
    assert_eq!(server.agency(POLICE).post("/v1/agencies", &agency).problem(403), "forbidden");
    let known = server.agency(SHELTER).get("/v1/agencies").ok();
    assert_eq!(known["agencies"].as_array().unwrap().len(), 1, "nobody but itself: {known}");
}

#[test]
fn a_pointer_names_one_desk_tells_both_sides_and_nothing_else() {
    let server = server();
    let desk = |name: &str| {
        json!({
            "name": name, "kind": "police", "desk": { "name": format!("{name} desk"), "channel": "1" },
        })
    };
    for name in [POLICE, SHELTER] {
        server.operator().post("/v1/agencies", &desk(name)).ok();
    }
    let shelter = server.agency(SHELTER);
    shelter.post("/v1/records", &row("1", "suspect", "+442025550143")).ok();
    shelter.post("/v1/records", &row("2", "victim", "+442025550144")).ok();
    let mut own = row("3", "suspect", "+442025550155");
    own["handling"] = json!("own");
    shelter.post("/v1/records", &own).ok();
    let police = server.agency(POLICE).asking(Some("deconfliction"), Some("MP-1"));
    let phone = |number: &str| json!({ "kind": "phone", "number": number });
    let ask = |identifiers: Value, covert: bool| {
        police.post("/v1/deconflict", &json!({ "identifiers": identifiers, "covert": covert }))
    };
    let both = json!([phone("+442025550143"), phone("+44 20 2555-0144")]);
    let none = ask(json!([phone("+442025550143")]), false).ok();
    assert_eq!(none["pointers"], json!([]), "without an agreement nothing");
    agreed(&server, &terms(grant("gray")));
    let answer = ask(json!([phone("+442025550143")]), false).ok();
    let pointers = answer["pointers"].as_array().unwrap();
    assert_eq!(pointers.len(), 1);
    assert_eq!(pointers[0]["desk"], format!("{SHELTER} desk"));
    let mut members: Vec<&String> = pointers[0].as_object().unwrap().keys().collect();
    members.sort();
    assert_eq!(members, ["channel", "desk", "expires", "ticket"]);
    let inbox = shelter.asking(Some("deconfliction"), Some("S-1")).get("/v1/inbox").ok();
    let told = inbox["messages"].as_array().unwrap();
    assert_eq!((told.len(), &told[0]["kind"]), (1, &json!("asked_by_other")));
    assert_eq!(told[0]["ticket"], pointers[0]["ticket"]);
    assert!(!inbox.to_string().contains("5550143"), "not what was asked for: {inbox}");
    assert_eq!(police.get("/v1/inbox").ok()["messages"].as_array().unwrap().len(), 1);
    let two = ask(both.clone(), false).ok();
    assert_eq!(two["pointers"].as_array().unwrap().len(), 1, "one desk, however much it holds");
    // A covert asker learns nothing and nobody learns of it.
    assert_eq!(ask(both, true).ok()["pointers"], json!([]));
    let inbox = shelter.asking(Some("deconfliction"), Some("S-1")).get("/v1/inbox").ok();
    assert_eq!(inbox["messages"].as_array().unwrap().len(), 2);
    // Black, the agency's own, one digit off, and things that are not exact.
    assert_eq!(ask(json!([phone("+442025550155")]), false).ok()["pointers"], json!([]));
    assert_eq!(ask(json!([phone("+442025550142")]), false).ok()["pointers"], json!([]));
    let vague = json!([{ "kind": "person", "name": "Horvat", "birth_date": "1991" }]);
    assert_eq!(ask(vague, false).problem(422), "invalid_input");
    let born = json!([{ "kind": "person", "name": "Horvat Katarina", "birth_date": "1991-07-03" }]);
    assert_eq!(ask(born, false).ok()["pointers"].as_array().unwrap().len(), 1);
    // Pointers show nowhere else.
    let investigating = server.agency(POLICE);
    let found = investigating.post("/v1/search", &json!({ "text": "horvat" })).ok();
    assert_eq!(found["hits"]["total"], 0);
    let many: Vec<Value> = (0..21).map(|_| phone("+442025550142")).collect();
    assert_eq!(ask(json!(many), false).problem(422), "invalid_input");
    for _ in 0..2 {
        ask(json!(many[..20].to_vec()), false);
    }
    assert_eq!(ask(json!(many[..20].to_vec()), false).problem(429), "too_many_today");
}

#[test]
fn operations_that_clash_in_place_and_time_name_both_desks() {
    let server = server();
    let operations = json!([{
        "kinds": ["operation"], "subject": ["unknown"], "purposes": ["deconfliction"], "level": "gray",
    }]);
    agreed(&server, &terms(operations));
    let plan = |latitude: f64, from: &str, until: &str| {
        json!({
            "reference": "op-1", "latitude": latitude, "longitude": 0.0, "radius_metres": 500,
            "from": from, "until": until,
        })
    };
    let (six, seven, eight, nine) = (
        "2099-03-01T06:00:00Z",
        "2099-03-01T07:00:00Z",
        "2099-03-01T08:00:00Z",
        "2099-03-01T09:00:00Z",
    );
    let asking = |agency: &str| server.agency(agency).asking(Some("deconfliction"), Some("OP-1"));
    let announce = |agency: &str, planned: &Value| {
        let answer = asking(agency).post("/v1/planned-operations", planned).ok();
        answer["pointers"].as_array().unwrap().len()
    };
    assert_eq!(announce(SHELTER, &plan(51.5, six, eight)), 0);
    assert_eq!(announce(POLICE, &plan(51.5, eight, nine)), 0, "one ends as the other begins");
    assert_eq!(announce(POLICE, &plan(51.6, seven, nine)), 0, "eleven kilometres away");
    assert_eq!(announce(POLICE, &plan(51.505, seven, nine)), 1);
    let told = asking(SHELTER).get("/v1/inbox").ok();
    assert_eq!(told["messages"][0]["kind"], "operations_clash");
    assert!(!told.to_string().contains("51.5"));
    assert_eq!(announce("border-guard", &plan(51.5, six, nine)), 0, "with whom nobody agreed");
}

#[test]
fn a_case_has_members_an_end_and_victims_that_its_agencies_bring_in() {
    let server = server();
    agreed(&server, &terms(grant("white")));
    let shelter = server.agency(SHELTER);
    let stored = shelter.post("/v1/records", &row("1", "victim", "+442025550143")).ok();
    let record = stored["records"][0].as_str().unwrap();
    let lead = server.user(POLICE, "lead", &[Role::TaskForceLead]);
    let opened = json!({ "reference": "TF-1", "expires": "2099-01-01T00:00:00Z" });
    let case = lead.post("/v1/cases", &opened).ok()["id"].as_str().unwrap().to_owned();
    assert_eq!(lead.post("/v1/cases", &opened).problem(409), "already_there");
    let purpose = Some("trafficking_investigation");
    let lead = lead.asking(purpose, Some(&case));
    // A masked record has another id in each case.
    let path = super::path_in_case(SHELTER, "1", &case);
    lead.get(&path).problem(404);
    let member = json!({ "agency": SHELTER, "user": "analyst" });
    lead.post(&format!("/v1/cases/{case}/members"), &member).ok();
    let masked = lead.get(&path).ok();
    lead.get(&format!("/v1/records/{record}")).problem(404);
    assert!(masked["record"]["body"].is_null() && masked["entity"]["pseudonym"].is_string());
    lead.asking(purpose, Some("MP-1")).get(&path).problem(404);
    // A case that one does not work on is none.
    let stranger = server.agency(POLICE).asking(purpose, Some(&case));
    assert_eq!(stranger.get(&path).problem(400), "no_such_case");
    let stranger = stranger.asking(purpose, Some("MP-1"));
    stranger.get(&path).problem(404);
    let unknown = format!("/v1/cases/case_{}/subjects", "0".repeat(32));
    let subjects = json!({ "records": [record] });
    let bring = format!("/v1/cases/{case}/subjects");
    assert_eq!(stranger.post(&bring, &subjects).problem(404), "not_found");
    assert_eq!(shelter.post(&unknown, &subjects).problem(404), "not_found");
    assert_eq!(lead.post(&bring, &subjects).problem(404), "not_found", "its owner brings it in");
    shelter.post(&bring, &subjects).ok();
    let specialist =
        server.user(POLICE, "spec", &[Role::VictimSpecialist]).asking(purpose, Some(&case));
    assert_eq!(specialist.get(&path).problem(400), "no_such_case");
    lead.post(&format!("/v1/cases/{case}/members"), &json!({ "agency": POLICE, "user": "spec" }))
        .ok();
    let shown = specialist.get(&format!("{path}?unmask=true")).ok();
    assert_eq!(shown["record"]["body"]["names"][0]["full"], "Katarina Horvat");
    // Out of the case, and out of sight at the next request; so for all when it ends.
    let out = json!({ "agency": POLICE, "user": "spec" });
    lead.post(&format!("/v1/cases/{case}/members/remove"), &out).ok();
    assert_eq!(specialist.get(&path).problem(400), "no_such_case");
    lead.send("POST", &format!("/v1/cases/{case}/end"), None, b"").ok();
    assert_eq!(lead.get(&path).problem(400), "no_such_case");
    let lead = lead.asking(purpose, Some("MP-1"));
    lead.get(&path).problem(404);
    let end = lead.send("POST", &format!("/v1/cases/{case}/end"), None, b"");
    assert_eq!(end.problem(409), "not_now");
}

#[test]
fn a_watch_desk_enters_operations_for_agencies_without_a_client_and_cancels_them() {
    let server = server();
    let agency = |name: &str, watched_by: Option<&str>| {
        let mut body = json!({
            "name": name, "kind": "police", "desk": { "name": format!("{name} desk"), "channel": "1" },
        });
        watched_by.iter().for_each(|by| body["watched_by"] = json!(by));
        server.operator().post("/v1/agencies", &body).ok()
    };
    agency(SHELTER, None);
    agency(POLICE, Some("border-guard"));
    let operations = json!([{
        "kinds": ["operation"], "subject": ["unknown"], "purposes": ["deconfliction"], "level": "gray",
    }]);
    agreed(&server, &terms(operations));
    let mut plan = json!({
        "reference": "op-1", "latitude": 51.5, "longitude": 0.0, "radius_metres": 500,
        "from": "2099-03-01T06:00:00Z", "until": "2099-03-01T08:00:00Z",
    });
    let asking = |client: Client| client.asking(Some("deconfliction"), Some("OP-1"));
    let shelter = asking(server.agency(SHELTER));
    shelter.post("/v1/planned-operations", &plan).ok();
    plan["on_behalf_of"] = json!(POLICE);
    let desk = asking(server.user("border-guard", "watch", &[Role::WatchDesk]));
    let announce = |client: &Client| client.post("/v1/planned-operations", &plan);
    let pointers = announce(&desk).ok()["pointers"].clone();
    assert_eq!(pointers[0]["desk"], format!("{SHELTER} desk"), "by the agreements of the other");
    let told = shelter.get("/v1/inbox").ok();
    assert_eq!(told["messages"][0]["desk"], format!("{POLICE} desk"));
    for other in [
        asking(server.user("border-guard", "i", &[Role::Investigator])),
        asking(server.user("highway-patrol", "watch", &[Role::WatchDesk])),
    ] {
        assert_eq!(announce(&other).problem(422), "invalid_input");
    }
    let cancel = |client: &Client, behalf: Option<&str>| {
        let body = json!({ "reference": "op-1", "on_behalf_of": behalf });
        client.post("/v1/planned-operations/cancel", &body)
    };
    assert_eq!(cancel(&desk, None).problem(404), "not_found", "not its own");
    assert_eq!(cancel(&shelter, None).status, 204);
    assert_eq!(cancel(&shelter, None).problem(404), "not_found");
    assert_eq!(announce(&desk).ok()["pointers"], json!([]), "it is no longer planned");
    assert_eq!(cancel(&desk, Some(POLICE)).status, 204);
}
