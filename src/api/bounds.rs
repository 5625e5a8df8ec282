//! The bounds of members of requests beside their type, for the OpenAPI document: lengths, patterns, ranges. The
//! figures are the constants that the checks use.

use serde_json::{Value, json};

use super::limits::{BATCH_ROWS_MAX, SEARCH_CHARS_MAX};
use crate::casework::cases::PARTS_MAX as SUBJECTS;
use crate::casework::deconfliction::{IDENTIFIERS_MAX, RADIUS_METRES};
use crate::casework::reviews::REVIEWED_MAX;
use crate::govern::{
    BASIS_BYTES_MAX, GRANTS_MAX, NAME_BYTES_MAX, RECIPIENTS_MAX, RETENTION_DAYS_MAX,
    SECTION_BYTES_MAX,
};
use crate::ingest::{ID_BYTES_MAX, MODEL_YEARS, PARTS_MAX, TEXT_BYTES_MAX};
use crate::model::{Label, REASON_CHARS};

/// Any text without the character 0.
const TEXT: &str = "^[^\\u0000]*$";
/// A text without the character 0 that is not of white space alone.
const ID: &str = "^[^\\u0000]*[^\\s\\u0000][^\\u0000]*$";
/// A text without control characters, and not of white space alone.
const NAME: &str = "^[^\\u0000-\\u001f\\u007f-\\u009f]*[^\\s\\u0000-\\u001f\\u007f-\\u009f][^\\u0000-\\u001f\\u007f-\\u009f]*$";

fn text() -> Value {
    json!({ "maxLength": TEXT_BYTES_MAX, "pattern": TEXT })
}

fn id() -> Value {
    json!({ "minLength": 1, "maxLength": ID_BYTES_MAX, "pattern": ID })
}

fn slot() -> Value {
    json!({ "minLength": 1, "maxLength": ID_BYTES_MAX, "pattern": "^[a-z0-9_-]+$" })
}

fn name() -> Value {
    json!({ "minLength": 1, "maxLength": NAME_BYTES_MAX, "pattern": NAME })
}

fn reason() -> Value {
    json!({ "minLength": REASON_CHARS.start(), "maxLength": REASON_CHARS.end() })
}

fn up_to(count: usize) -> Value {
    json!({ "maxItems": count })
}

fn some(count: usize) -> Value {
    json!({ "minItems": 1, "maxItems": count })
}

fn degrees(most: i32) -> Value {
    json!({ "minimum": -most, "maximum": most })
}

/// Schemas of records, whose text members all get the bounds of a record's text.
const OF_TEXTS: [&str; 9] = [
    "PersonBody",
    "PhoneBody",
    "AddressBody",
    "VehicleBody",
    "OrganizationBody",
    "PersonName",
    "Document",
    "Phone",
    "Address",
];

