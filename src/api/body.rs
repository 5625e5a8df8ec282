//! Reading a JSON body: what is wrong and where, without what was sent.

use serde::de::DeserializeOwned;
use serde_path_to_error::Segment;

use super::problem::{Code, Fault, Problem};

/// Reads an object. May take a while: not for the async executor's threads.
///
/// # Errors
/// Text that is not JSON, or JSON that is not a `T`.
pub fn object<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Problem> {
    // A list is not an object with its members in order, which serde would make of it.
    match bytes.iter().find(|byte| !byte.is_ascii_whitespace()) {
        Some(b'[') => parse::<serde::de::IgnoredAny>(bytes).and_then(|_| Err(not_an_object())),
        _ => parse(bytes),
    }
}

fn not_an_object() -> Problem {
    Problem::new(Code::InvalidInput).fault(Fault {
        row: None,
        column: None,
        reason: "wrong_type".into(),
        detail: "expected an object".to_owned(),
    })
}

fn parse<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Problem> {
    let mut reader = serde_json::Deserializer::from_slice(bytes);
    let value = serde_path_to_error::deserialize(&mut reader)
        .map_err(|error| problem(error.path().iter(), error.inner()))?;
    reader.end().map_err(|error| problem([].iter(), &error))?;
    Ok(value)
}

fn problem<'a>(path: impl Iterator<Item = &'a Segment>, error: &serde_json::Error) -> Problem {
    let place = format!("line {}, column {}", error.line(), error.column());
    if !error.is_data() {
        return Problem::new(Code::MalformedJson).detail(place);
    }
    let message = error.to_string();
    let (reason, detail) = described(&message);
    let path = known_path(path, &message);
    Problem::new(Code::InvalidInput).detail(place).fault(Fault {
        row: None,
        column: Some(path).filter(|path| !path.is_empty()),
        reason: reason.into(),
        detail,
    })
}

/// The reason and its words. Only the part of serde's message that speaks of what was expected is
/// kept: the part before repeats the input.
fn described(message: &str) -> (&'static str, String) {
    let expected = || {
        // What was sent stands before the last of these and may hold the same words.
        let tail = message.rsplit_once(", expected ").map_or("", |(_, tail)| tail);
        let tail = tail.rsplit_once(" at line ").map_or(tail, |(tail, _)| tail);
        format!("expected {tail}")
    };
    if message.starts_with("unknown field") {
        ("unknown_field", expected())
    } else if message.starts_with("unknown variant") {
        ("unknown_code", expected())
    } else if message.starts_with("missing field") {
        let name = message.split('`').nth(1).unwrap_or_default();
        ("missing_field", format!("`{name}` is missing"))
    } else if message.starts_with("duplicate field") {
        ("duplicate_key", "a member is given twice".to_owned())
    } else if message.starts_with("invalid type") {
        ("wrong_type", expected())
    } else if message.starts_with("invalid value") || message.starts_with("invalid length") {
        ("out_of_range", expected())
    } else {
        ("bad_value", own_words(message))
    }
}

/// Messages of the model's own types, which never repeat the input: those that we know.
fn own_words(message: &str) -> String {
    let message = message.rsplit_once(" at line ").map_or(message, |(text, _)| text);
    let known = ["expected a date", "no such date", "not a valid "];
    if known.iter().any(|start| message.starts_with(start)) {
        message.to_owned()
    } else {
        "not a value that this member takes".to_owned()
    }
}

/// The path as far as it is not the sender's own text: without the unknown name at its end.
fn known_path<'a>(path: impl Iterator<Item = &'a Segment>, message: &str) -> String {
    let names = |kind| message.strip_prefix(kind).and_then(|rest| rest.rsplit_once("`, expected "));
    let unknown = names("unknown field `").or_else(|| names("unknown variant `"));
    let unknown = unknown.map(|(name, _)| name);
    let known = path.filter_map(|segment| match segment {
        Segment::Seq { index } => Some(index.to_string()),
        Segment::Map { key } => Some(key.clone()).filter(|key| Some(key.as_str()) != unknown),
        Segment::Enum { .. } | Segment::Unknown => None,
    });
    known.collect::<Vec<_>>().join(".")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ingest::SubmittedRow;
    use serde_json::{Value, json};

    fn refused(value: &Value) -> Fault {
        let problem = parse::<SubmittedRow>(value.to_string().as_bytes()).unwrap_err();
        let text = serde_json::to_string(&problem.body(None)).unwrap();
        assert!(!text.contains("Roe"), "{text}");
        problem.body(None).faults.remove(0)
    }

    fn row(person: Value) -> Value {
        let mut body = person;
        body["type"] = json!("person");
        json!({ "local_id": "1", "source": "s", "records": [{ "slot": "p", "body": body }] })
    }

    #[test]
    fn what_and_where_without_what_was_sent() {
        for (value, column, reason) in [
            (json!({ "local_id": 7, "source": "Roe" }), Some("local_id"), "wrong_type"),
            (json!({ "source": "Roe" }), None, "missing_field"),
            (json!({ "local_id": "1", "source": "s", "Roe": 1 }), None, "unknown_field"),
            (json!({ "local_id": "1", "source": "s", "tier": 900 }), Some("tier"), "out_of_range"),
            (
                json!({ "local_id": "1", "source": "s", "category": "Roe" }),
                Some("category"),
                "unknown_code",
            ),
            (json!("Roe"), None, "wrong_type"),
        ] {
            let fault = refused(&value);
            assert_eq!((fault.column.as_deref(), &*fault.reason), (column, reason), "{value}");
        }
    }

    #[test]
    fn a_body_within_a_row_is_read_as_strictly() {
        let fault = refused(&row(json!({ "birth_date": "1987-02-30" })));
        assert_eq!(fault.detail, "no such date in the calendar");
        assert_eq!(&*refused(&row(json!({ "Roe": "x" }))).reason, "unknown_field");
        assert_eq!(&*refused(&row(json!({ "names": "Roe" }))).reason, "wrong_type");
    }

    /// Texts and names that look like serde's own words, so that cutting them out of its message goes
    /// wrong.
    #[test]
    fn what_was_sent_does_not_come_back_however_it_is_dressed() {
        let row = |name: &str, value: Value| {
            let mut row = json!({ "local_id": "1", "source": "s" });
            row[name] = value;
            row
        };
        for (value, column, reason) in [
            (row("tier", json!("a, expected Roe")), Some("tier"), "wrong_type"),
            (row("tier", json!("Roe at line 1")), Some("tier"), "wrong_type"),
            (row("category", json!("x`, expected Roe")), Some("category"), "unknown_code"),
            (row("Ann`Roe", json!(1)), None, "unknown_field"),
            (row("Ann`, expected Roe", json!(1)), None, "unknown_field"),
            (row("Ann[Roe]", json!(1)), None, "unknown_field"),
            (row("Ann.Roe", json!(1)), None, "unknown_field"),
            (
                row("events", json!([{ "kind": "call", "participants": { "Roe": [] } }])),
                Some("events.0.participants"),
                "unknown_code",
            ),
        ] {
            let fault = refused(&value);
            assert_eq!((fault.column.as_deref(), &*fault.reason), (column, reason), "{value}");
        }
    }

    #[test]
    fn text_that_is_not_json_is_malformed() {
        for text in ["", "{", "{\"local_id\": Roe}", "{}{}", "\u{0}"] {
            let problem = parse::<Value>(text.as_bytes()).unwrap_err();
            assert_eq!(problem.code(), Code::MalformedJson, "{text}");
        }
        assert!(parse::<Value>(b"\xff").is_err());
    }
}
