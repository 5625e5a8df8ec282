//! The ties and events that relationships rest on, and lookups of events by id.

use std::sync::Arc;

use accord::graph::{Snapshot, Statement};
use accord::model::{EventId, Span};
use accord::query::{Value, projection};
use serde_json::json;

use super::world::World;

/// Two open people and a victim, who met one of them.
fn snapshot() -> Arc<Snapshot> {
    let world = World::empty();
    let row = |id: &str, category: &str, name: &str, number: &str, days: &[u32]| {
        let event = |day: &u32| {
            json!({
                "kind": "sighting", "at": format!("2026-01-{day:02}T00:00:00Z"),
                "place": { "city": "Dover" }, "participants": { "subject": ["p"], "contact": ["t"] },
            })
        };
        let mut events: Vec<_> = days.iter().map(event).collect();
        // The id of an event is of its kind.
        let kinds = ["sighting", "call", "message", "booking"];
        events.iter_mut().zip(kinds).for_each(|(event, kind)| event["kind"] = json!(kind));
        json!({
            "local_id": id, "source": "s", "category": category, "handling": "shared",
            "records": [
                { "slot": "p", "body": { "type": "person", "names": [{ "full": name }], "birth_date": "1991-07-03" } },
                { "slot": "t", "body": { "type": "phone", "number": number } },
            ],
            "ties": [{ "kind": "USES", "from": "p", "to": "t", "span": { "from": "2026-01-05T00:00:00Z" } }],
            "events": events,
        })
    };
    for row in [
        row("1", "suspect", "Katarina Horvat", "+442025550143", &[9, 3]),
        row("2", "victim", "Blerim Hoxha", "+442025550177", &[8, 7, 6, 2]),
    ] {
        world.row("a", serde_json::from_value(row).unwrap());
    }
    Arc::new(world.snapshot("a"))
}

#[test]
fn what_shows_a_relationship_is_what_it_counts() {
    let snapshot = snapshot();
    let mut shown = Vec::new();
    for (index, relationship) in snapshot.relationships().enumerated() {
        let statements: Vec<Statement> = snapshot.statements_of(index).collect();
        let ties = statements.iter().filter(|it| matches!(it, Statement::Tie(_))).count();
        assert_eq!(ties, relationship.ties as usize);
        assert_eq!(statements.len() - ties, relationship.events as usize);
        assert!(statements.is_sorted());
        shown.extend(statements);
    }
    shown.sort_unstable();
    shown.dedup();
    assert_eq!(shown.len(), snapshot.ties().len() + snapshot.events().len(), "each shows one here");
}

#[test]
fn what_is_masked_has_no_time_and_comes_last() {
    let open = snapshot();
    let masked = open.masked().in_case("CASE-1");
    let all = |snapshot: &Snapshot| -> Vec<Statement> {
        let ties = snapshot.ties().indexes().map(Statement::Tie);
        ties.chain(snapshot.events().indexes().map(Statement::Event)).collect()
    };
    let times = |snapshot: &Snapshot, most: usize| -> Vec<Span> {
        let first = snapshot.first_in_time(all(snapshot).into_iter(), most);
        first.into_iter().map(|it| snapshot.time_shown(it)).collect()
    };
    let before = times(&open, 9);
    assert_eq!(before.len(), 8);
    assert!(before.is_sorted_by_key(|span| span.from) && before[0].from.is_some());
    let shown = times(&masked, 9);
    let (dated, undated) = shown.split_at(3);
    assert!(dated.is_sorted_by_key(|span| span.from) && dated.iter().all(|it| it.from.is_some()));
    assert_eq!((undated.len(), undated.iter().all(|it| *it == Span::default())), (5, true));
    // The order does not depend on how many statements are asked for.
    let whole = masked.first_in_time(all(&masked).into_iter(), 9);
    for most in 0..9 {
        let first = masked.first_in_time(all(&masked).into_iter().rev(), most);
        assert_eq!(first, whole[..most.min(8)]);
    }
}

#[test]
fn an_event_opens_by_the_id_that_stored_queries_have_in_its_case_only() {
    let open = snapshot();
    let cases = ["CASE-1", "CASE-2"].map(|case| open.masked().in_case(case));
    let ids = cases.each_ref().map(|snapshot| -> Vec<EventId> {
        let graph = projection(snapshot, "view");
        let events = graph.nodes.iter().filter(|node| node.labels == ["Event"]);
        let id = |value: &Value| match value {
            Value::String(id) => id.parse().unwrap(),
            other => panic!("{other:?}"),
        };
        events.map(|node| id(&node.properties["id"])).collect()
    });
    assert_eq!(ids[0].len(), 6);
    let mut same = 0;
    for (index, id) in cases[0].events().indexes().zip(&ids[0]) {
        assert_eq!(cases[0].event(*id), Some(index));
        assert_eq!(cases[0].event_id(index), *id);
        let stored = open.event_id(index);
        let is_masked = cases[0].is_masked_statement(Statement::Event(index));
        assert_eq!(cases[0].event(stored).is_some(), !is_masked);
        assert_eq!(cases[1].event(*id), (!is_masked).then_some(index));
        same += usize::from(ids[1].contains(id));
    }
    assert_eq!(same, 2);
    // A case made of a case that looked up what is masked keeps nothing of its ids.
    let again = cases[0].in_case("CASE-2");
    assert!(ids[1].iter().all(|id| again.event(*id).is_some()));
    assert_eq!(ids[0].iter().filter(|id| again.event(**id).is_some()).count(), 2);
}
