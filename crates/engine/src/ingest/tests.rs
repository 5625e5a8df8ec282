//! Tests of the records, ties and events that rows are mapped to, and of the reasons for refusing rows.

use std::io::Cursor;
use std::sync::Arc;

use proptest::prelude::*;

use super::*;
use crate::model::{Body, Handling, IdKey, SubjectCategory};

const MAPPING: &str = r#"
agency = "metro-police"
source = "persons"
format = "csv"
time_zone = "America/Chicago"
region = "US"
id = "no"
columns_ignored = ["clerk"]

[label]
category = { column = "status", values = { S = "suspect", V = "victim" }, default = "unknown" }
tier = 2

[[record]]
slot = "person"
type = "person"
[record.fields]
given = "first"
family = "last"
"full.2" = "alias"
birth_date = { column = "dob", formats = ["%m/%d/%Y", "%Y"], missing = ["N/A"] }
sex = { column = "sex", values = { F = "female", M = "male" } }
phone = "phone"

[[record]]
slot = "phone"
type = "phone"
[record.fields]
number = "phone"

[[record]]
slot = "place"
type = "address"
[record.fields]
latitude = "lat"
longitude = "lon"

[[tie]]
kind = "USES"
from = "person"
to = "phone"
since = "seen"
until = "left"
confidence = 0.9

[[event]]
kind = "payment"
at = "seen"
until = "left"
participants = { payer = ["person"], contact = ["phone"] }
amount = "paid"
currency = { constant = "USD" }
"#;

const HEADER: &str = "no,first,last,alias,dob,sex,phone,lat,lon,seen,left,paid,status,clerk\n";
const GOOD: &str =
    "1,Ana,Ruiz,Anita,03/04/1987,F,(312) 555-0100,41.9,-87.6,2026-03-01 10:00,,12.50,V,x\n";

fn mapper(text: &str) -> Arc<RowMapper> {
    let mapping = parse_mapping("m.toml", text).unwrap();
    Arc::new(RowMapper::new("m.toml", &mapping, &IdKey::default()).unwrap())
}

fn jsonl_mapper() -> Arc<RowMapper> {
    mapper(
        r#"
        agency = "border"
        source = "crossings"
        format = "jsonl"
        id = "id"
        id_prefix = "X-"
        columns_ignored = ["meta"]
        [label]
        category = "unknown"
        handling = "shared"
        [[record]]
        slot = "traveller"
        type = "person"
        [record.fields]
        full = "traveller.name"
        phone = "phones.0"
        "phone.2" = "phones.1"
        [[event]]
        kind = "crossing"
        at = "at"
        participants = { subject = ["traveller"] }
        [event.place]
        latitude = "at_lat"
        longitude = "at_lon"
        "#,
    )
}

type Row = (u64, Result<RowOutput, RowError>);

fn open(mapper: &Arc<RowMapper>, bytes: &[u8]) -> Result<RowReader, FileError> {
    let total = Some(bytes.len() as u64);
    RowReader::new(Box::new(Cursor::new(bytes.to_vec())), total, "f", Arc::clone(mapper))
}

fn rows(mapper: &Arc<RowMapper>, bytes: &[u8]) -> Vec<Row> {
    open(mapper, bytes).unwrap().map(Result::unwrap).collect()
}

fn csv(body: &str) -> Vec<Row> {
    rows(&mapper(MAPPING), format!("{HEADER}{body}").as_bytes())
}

fn refusal(row: &Row) -> (u64, Option<&str>, Reason) {
    let error = row.1.as_ref().unwrap_err();
    (row.0, error.column.as_deref(), error.reason)
}