/// Returns the bounds by schema and member; `[]` after a member stands for its items.
fn bounds() -> Vec<(&'static str, &'static str, Value)> {
    let tier = || json!({ "maximum": Label::TIER_MAX });
    let year = json!({ "minimum": MODEL_YEARS.start(), "maximum": MODEL_YEARS.end() });
    let radius = json!({ "minimum": RADIUS_METRES.start(), "maximum": RADIUS_METRES.end() });
    let days = json!({ "minimum": 1, "maximum": RETENTION_DAYS_MAX });
    let search = json!({ "minLength": 1, "maxLength": SEARCH_CHARS_MAX });
    vec![
        ("PersonBody", "names", up_to(PARTS_MAX)),
        ("PersonBody", "emails", up_to(PARTS_MAX)),
        ("PersonBody", "emails[]", text()),
        ("PersonBody", "documents", up_to(PARTS_MAX)),
        ("PersonBody", "phones", up_to(PARTS_MAX)),
        ("OrganizationBody", "phones", up_to(PARTS_MAX)),
        ("VehicleBody", "year", year),
        ("AddressBody", "latitude", degrees(90)),
        ("AddressBody", "longitude", degrees(180)),
        ("Address", "latitude", degrees(90)),
        ("Address", "longitude", degrees(180)),
        ("Place", "name", text()),
        ("Place", "city", text()),
        ("Place", "country", text()),
        ("Place", "latitude", degrees(90)),
        ("Place", "longitude", degrees(180)),
        ("Money", "currency", json!({ "pattern": "^[A-Z]{3}$" })),
        ("SubmittedRow", "local_id", id()),
        ("SubmittedRow", "source", id()),
        ("SubmittedRow", "tier", tier()),
        ("SubmittedRow", "records", up_to(PARTS_MAX)),
        ("SubmittedRow", "ties", up_to(PARTS_MAX)),
        ("SubmittedRow", "events", up_to(PARTS_MAX)),
        ("SubmittedRow", "markings", up_to(PARTS_MAX)),
        ("SubmittedRecord", "slot", slot()),
        ("SubmittedTie", "from", slot()),
        ("SubmittedTie", "to", slot()),
        ("SubmittedTie", "confidence", json!({ "minimum": 0, "maximum": 1 })),
        ("SubmittedEvent", "text", text()),
        ("SubmittedBatch", "rows", some(BATCH_ROWS_MAX)),
        ("Audience", "agencies", up_to(PARTS_MAX)),
        ("Audience", "agencies[]", id()),
        ("Audience", "cases", up_to(PARTS_MAX)),
        ("Audience", "cases[]", id()),
        ("Audience", "users", up_to(PARTS_MAX)),
        ("Audience", "users[]", id()),
        ("Release", "reference", id()),
        ("Intelligence", "reasonable_suspicion", reason()),
        ("RecordReviewRequest", "explanation", reason()),
        ("RecordReviewRequest", "records", up_to(REVIEWED_MAX)),
        ("RecordReviewRequest", "local_ids", up_to(REVIEWED_MAX)),
        ("BreakGlassRequest", "reason", reason()),
        ("ReviewRequest", "note", reason()),
        ("OnwardAsked", "reason", reason()),
        ("OnwardDecided", "note", reason()),
        ("ReferralDecided", "note", reason()),
        ("PurgeConfirmed", "note", reason()),
        ("DeconflictRequest", "identifiers", some(IDENTIFIERS_MAX)),
        ("OperationRequest", "latitude", degrees(90)),
        ("OperationRequest", "longitude", degrees(180)),
        ("OperationRequest", "radius_metres", radius),
        ("SubjectsRequest", "records", some(SUBJECTS)),
        ("Agency", "name", name()),
        ("Desk", "name", name()),
        ("Desk", "channel", name()),
        ("Terms", "recipients", some(RECIPIENTS_MAX)),
        ("Terms", "grants", some(GRANTS_MAX)),
        ("Terms", "legal_basis", json!({ "minLength": 1, "maxLength": BASIS_BYTES_MAX })),
        ("Terms", "retention_days", days),
        ("Terms", "document_sha256", json!({ "pattern": "^[0-9a-f]{64}$" })),
        ("Terms", "sections[]", json!({ "maxLength": SECTION_BYTES_MAX })),
        ("Grant", "tier_max", tier()),
        ("SearchRequest", "text", search),
        ("SearchRequest", "cursor", cursor()),
        ("ImportRequest", "name", json!({ "minLength": 1, "maxLength": 200 })),
    ]
}

/// Adds the bounds to the schemas and parameters of a document.
pub fn put(document: &mut Value) {
    put_on_parameters(document);
    let schemas = &mut document["components"]["schemas"];
    for schema in OF_TEXTS {
        let members = schemas[schema]["properties"].as_object_mut();
        for member in members.into_iter().flat_map(|it| it.values_mut()) {
            let is_text = member["type"] == "string" || member["type"] == json!(["string", "null"]);
            if is_text && member.get("enum").is_none() {
                add(member, text());
            }
        }
    }
    for (schema, member, bound) in bounds() {
        let properties = &mut schemas[schema]["properties"];
        match member.strip_suffix("[]") {
            None => add(&mut properties[member], bound),
            Some(list) if properties[list].get("items").is_some() => {
                add(&mut properties[list]["items"], bound);
            }
            Some(map) => add(&mut properties[map]["additionalProperties"], bound),
        }
    }
    let events = &mut schemas["SubmittedEvent"]["properties"]["participants"];
    let mut slots = json!({ "type": "array", "items": { "type": "string" } });
    add(&mut slots, up_to(PARTS_MAX));
    add(&mut slots["items"], slot());
    events["additionalProperties"] = slots;
}

/// The pattern of cursors, as pages give them.
fn cursor() -> Value {
    json!({ "pattern": "^cur_[0-9a-f]{40}$" })
}

/// Adds the bounds to the parameters that many operations have: the cursors.
fn put_on_parameters(document: &mut Value) {
    let items = document["paths"].as_object_mut().into_iter().flat_map(|it| it.values_mut());
    let operations = items.filter_map(Value::as_object_mut).flat_map(|it| it.values_mut());
    for operation in operations {
        let parameters = operation.get_mut("parameters").and_then(Value::as_array_mut);
        for parameter in parameters.into_iter().flatten().filter(|it| it["name"] == "cursor") {
            add(&mut parameter["schema"], cursor());
        }
    }
}

fn add(schema: &mut Value, bound: Value) {
    if let (Some(schema), Value::Object(bound)) = (schema.as_object_mut(), bound) {
        schema.extend(bound);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The bounds of a renamed schema or member would be lost silently.
    #[test]
    fn every_bound_is_of_a_member_that_there_is() {
        let document = super::super::document();
        for (schema, member, bound) in bounds() {
            let name = member.trim_end_matches("[]");
            let said = &document["components"]["schemas"][schema]["properties"][name];
            let said = match said.get("items").or(said.get("additionalProperties")) {
                Some(items) if member.ends_with("[]") => items,
                _ => said,
            };
            for (word, value) in bound.as_object().unwrap() {
                assert_eq!(&said[word], value, "{schema}.{member}: {said}");
            }
        }
    }
}
