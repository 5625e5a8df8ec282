//! Relationships that events show between their participants, with direction and span, as far as the caller sees them.

use accord::graph::{EntityIndex, RelationshipKind, Snapshot};
use accord::ingest::SubmittedRow;
use accord::jobs;
use accord::model::{EntityType, Handling, Span, Timestamp};
use serde_json::{Value, json};

use super::world::World;

const CROWD: [&str; 13] = [
    "Horvat", "Hoxha", "Adeyemi", "Nguyen", "Weber", "Yilmaz", "Kovac", "Silva", "Popescu",
    "Okafor", "Ivanov", "Haddad", "Rossi",
];

fn at(text: &str) -> Option<Timestamp> {
    Some(text.parse().unwrap())
}

fn person(slot: &str, name: &str) -> Value {
    json!({ "slot": slot, "body": {
        "type": "person", "names": [{ "full": name }], "birth_date": "1991-07-03",
    }})
}

fn row(id: &str, records: &[Value], events: &[Value]) -> Value {
    json!({ "local_id": id, "source": "s", "category": "unknown", "records": records, "events": events })
}

fn snapshot(rows: &[Value]) -> Snapshot {
    let world = World::empty();
    for row in rows {
        world.row("a", serde_json::from_value(row.clone()).unwrap());
    }
    world.snapshot("a")
}

/// Every relationship as (name of the source, kind, name of the target).
fn named(snapshot: &Snapshot) -> Vec<(String, RelationshipKind, String)> {
    let name = |entity: EntityIndex| snapshot.name(entity);
    snapshot.relationships().iter().map(|it| (name(it.source), it.kind, name(it.target))).collect()
}

#[test]
fn money_messages_and_stays_go_one_way() {
    let people = [person("a", "Katarina Horvat"), person("b", "Blerim Hoxha")];
    let event = |kind: &str, participants: Value| json!({ "kind": kind, "at": "2026-01-01T00:00:00Z", "participants": participants });
    for (kind, participants, expected) in [
        ("payment", json!({ "payer": ["b"], "payee": ["a"] }), RelationshipKind::Paid),
        ("message", json!({ "caller": ["b"], "callee": ["a"] }), RelationshipKind::Messaged),
        ("call", json!({ "caller": ["b"], "callee": ["a"] }), RelationshipKind::Called),
        ("booking", json!({ "guest": ["b"], "host": ["a"] }), RelationshipKind::BookedAt),
        ("booking", json!({ "guest": ["b"], "location": ["a"] }), RelationshipKind::BookedAt),
    ] {
        let snapshot = snapshot(&[row("1", &people, &[event(kind, participants)])]);
        let found = named(&snapshot);
        assert_eq!(found, [("Blerim Hoxha".into(), expected, "Katarina Horvat".into())], "{kind}");
    }
}

#[test]
fn the_same_event_has_no_direction_and_goes_out_from_the_smaller_id() {
    let seen = |subject: &str, contact: &str| {
        let people = [person("a", "Katarina Horvat"), person("b", "Blerim Hoxha")];
        let participants = json!({ "subject": [subject], "contact": [contact] });
        let event = json!({ "kind": "incident", "at": "2026-01-01T00:00:00Z", "participants": participants });
        snapshot(&[row("1", &people, &[event])])
    };
    let (one, other) = (seen("a", "b"), seen("b", "a"));
    assert_eq!(one.relationships(), other.relationships());
    let all: Vec<_> = one.relationships().iter().collect();
    let [only] = all[..] else { panic!("one relationship") };
    assert_eq!(only.kind, RelationshipKind::SameEvent);
    assert!(one.entity_id(only.source) < one.entity_id(only.target));
}

