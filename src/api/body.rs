//! Reading a JSON body: errors name the fault and its place and never repeat the input.

use serde::de::{DeserializeOwned, IgnoredAny};
use serde_path_to_error::{Segment, Track};

use super::problem::{Code, Fault, Problem};
use crate::strict::{Strict, known_path, within};

/// Parses a JSON object. This may take long and must not run on the async executor's threads.
///
/// # Errors
/// When the text is not JSON, or not a `T`.
pub fn object<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Problem> {
    // A list is parsed as any value first, so that text that is not JSON is reported as malformed and not as a wrong
    // type.
    match bytes.iter().find(|byte| !byte.is_ascii_whitespace()) {
        Some(b'[') => parse::<IgnoredAny>(bytes).and_then(|_| parse(bytes)),
        _ => parse(bytes),
    }
}

fn parse<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Problem> {
    let mut reader = serde_json::Deserializer::from_slice(bytes);
    let mut track = Track::new();
    let strict = Strict(serde_path_to_error::Deserializer::new(&mut reader, &mut track));
    let value = T::deserialize(strict).map_err(|error| problem(track.path().iter(), &error))?;
    reader.end().map_err(|error| problem([].iter(), &error))?;
    Ok(value)
}

fn problem<'a>(path: impl Iterator<Item = &'a Segment>, error: &serde_json::Error) -> Problem {
    let place = format!("line {}, column {}", error.line(), error.column());
    if !error.is_data() {
        return Problem::new(Code::MalformedJson).detail(place);
    }
    let message = error.to_string();
    let (place_within, message) = within(&message);
    let (reason, detail) = described(message);
    let outer = Some(known_path(path, message)).filter(|path| !path.is_empty());
    let path: Vec<&str> = outer.as_deref().into_iter().chain(place_within).collect();
    let path = path.join(".");
    Problem::new(Code::InvalidInput).detail(place).fault(Fault {
        row: None,
        column: Some(path).filter(|path| !path.is_empty()),
        reason: reason.into(),
        detail,
    })
}

/// Returns the code of the reason and its description. Only the part of serde's message about the expected input is
/// kept: the part before it repeats the actual input.
fn described(message: &str) -> (&'static str, String) {
    let expected = || {
        // The input stands before the last occurrence and may hold the same words.
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

/// Returns the message of one of the model's own types if it is a known one, since these never repeat the input; else a
/// general text.
fn own_words(message: &str) -> String {
    let message = message.rsplit_once(" at line ").map_or(message, |(text, _)| text);
    let known = ["expected a date", "no such date", "not a valid "];
    if known.iter().any(|start| message.starts_with(start)) {
        message.to_owned()
    } else {
        "not a value that this member takes".to_owned()
    }
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

    /// A row as text, since the order of members counts.
    fn refused_text(body: &str) -> Fault {
        let text =
            format!(r#"{{"local_id":"1","source":"s","records":[{{"slot":"p","body":{body}}}]}}"#);
        object::<SubmittedRow>(text.as_bytes()).unwrap_err().body(None).faults.remove(0)
    }

    /// The place is found wherever the member `type` stands.
    #[test]
    fn what_is_wrong_within_a_body_is_named_by_its_place() {
        for (members, column, reason) in [
            (r#""names":["x"]"#, "names.0", "wrong_type"),
            (r#""names":[{"full":7}]"#, "names.0.full", "wrong_type"),
            (r#""names":[{"Roe":7}]"#, "names.0", "unknown_field"),
            (r#""phones":[["+44 20","GB"]]"#, "phones.0", "wrong_type"),
            (r#""birth_date":"1987-02-30""#, "birth_date", "bad_value"),
            (r#""documents":[{"kind":"passport"}]"#, "documents.0", "missing_field"),
            (r#""sex":"Roe""#, "sex", "unknown_code"),
            (r#""names":[],"names":[]"#, "", "duplicate_key"),
            (r#""Roe`: x":1"#, "", "unknown_field"),
        ] {
            for text in [
                format!(r#"{{"type":"person",{members}}}"#),
                format!(r#"{{{members},"type":"person"}}"#),
            ] {
                let fault = refused_text(&text);
                let path = format!("records.0.body.{column}");
                let path = path.trim_end_matches('.');
                assert_eq!(
                    (fault.column.as_deref(), &*fault.reason),
                    (Some(path), reason),
                    "{text}"
                );
                assert!(!fault.detail.contains("Roe"), "{text}: {}", fault.detail);
            }
        }
        let twice = refused_text(r#"{"type":"phone","number":"1","type":"phone"}"#);
        assert_eq!(&*twice.reason, "duplicate_key");
        assert_eq!(&*refused_text(r#"["person"]"#).reason, "wrong_type");
        assert_eq!(&*refused_text(r#"{"number":"1"}"#).reason, "missing_field");
    }

    #[test]
    fn a_list_is_no_object_anywhere() {
        for text in [
            r#"["1","s"]"#,
            r#"{"local_id":"1","source":"s","records":[["p",false,{"type":"phone","number":"1"}]]}"#,
            r#"{"local_id":"1","source":"s","ties":[["USES","a","b",{},1]]}"#,
            r#"{"local_id":"1","source":"s","ties":[{"kind":"USES","from":"a","to":"b","span":[]}]}"#,
            r#"{"local_id":"1","source":"s","release":["x","2099-01-01"]}"#,
        ] {
            let problem = object::<SubmittedRow>(text.as_bytes()).unwrap_err();
            assert_eq!(&*problem.body(None).faults[0].reason, "wrong_type", "{text}");
        }
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

    /// Texts and names that resemble serde's own words, to mislead the code that cuts the input out of its messages.
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
