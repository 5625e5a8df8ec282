//! An example of every input, which runs as it stands on the demo's store with the token of any of
//! its agencies. A test runs each of them.

use serde_json::{Value, json};

use super::Notice;
use super::purpose_and_case::{CASE_HEADER, PURPOSE_HEADER};

/// An entity that every agency of the demo sees under this id: a phone that many have to do with.
const PHONE: &str = "ent_ac3e67dc330a0be5fb1aea554b9077a4";
/// A person whom every agency of the demo sees under this id.
const PERSON: &str = "ent_06cfc2a8149d51672c9819c6f9d45c6b";
/// An address that has to do with that person.
const ADDRESS: &str = "ent_301aed11db139c629dca88b96720a7bf";
/// A vehicle with sightings in several cities.
const VEHICLE: &str = "ent_2b7b99e8a2a548d910a1e64dc33838f2";
/// A sighting of that vehicle.
const EVENT: &str = "evt_484f2051fd69919eaf68c06a0ee2e3ab";
/// A record that every agency of the demo sees.
const RECORD: &str = "rec_086fb576f9e65a48d2ffb51087dee134";
/// Another record about the same phone.
const OTHER_RECORD: &str = "rec_0d04b10c1df98e283808f9967c236b27";
/// A record about the person that every agency of the demo sees.
const PERSON_RECORD: &str = "rec_0590d7014edf30197afb1432f44e373e";
/// Another record about the same person.
const OTHER_PERSON_RECORD: &str = "rec_08ea4e531c66657bf4dfb5c73dc4c572";
/// A job that is none: jobs are made by starting one.
const JOB: &str = "job_00000000000000000000000000000000";

/// An agreement and a case that are none: those that there are depend on who signed and opened them.
const AGREEMENT: &str = "agr_00000000000000000000000000000000";
const CASE: &str = "case_00000000000000000000000000000000";

/// A referral that is none, for the same reason.
const REFERRAL: &str = "rfl_00000000000000000000000000000000";
/// An onward request that is none, for the same reason.
const ONWARD: &str = "onw_00000000000000000000000000000000";
/// A use of break-glass that is none, for the same reason.
const BREAK_GLASS: &str = "bgl_00000000000000000000000000000000";

