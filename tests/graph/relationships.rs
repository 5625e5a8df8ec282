//! Relationships between entities: from ties and events, with direction and span.

use accord::graph::{RelationshipKind, Snapshot};
use accord::model::{EntityType, TieKind, Timestamp};
use serde_json::{Value, json};

use super::world::World;

fn at(text: &str) -> Option<Timestamp> {
    Some(text.parse().unwrap())
}

fn uses(id: &str, name: &str, phone: &str, since: &str, until: Option<&str>) -> Value {
    json!({
        "local_id": id, "source": "s", "category": "unknown",
        "records": [
            { "slot": "p", "body": { "type": "person", "names": [{ "full": name }], "birth_date": "1991-07-03" } },
            { "slot": "t", "body": { "type": "phone", "number": phone } },
        ],
        "ties": [{ "kind": "USES", "from": "p", "to": "t", "span": { "from": since, "to": until } }],
    })
}

fn call(id: &str, from: &str, to: &str, when: &str) -> Value {
    json!({
        "local_id": id, "source": "s",
        "records": [
            { "slot": "a", "body": { "type": "phone", "number": from } },
            { "slot": "b", "body": { "type": "phone", "number": to } },
        ],
        "events": [{ "kind": "call", "at": when, "participants": { "caller": ["a"], "callee": ["b"] } }],
    })
}

fn snapshot(rows: &[Value]) -> Snapshot {
    let world = World::empty();
    for row in rows {
        world.row("a", serde_json::from_value(row.clone()).unwrap());
    }
    world.snapshot("a")
}

#[test]
fn ties_of_one_kind_between_two_entities_are_one_relationship_with_the_span_of_all() {
    let snapshot = snapshot(&[
        uses(
            "1",
            "Katarina Horvat",
            "+442025550101",
            "2026-01-01T00:00:00Z",
            Some("2026-02-01T00:00:00Z"),
        ),
        uses("2", "Katarina Horvat", "020 2555 0101", "2026-03-01T00:00:00Z", None),
    ]);
    // The second number is a national one without a region: another phone.
    let people =
        snapshot.entities().iter().filter(|it| it.entity_type == EntityType::Person).count();
    assert_eq!(people, 1);
    let uses: Vec<_> = snapshot.relationships().iter().collect();
    assert!(uses.iter().all(|it| it.kind == RelationshipKind::Tie(TieKind::Uses)));
    let ties: u32 = uses.iter().map(|it| it.ties).sum();
    assert_eq!(ties, 2);
    let indexes = snapshot.relationships().indexes();
    let first = indexes.filter_map(|it| snapshot.span_of(it).from).min();
    assert_eq!(first, at("2026-01-01T00:00:00Z"));
}

#[test]
fn calls_have_a_direction_and_count_their_events() {
    let (a, b) = ("+442025550101", "+442025550102");
    let snapshot = snapshot(&[
        call("1", a, b, "2026-01-01T00:00:00Z"),
        call("2", a, b, "2026-01-05T00:00:00Z"),
        call("3", b, a, "2026-01-03T00:00:00Z"),
    ]);
    assert_eq!(snapshot.entities().len(), 2);
    let mut found: Vec<(String, usize, Option<Timestamp>, Option<Timestamp>)> = snapshot
        .relationships()
        .enumerated()
        .map(|(index, it)| {
            assert_eq!(it.kind, RelationshipKind::Called);
            let (source, span) = (snapshot.name(it.source), snapshot.span_of(index));
            (source, it.events as usize, span.from, span.to)
        })
        .collect();
    found.sort();
    let expected = [
        (a.to_owned(), 2, at("2026-01-01T00:00:00Z"), at("2026-01-05T00:00:00Z")),
        (b.to_owned(), 1, at("2026-01-03T00:00:00Z"), at("2026-01-03T00:00:00Z")),
    ];
    assert_eq!(found, expected);
    let index = snapshot.search("442025550101", None)[0].entity;
    assert_eq!(snapshot.neighbours_of(index).len(), 1);
    let outgoing: Vec<bool> = snapshot.neighbours(index).iter().map(|it| it.outgoing).collect();
    assert!(outgoing.contains(&true) && outgoing.contains(&false));
}

#[test]
fn a_crowd_makes_no_relationships_between_its_members() {
    let crowd = |people: usize| {
        let slots: Vec<String> = (0..people).map(|index| format!("p{index}")).collect();
        let records: Vec<Value> = slots
            .iter()
            .zip(["Horvat", "Hoxha", "Adeyemi", "Nguyen", "Weber", "Yilmaz", "Kovac", "Silva", "Popescu", "Okafor", "Ivanov", "Haddad", "Rossi"])
            .map(|(slot, name)| json!({ "slot": slot, "body": { "type": "person", "names": [{ "full": name }] } }))
            .collect();
        snapshot(&[json!({
            "local_id": "1", "source": "s", "category": "unknown", "records": records,
            "events": [{ "kind": "incident", "at": "2026-01-01T00:00:00Z", "participants": { "subject": slots } }],
        })])
    };
    assert_eq!(crowd(3).relationships().len(), 3);
    assert_eq!(crowd(12).relationships().len(), 66);
    assert_eq!(crowd(13).relationships().len(), 0);
}