#[test]
fn a_row_becomes_its_records_ties_and_events() {
    let found = csv(GOOD);
    let output = found[0].1.as_ref().unwrap();
    let ids: Vec<&str> = output.records.iter().map(|record| record.local_id.as_str()).collect();
    assert_eq!(ids, ["1", "1/phone", "1/place"]);
    let Body::Person(person) = &output.records[0].body else { panic!() };
    assert_eq!(person.names[0].given.as_deref(), Some("Ana"));
    assert_eq!(person.names[1].full.as_deref(), Some("Anita"));
    assert_eq!(person.birth_date.unwrap().to_string(), "1987-03-04");
    assert_eq!(person.phones[0].region.as_deref(), Some("US"));
    assert_eq!(output.records[1].raw["phone"], "(312) 555-0100");
    assert_eq!(output.records[1].raw.len(), 1);
    let (person, phone) = (&output.records[0], &output.records[1]);
    assert_eq!(person.label.category, SubjectCategory::Victim);
    // A victim's telephone is guarded as the victim is.
    assert_eq!((phone.label.category, phone.label.tier), (SubjectCategory::Victim, 2));
    assert_eq!(output.ties[0].confidence, 0.9);
    assert_eq!((output.ties[0].from, output.ties[0].to), (person.id, phone.id));
    assert_eq!(output.ties[0].label.category, SubjectCategory::Victim);
    assert_eq!(output.events[0].at.to_string(), "2026-03-01T16:00:00Z");
    assert_eq!(output.events[0].amount.as_ref().unwrap().cents, 1250);
    assert_eq!(output.events[0].participants.len(), 2);
}

#[test]
fn what_is_empty_in_a_row_makes_nothing_and_leaves_out_what_needs_it() {
    let found = csv("2,Ana,,,N/A,,,,,,,,,\n");
    let output = found[0].1.as_ref().unwrap();
    assert_eq!((output.records.len(), output.ties.len(), output.events.len()), (1, 0, 0));
    assert_eq!(output.records[0].label.category, SubjectCategory::Unknown);
    assert_eq!(output.records[0].label.handling, Handling::Own);
    let without_person = csv("3,,,,,,312,,,,,,,\n");
    let output = without_person[0].1.as_ref().unwrap();
    // The person has the phone too, so both are made.
    assert_eq!(output.records.len(), 2);
}

#[test]
fn bad_rows_are_refused_with_line_column_and_reason() {
    let long = "9".repeat(40_000);
    let cases: [(&str, Option<&str>, Reason); 20] = [
        (",Ana,,,,,,,,,,,,", Some("no"), Reason::IdMissing),
        ("1,Ana,,,02/30/1987,,,,,,,,,", Some("dob"), Reason::BadDate),
        ("1,Ana,,,25/03/1987,,,,,,,,,", Some("dob"), Reason::BadDate),
        ("1,Ana,,,,X,,,,,,,,", Some("sex"), Reason::UnknownCode),
        ("1,Ana,,,,,,91,0,,,,,", Some("lat"), Reason::BadLatitude),
        ("1,Ana,,,,,,NaN,0,,,,,", Some("lat"), Reason::BadNumber),
        ("1,Ana,,,,,,inf,0,,,,,", Some("lat"), Reason::BadNumber),
        ("1,Ana,,,,,,1,-180.5,,,,,", Some("lon"), Reason::BadLongitude),
        ("1,Ana,,,,,,1,,,,,,", Some("lon"), Reason::HalfCoordinates),
        ("1,Ana,,,,,,,,2026-02-30 10:00,,,,", Some("seen"), Reason::BadTime),
        ("1,Ana,,,,,,,,2026-03-02,2026-03-01,,,", Some("left"), Reason::EndBeforeBegin),
        ("1,Ana,,,,,,,,2026-03-02,,12.345,,", Some("paid"), Reason::BadAmount),
        ("1,Ana", None, Reason::TooFewColumns),
        ("1,Ana,,,,,,,,,,,,,", None, Reason::TooManyColumns),
        ("1,A\0na,,,,,,,,,,,,", Some("first"), Reason::Nul),
        ("1,,,,,,,,,,,,,", None, Reason::EmptyRow),
        ("1,,,,,,,,,,,,S,x", None, Reason::EmptyRow),
        ("1,\"Ana,,,,,,,,,,,,", None, Reason::UnclosedQuote),
        (&format!("1,{long},,,,,,,,,,,,"), Some("first"), Reason::CellTooLong),
        (&format!("{long},Ana,,,,,,,,,,,,"), Some("no"), Reason::IdTooLong),
    ];
    for (row, column, reason) in cases {
        let found = csv(&format!("{GOOD}{row}\n"));
        assert_eq!(found.len(), 2, "{reason:?}");
        assert_eq!(refusal(&found[1]), (3, column, reason));
    }
}

