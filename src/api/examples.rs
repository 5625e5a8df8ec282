//! The ids and inputs that the examples of several operations use. Every example runs as it stands on the demo's store
//! with the token of any of its agencies; a test runs each of them.

use serde_json::{Value, json};

/// An entity that every agency of the demo sees under this id: a phone that is related to many people.
pub const PHONE: &str = "ent_ac3e67dc330a0be5fb1aea554b9077a4";
/// A person whom every agency of the demo sees under this id.
pub const PERSON: &str = "ent_06cfc2a8149d51672c9819c6f9d45c6b";
/// An address that is related to that person.
pub const ADDRESS: &str = "ent_301aed11db139c629dca88b96720a7bf";
/// A vehicle with sightings in several cities.
pub const VEHICLE: &str = "ent_2b7b99e8a2a548d910a1e64dc33838f2";
/// A sighting of that vehicle.
pub const EVENT: &str = "evt_484f2051fd69919eaf68c06a0ee2e3ab";
/// A record that every agency of the demo sees.
pub const RECORD: &str = "rec_086fb576f9e65a48d2ffb51087dee134";
/// Another record about the same phone.
pub const OTHER_RECORD: &str = "rec_0d04b10c1df98e283808f9967c236b27";
/// A record about the person that every agency of the demo sees.
pub const PERSON_RECORD: &str = "rec_0590d7014edf30197afb1432f44e373e";
/// Another record about the same person.
pub const OTHER_PERSON_RECORD: &str = "rec_08ea4e531c66657bf4dfb5c73dc4c572";
/// The id of no job: jobs exist only after a caller has started one.
pub const JOB: &str = "job_00000000000000000000000000000000";

/// The agreement by which the police of the demo share with the others.
pub const AGREEMENT: &str = "agr_56f4fc418821317207c692baa8dfd583";
/// The case that the police of the demo lead.
pub const CASE: &str = "case_e0dd315f38229807c6158001ebacf14c";

/// The id of no referral: ids of referrals depend on when they are made.
pub const REFERRAL: &str = "rfl_00000000000000000000000000000000";
/// The id of no onward request.
pub const ONWARD: &str = "onw_00000000000000000000000000000000";
/// The id of no use of break-glass.
pub const BREAK_GLASS: &str = "bgl_00000000000000000000000000000000";

/// A row as an agency hands it in.
pub fn row() -> Value {
    json!({
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
    })
}

/// The terms of an agreement.
pub fn terms() -> Value {
    json!({
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
    })
}

/// The mapping of the example of an import; the agency is the caller's.
pub const IMPORT_MAPPING: &str = r#"source = "people"
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::govern::{Case, Reference, Terms};
    use crate::model::IdKey;

    #[test]
    fn the_agreement_and_the_case_are_those_of_the_demo() {
        let template = include_str!("../../fixtures/agreements/investigation.json");
        let mut terms: Terms = serde_json::from_str(template).unwrap();
        terms.discloser = "metro-police".to_owned();
        let key = IdKey::default();
        let reference: Reference = "TF-2026-1".parse().unwrap();
        let case = Case::id(&key, "metro-police", &reference);
        let made = [terms.agreement_id(&key).to_string(), case.to_string()];
        assert_eq!(made, [AGREEMENT, CASE]);
    }
}