/// The example of an operation's body.
pub fn body(operation: &str) -> Option<Value> {
    let row = json!({
        "local_id": "example-1",
        "source": "tips",
        "category": "contact",
        "review_by": "2028-01-01T00:00:00Z",
        "grade": "3x5x2:2B",
        "nature": "fact",
        "records": [
            { "slot": "person", "body": {
                "type": "person",
                "names": [{ "given": "Katarina", "family": "Horvat" }],
                "birth_date": "1991-07-03",
            }},
            { "slot": "phone", "body": {
                "type": "phone", "number": "(202) 555-0143", "region": "US",
            }},
            { "slot": "car", "body": { "type": "vehicle", "plate": "8BXK 210" }},
        ],
        "ties": [
            { "kind": "USES", "from": "person", "to": "phone" },
            { "kind": "DRIVES", "from": "person", "to": "car" },
        ],
        "events": [{
            "kind": "sighting",
            "at": "2026-03-01T14:05:00Z",
            "place": { "city": "Paris", "latitude": 48.8566, "longitude": 2.3522 },
            "participants": { "vehicle": ["car"] },
        }],
    });
    Some(match operation {
        "submit_record" => row,
        "begin_session" => json!({
            "agency": "harbour-shelter", "user": "jdoe", "password": "a password of one's own",
            "code": "123456", "notice": Notice::default().id,
        }),
        "submit_batch" => json!({ "rows": [row] }),
        "resolve" => json!({
            "body": {
                "type": "person",
                "names": [{ "full": "Khadka, Maia" }],
                "birth_date": "2002-09",
            },
            "limit": 5,
        }),
        "submit_judgement" => json!({ "a": RECORD, "b": OTHER_RECORD, "verdict": "same" }),
        "search" => json!({ "text": "khadka", "type": "person", "limit": 5 }),
        "run_query" => json!({ "parameters": {} }),
        "start_import" => json!({
            "name": "people.csv",
            "mapping": IMPORT_MAPPING,
            "data": "id,name,born\nx1,Katarina Horvat,1991-07-03\nx2,Ana Lima,1987-02-30\n",
        }),
        "deconflict" => json!({
            "identifiers": [
                { "kind": "phone", "number": "+44 20 2555 0143" },
                { "kind": "person", "name": "Katarina Horvat", "birth_date": "1991-07-03" },
            ],
        }),
        "announce_operation" => json!({
            "reference": "OP-2026-7", "latitude": 51.5074, "longitude": -0.1278,
            "radius_metres": 500, "from": "2099-03-01T06:00:00Z", "until": "2099-03-01T09:00:00Z",
        }),
        "cancel_operation" => json!({ "reference": "OP-2026-9" }),
        "break_glass" => json!({
            "agency": "harbour-shelter",
            "reason": "A child is on its way to the address tonight",
        }),
        "review_break_glass" => json!({
            "justified": true, "note": "The call of 21:40 was checked with the desk",
        }),
        "ask_onward" => json!({
            "record": RECORD, "recipient": "coast-guard",
            "reason": "The vessel that was seen is in their waters",
        }),
        "decide_onward" => json!({
            "granted": true, "note": "To their duty officer, for the search only",
        }),
        "decide_referral" => json!({
            "decision": "release", "note": "Both desks work on the same ring; she is safe",
        }),
        "review_records" => json!({
            "local_ids": ["example-1"],
            "review_by": "2029-01-01T00:00:00Z",
            "explanation": "The investigation TF-2026-1 goes on until the trial",
        }),
        "confirm_purge" => json!({ "note": "Exports of May and June deleted, paper shredded" }),
        "open_case" => json!({ "reference": "TF-2026-1", "expires": "2099-01-01T00:00:00Z" }),
        "add_member" | "remove_member" => json!({ "agency": "harbour-shelter", "user": "analyst" }),
        "add_subjects" => json!({ "records": [RECORD] }),
        "draft_agreement" | "draft_version" => json!({
            "id": "mou-2026-014",
            "discloser": "metro-police",
            "recipients": ["harbour-shelter"],
            "legal_basis": "state code 12-3",
            "grants": [
                {
                    "kinds": ["person", "phone", "vehicle", "tie"], "subject": ["suspect", "contact"],
                    "tier_max": 2, "purposes": ["trafficking_investigation"], "level": "white",
                },
                {
                    "kinds": ["person"], "subject": ["victim", "possible_victim"],
                    "purposes": ["victim_safety", "deconfliction"], "level": "gray",
                },
            ],
            "fields_never": ["home_address", "photo"],
            "onward": "ask",
            "court_use": "ask",
            "retention_days": 365,
            "on_end": "recipient_purges_copies",
            "valid": ["2026-01-01T00:00:00Z", "2099-01-01T00:00:00Z"],
            "sections": { "audit": "paper, 4.1", "dissemination": "paper, 4.2", "hit_confirmation": "paper, 4.3", "logging": "paper, 4.4", "quality": "paper, 4.5", "security": "paper, 4.6", "timeliness": "paper, 4.7", "training": "paper, 4.8", "use": "paper, 4.9", "validation": "paper, 4.10" },
            "document_sha256": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
        }),
        "sign_agreement" => json!({ "version": 1, "terms_hash": "0" }),
        "register_agency" => json!({
            "name": "harbour-shelter", "kind": "service_provider",
            "desk": { "name": "Harbour Shelter, front desk", "channel": "+44 20 2555 0100" },
        }),
        _ => return None,
    })
}

/// The mapping of the example of an import; the agency is the caller's.
const IMPORT_MAPPING: &str = r#"source = "people"
format = "csv"
id = "id"

[label]
category = "contact"
handling = "own"

[[record]]
slot = "person"
type = "person"
[record.fields]
full = "name"
birth_date = "born"
"#;

/// The example of an operation's parameter.
pub fn parameter(operation: &str, name: &str) -> Option<Value> {
    Some(match (operation, name) {
        (_, PURPOSE_HEADER) => json!("trafficking_investigation"),
        (_, CASE_HEADER) => json!("DEMO-2026-1"),
        ("get_record", "id") => json!(RECORD),
        ("get_routes", "id") => json!(VEHICLE),
        ("get_event", "id") => json!(EVENT),
        ("explain_pair" | "picture_pair", "a") => json!(PERSON_RECORD),
        ("explain_pair" | "picture_pair", "b") => json!(OTHER_PERSON_RECORD),
        ("find_paths", "from") => json!(PERSON),
        ("find_paths", "to") => json!(ADDRESS),
        ("get_query" | "run_query", "name") => json!("shared-phones"),
        ("run_indicator", "name") => json!("shared-hub"),
        ("get_job" | "cancel_job", "id") => json!(JOB),
        ("rank_entities", "measure") => json!("pagerank"),
        (
            "get_agreement" | "preview_agreement" | "draft_version" | "sign_agreement"
            | "suspend_agreement" | "end_agreement" | "confirm_purge",
            "id",
        ) => json!(AGREEMENT),
        ("decide_onward", "id") => json!(ONWARD),
        ("decide_referral", "id") => json!(REFERRAL),
        ("review_break_glass", "id") => json!(BREAK_GLASS),
        ("add_member" | "remove_member" | "add_subjects" | "end_case", "id") => json!(CASE),
        (_, "id") => json!(PHONE),
        (_, "limit") => json!(10),
        _ => return None,
    })
}