#[test]
fn a_quote_that_never_ends_costs_one_row_and_nothing_behind_it() {
    let mut body = String::from("1,\"Ana,,,,,,,,,,,,\n");
    (2..=9_000)
        .for_each(|n| body.push_str(&format!("{n},Bo,Li,,,,,41.9,-87.6,2026-03-01,,,S,x\n")));
    let found = csv(&body);
    assert_eq!(found.len(), 9_000);
    assert_eq!(refusal(&found[0]), (2, None, Reason::RowTooLong));
    assert!(found[1..].iter().all(|(_, row)| row.is_ok()));
    assert_eq!(found[8_999].0, 9_001);
}

#[test]
fn csv_may_have_a_byte_order_mark_quotes_with_newlines_blank_lines_and_no_last_line_end() {
    let text = format!(
        "\u{feff}{}\r\n1,\"A\r\nna\",\"O\"\"Hara, B\",,,,,,,,,,,\r\n\r\n2,Bo,,,,,,,,,,,,",
        HEADER.trim_end()
    );
    let found = rows(&mapper(MAPPING), text.as_bytes());
    assert_eq!(found.iter().map(|row| row.0).collect::<Vec<_>>(), [2, 5]);
    let Body::Person(person) = &found[0].1.as_ref().unwrap().records[0].body else { panic!() };
    assert_eq!(person.names[0].given.as_deref(), Some("A\r\nna"));
    assert_eq!(person.names[0].family.as_deref(), Some("O\"Hara, B"));
}

#[test]
fn bytes_that_are_not_utf_8_are_refused_also_when_split_over_two_cells() {
    let mapper = mapper(MAPPING);
    for cells in [&b"1,\xff,Li"[..], b"1,\xc3,\xa9"] {
        let bytes = [HEADER.as_bytes(), cells, b",,,,,,,,,,,\n"].concat();
        assert_eq!(refusal(&rows(&mapper, &bytes)[0]), (2, Some("first"), Reason::InvalidUtf8));
    }
}

#[test]
fn a_header_must_fit_the_mapping() {
    let fault = |text: &str| open(&mapper(MAPPING), text.as_bytes()).err().unwrap().fault;
    assert_eq!(fault(""), FileFault::NoHeader);
    assert_eq!(fault(&HEADER.replace("clerk", "agent")), FileFault::UnmappedColumn(14));
    assert_eq!(fault(&HEADER.replace(",lat", "")), FileFault::MissingColumn("lat".into()));
    assert_eq!(fault(&HEADER.replace("last", "first")), FileFault::RepeatedColumn("first".into()));
    assert_eq!(fault("no,\"first"), FileFault::Header(Reason::UnclosedQuote));
    // A file without a header: its first row is a person and must not show.
    let error = open(&mapper(MAPPING), b"1,Canary\n").err().unwrap().to_string();
    assert!(!error.contains("Canary"), "{error}");
}

#[test]
fn json_lines_are_flattened_and_ignore_what_the_mapping_ignores() {
    let line = r#"{"id":7,"traveller":{"name":"Li Bo"},"phones":["1","2"],"at":"2026-03-01T10:00:00Z",
        "at_lat":1.5,"at_lon":-2,"meta":{"a":[1,{"a":2,"a":3}]}}"#;
    let found = rows(&jsonl_mapper(), format!("\n \n{}\n", line.replace('\n', "")).as_bytes());
    assert_eq!(found[0].0, 3);
    let output = found[0].1.as_ref().unwrap();
    assert_eq!(output.records[0].local_id, "X-7");
    assert_eq!(output.records[0].label.handling, Handling::Shared);
    let Body::Person(person) = &output.records[0].body else { panic!() };
    assert_eq!(person.phones.len(), 2);
    assert_eq!(output.events[0].place.as_ref().unwrap().latitude, Some(1.5));
}