#[test]
fn an_event_counts_once_for_a_pair_and_lasts_until_its_end() {
    // Two records of one row that are one person, and another person: one event, shown twice.
    let people = [
        person("a", "Katarina Horvat"),
        person("b", "Katarina Horvat"),
        person("c", "Blerim Hoxha"),
    ];
    let event = json!({
        "kind": "incident", "at": "2026-01-01T00:00:00Z", "until": "2026-01-03T00:00:00Z",
        "participants": { "subject": ["a", "b", "c"] },
    });
    let later = json!({
        "kind": "sighting", "at": "2026-01-02T00:00:00Z", "participants": { "subject": ["a", "c"] },
    });
    let snapshot = snapshot(&[row("1", &people, &[event, later])]);
    assert_eq!(snapshot.entities().len(), 2, "no relationship of a person with itself");
    let all: Vec<_> = snapshot.relationships().iter().collect();
    let [only] = all[..] else { panic!("one relationship") };
    assert_eq!(only.events, 2);
    let Span { from, to } = snapshot.span_of(snapshot.relationships().nth(0).unwrap());
    assert_eq!((from, to), (at("2026-01-01T00:00:00Z"), at("2026-01-03T00:00:00Z")));
    assert_eq!(snapshot.neighbours(snapshot.entities().nth(0).unwrap())[0].evidence, 2);
}

#[test]
fn ties_that_meet_again_are_one_relationship_and_ties_within_an_entity_none() {
    let tie = |id: &str, span: Value| {
        json!({
            "local_id": id, "source": "s", "category": "unknown",
            "records": [
                person("p", "Katarina Horvat"),
                { "slot": "t", "body": { "type": "phone", "number": "+442025550101" } },
            ],
            "ties": [{ "kind": "USES", "from": "p", "to": "t", "span": span }],
        })
    };
    let one = snapshot(&[
        tie("1", json!({ "from": "2026-02-01T00:00:00Z", "to": "2026-03-01T00:00:00Z" })),
        tie("2", json!({ "from": "2026-01-01T00:00:00Z" })),
        tie("3", json!({})),
    ]);
    let all: Vec<_> = one.relationships().iter().collect();
    let [only] = all[..] else { panic!("one relationship") };
    assert_eq!((only.ties, only.events), (3, 0));
    assert_eq!(one.entities()[only.source].entity_type, EntityType::Person);
    let Span { from, to } = one.span_of(one.relationships().nth(0).unwrap());
    assert_eq!((from, to), (at("2026-01-01T00:00:00Z"), at("2026-03-01T00:00:00Z")));

    let own = json!({
        "local_id": "1", "source": "s", "category": "unknown",
        "records": [person("a", "Katarina Horvat"), person("b", "Katarina Horvat")],
        "ties": [{ "kind": "ASSOCIATED_WITH", "from": "a", "to": "b" }],
    });
    let within = snapshot(&[own]);
    assert_eq!(
        (within.entities().len(), within.relationships().len(), within.ties().len()),
        (1, 0, 1)
    );
}

/// The size of a crowd counts the participants that the caller sees: an event that is hidden in part is related as if
/// its hidden part had not been there.
#[test]
fn the_size_of_a_crowd_is_that_of_its_visible_part() {
    let slots: Vec<String> = CROWD.iter().map(|name| name.to_lowercase()).collect();
    let records: Vec<Value> =
        slots.iter().zip(CROWD).map(|(slot, name)| person(slot, name)).collect();
    let event = json!({
        "kind": "incident", "at": "2026-01-01T00:00:00Z", "participants": { "subject": slots },
    });
    let mut row = row("1", &records, &[event]);
    row["handling"] = json!("shared");
    let row: SubmittedRow = serde_json::from_value(row).unwrap();
    let world = World::empty();
    let mut output = row.into_output("a", &world.id_key).unwrap();
    output.records[8..].iter_mut().for_each(|record| record.label.handling = Handling::Own);
    jobs::submit(
        &world.store,
        world.engine.as_ref(),
        vec![output],
        crate::policy::handed_in(),
        &crate::unlogged::MAKING,
    )
    .unwrap();
    let (owner, other) = (world.snapshot("a"), world.snapshot("b"));
    assert_eq!((owner.records().len(), owner.relationships().len()), (13, 0));
    assert_eq!((other.records().len(), other.relationships().len()), (8, 8 * 7 / 2));
    assert_eq!(other.events().first().unwrap().participants.len(), 8);
}