#[test]
fn bad_json_lines_are_refused_with_line_path_and_reason() {
    let long = format!(r#"{{"id":"{}"}}"#, "x".repeat(300_000));
    let cases: [(&str, Option<&str>, Reason); 14] = [
        ("{", None, Reason::MalformedJson),
        (r#"{"id":1} {"id":2}"#, None, Reason::MalformedJson),
        (r#"{"id":"\ud800"}"#, None, Reason::MalformedJson),
        ("[1]", None, Reason::WrongType),
        ("\"a\"", None, Reason::WrongType),
        (r#"{"id":{"a":1}}"#, Some("id"), Reason::WrongType),
        (r#"{"id":1,"traveller":"Li"}"#, Some("traveller"), Reason::WrongType),
        (r#"{"id":1,"id":2}"#, Some("id"), Reason::DuplicateKey),
        (
            r#"{"id":1,"at":null,"traveller.name":"a","traveller":{"name":"b"}}"#,
            Some("traveller.name"),
            Reason::DuplicateKey,
        ),
        (r#"{"id":1,"canary":2}"#, Some("#2"), Reason::UnknownColumn),
        (r#"{"id":123456789012345678901234567890}"#, Some("id"), Reason::BadNumber),
        (r#"{"id":"","traveller":{"name":"a"}}"#, Some("id"), Reason::IdMissing),
        (r#"{"id":1,"at":"2026-03-01T25:00:00Z"}"#, Some("at"), Reason::BadTime),
        (&long, None, Reason::RowTooLong),
    ];
    for (line, column, reason) in cases {
        let text = format!("{line}\n{{\"id\":2,\"traveller\":{{\"name\":\"a\"}}}}\n");
        let found = rows(&jsonl_mapper(), text.as_bytes());
        assert_eq!(refusal(&found[0]), (1, column, reason));
        assert!(found.len() == 2 && found[1].1.is_ok(), "{reason:?}");
    }
    let deep = "[".repeat(100_000);
    assert_eq!(refusal(&rows(&jsonl_mapper(), deep.as_bytes())[0]).2, Reason::WrongType);
}

#[test]
fn mapping_errors_name_file_key_and_reason() {
    let cases = [
        ("agency = \"metro-police\"", "agency = \"\"", "agency: must not be empty"),
        ("Chicago", "Atlantis", "time_zone: no such time zone"),
        ("region = \"US\"", "region = \"USA\"", "region: expected an ISO"),
        ("tier = 2", "tier = 5", "label.tier: a tier"),
        ("default = \"unknown\"", "default = \"guilty\"", "label.category: a constant"),
        ("given = ", "gven = ", "record[0].fields.gven: no such field"),
        ("\"full.2\"", "\"full.3\"", "record[0].fields.full.3: no such field"),
        ("%m/%d/%Y", "%m/%d", "record[0].fields.birth_date: the format"),
        ("M = \"male\"", "M = \"mann\"", "record[0].fields.sex: a constant"),
        (
            "number = \"phone\"",
            "region = \"phone\"",
            "record[1].fields.number: this field is needed",
        ),
        ("longitude = \"lon\"\n", "", "record[2].fields.longitude: latitude and longitude"),
        ("slot = \"phone\"", "slot = \"person\"", "record[1].slot: stated twice"),
        ("to = \"phone\"", "to = \"car\"", "tie[0].to: no record has this slot"),
        ("confidence = 0.9", "confidence = 1.9", "tie[0].confidence: a confidence"),
        (
            "contact = [\"phone\"]",
            "contact = [\"car\"]",
            "event[0].participants.contact: no record",
        ),
        ("currency = { constant = \"USD\" }", "", "event[0].currency: this field is needed"),
        ("\"USD\"", "\"Dollar\"", "event[0].currency: a constant"),
        ("[\"clerk\"]", "[\"phone\"]", "columns_ignored: the column is used"),
        ("id = \"no\"", "id = \"no\"\ncolour = 1", "unknown field `colour`"),
        ("format = \"csv\"", "format = \"xml\"", "unknown variant `xml`"),
    ];
    for (from, to, expected) in cases {
        assert!(MAPPING.contains(from), "{from}");
        let error = parse_mapping("m.toml", &MAPPING.replace(from, to))
            .and_then(|mapping| RowMapper::new("m.toml", &mapping, &IdKey::default()))
            .expect_err(expected)
            .to_string();
        assert!(error.starts_with("m.toml: ") && error.contains(expected), "{error}");
    }
}

fn submitted() -> serde_json::Value {
    serde_json::json!({
        "local_id": "9", "source": "desk", "category": "victim",
        "records": [
            {"slot": "person", "body": {"type": "person", "names": [{"full": "Ana Ruiz"}]}},
            {"slot": "home", "body": {"type": "address", "latitude": 1.0, "longitude": 2.0}},
        ],
        "ties": [{"kind": "LIVES_AT", "from": "person", "to": "home"}],
        "events": [{"kind": "sighting", "at": "2026-03-01T10:00:00Z",
                    "participants": {"subject": ["person"]}}],
    })
}

fn submit(value: serde_json::Value) -> Result<RowOutput, RowError> {
    let row: SubmittedRow = serde_json::from_value(value).unwrap();
    row.into_output("metro-police", &IdKey::default())
}

#[test]
fn a_submitted_row_becomes_what_the_same_row_of_a_file_becomes() {
    let from_file = csv("9,Ana,Ruiz,,,,,,,,,,V,x\n");
    let mut value = submitted();
    value["records"] = serde_json::json!([{"slot": "person", "body":
        {"type": "person", "names": [{"given": "Ana", "family": "Ruiz"}]}}]);
    value["source"] = "persons".into();
    value["tier"] = 2.into();
    value["ties"] = serde_json::json!([]);
    value["events"] = serde_json::json!([]);
    let mut expected = from_file[0].1.clone().unwrap();
    expected.records[0].raw.clear();
    assert_eq!(submit(value).unwrap(), expected);
}

#[test]
fn bad_submitted_rows_are_refused_with_path_and_reason() {
    let cases = [
        ("/local_id", serde_json::json!(" "), Some("local_id"), Reason::IdMissing),
        ("/tier", serde_json::json!(9), Some("tier"), Reason::BadTier),
        ("/records/1/slot", serde_json::json!("person"), Some("records.1.slot"), Reason::Repeated),
        (
            "/records/1/body/latitude",
            serde_json::json!(91),
            Some("records.1.body.latitude"),
            Reason::BadLatitude,
        ),
        (
            "/records/1/body/longitude",
            serde_json::Value::Null,
            Some("records.1.body.longitude"),
            Reason::HalfCoordinates,
        ),
        (
            "/records/0/body/names",
            serde_json::json!([]),
            Some("records.0.body"),
            Reason::EmptyRecord,
        ),
        (
            "/records/0/body/names/0/full",
            serde_json::json!("a\u{0}"),
            Some("records.0.body.names.0.full"),
            Reason::Nul,
        ),
        ("/ties/0/to", serde_json::json!("car"), Some("ties.0.to"), Reason::UnknownSlot),
        (
            "/events/0/until",
            serde_json::json!("2026-02-01T10:00:00Z"),
            Some("events.0.until"),
            Reason::EndBeforeBegin,
        ),
        (
            "/events/0/participants/subject",
            serde_json::json!(["car"]),
            Some("events.0.participants.subject"),
            Reason::UnknownSlot,
        ),
    ];
    assert!(submit(submitted()).is_ok());
    for (pointer, to, column, reason) in cases {
        let mut value = submitted();
        value["tier"] = 0.into();
        value["events"][0]["until"] = "2026-04-01T10:00:00Z".into();
        *value.pointer_mut(pointer).unwrap() = to;
        let error = submit(value).unwrap_err();
        assert_eq!((error.column.as_deref(), error.reason), (column, reason));
    }
}

/// Fault 7: only persons, phones and addresses bore it.
#[test]
fn all_that_a_row_about_a_victim_makes_bears_its_category() {
    let mut value = submitted();
    value["category"] = "victim".into();
    for (slot, body) in [
        ("car", serde_json::json!({ "type": "vehicle", "plate": "LM30 YAM" })),
        ("farm", serde_json::json!({ "type": "organization", "name": "Orchard Farm" })),
    ] {
        let record = serde_json::json!({ "slot": slot, "body": body });
        value["records"].as_array_mut().unwrap().push(record);
    }
    let made = submit(value).unwrap();
    let labels = made.records.iter().map(|it| &it.label);
    let labels = labels.chain(made.ties.iter().map(|it| &it.label));
    let labels = labels.chain(made.events.iter().map(|it| &it.label));
    labels.for_each(|label| assert_eq!(label.category, SubjectCategory::Victim));
}

/// Fault 4: a slot that the mapping marks as public is for all, and shows nothing of the row.
#[test]
fn a_public_slot_of_a_row_about_a_victim_is_of_nobody() {
    let mut value = submitted();
    value["category"] = "victim".into();
    value["release"] =
        serde_json::json!({ "reference": "letter 7", "until": "2027-01-01T00:00:00Z" });
    let body = serde_json::json!({ "type": "vehicle", "plate": "LM30 YAM" });
    let record = serde_json::json!({ "slot": "car", "public": true, "body": body });
    value["records"].as_array_mut().unwrap().push(record);
    let made = submit(value.clone()).unwrap();
    let car = made.records.last().unwrap();
    assert_eq!(car.label.category, SubjectCategory::Unknown);
    assert!(car.raw.is_empty(), "what the row cites is of the row");
    value["records"][0]["public"] = true.into();
    let error = submit(value).unwrap_err();
    assert_eq!(
        (error.column.as_deref(), error.reason.code()),
        (Some("records.0.public"), "public_person")
    );
}

#[test]
fn a_submitted_row_with_a_person_names_its_category_and_one_without_need_not() {
    let mut value = submitted();
    value.as_object_mut().unwrap().remove("category");
    let error = submit(value.clone()).unwrap_err();
    assert_eq!((error.column.as_deref(), error.reason), (Some("category"), Reason::NoCategory));
    value["category"] = "unknown".into();
    let said = submit(value.clone()).unwrap();
    assert_eq!(said.records[0].label.category, SubjectCategory::Unknown);
    // Not by the first record only.
    value.as_object_mut().unwrap().remove("category");
    value["records"].as_array_mut().unwrap().swap(0, 1);
    assert_eq!(submit(value.clone()).unwrap_err().reason, Reason::NoCategory);
    value["records"].as_array_mut().unwrap().pop();
    value["ties"] = serde_json::json!([]);
    value["events"] = serde_json::json!([]);
    let home = submit(value).unwrap();
    assert_eq!(home.records[0].label.category, SubjectCategory::Unknown);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn arbitrary_bytes_never_panic_and_never_show_in_errors(
        lines in proptest::collection::vec(("[a-z0-9,\"{}:\\[\\]\r\n\\\\]{0,60}", any::<Vec<u8>>()), 0..20)
    ) {
        let noise: Vec<u8> = lines.into_iter().flat_map(|(text, bytes)| [text.into_bytes(), bytes].concat()).collect();
        for (mapper, head) in [(mapper(MAPPING), HEADER), (jsonl_mapper(), "")] {
            let bytes = [head.as_bytes(), &noise, b"\n"].concat();
            let mut reader = open(&mapper, &bytes).unwrap();
            let mut last = 0;
            for row in reader.by_ref() {
                let (line, row) = row.unwrap();
                prop_assert!(line > last, "each row is met once, in order");
                last = line;
                if let Err(error) = row {
                    let known = |c: &String| c.starts_with('#') || mapper.columns().contains(c)
                        || HEADER.contains(c.as_str()) || c == "traveller" || c == "phones";
                    prop_assert!(error.column.as_ref().is_none_or(known));
                }
            }
            prop_assert_eq!(reader.bytes_done(), bytes.len() as u64);
        }
    }
}
