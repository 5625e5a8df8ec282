//! The laws of movement.

use std::collections::BTreeMap;

use proptest::prelude::*;

use super::*;
use crate::graph::{Entity, Parts, Position, RecordIndex, Snapshot};
use crate::model::{
    Body, EntityType, Event, EventId, EventKind, Handling, IdKey, Label, Participant, Person,
    Place, Record, RecordId, Role, Span, SubjectCategory, Tie, TieKind, Timestamp, Vehicle,
};

const HOUR: i64 = 3_600_000_000;
const CHICAGO: (f64, f64) = (41.88, -87.63);
const DETROIT: (f64, f64) = (42.33, -83.05);
const PARIS: (f64, f64) = (48.8566, 2.3522);
const LONDON: (f64, f64) = (51.5074, -0.1278);

fn label() -> Label {
    let category = SubjectCategory::Unknown;
    Label { agency: "a".into(), category, tier: 0, handling: Handling::Shared, ..Label::default() }
}

fn record(local_id: &str, body: Body) -> Record {
    let id = IdKey::default().record("a", local_id);
    let raw = BTreeMap::new();
    let (grade, nature) = (None, None);
    Record {
        id,
        local_id: local_id.into(),
        sibling: false,
        public: false,
        source: "s".into(),
        label: label(),
        grade,
        nature,
        raw,
        body,
    }
}

fn person() -> RecordId {
    IdKey::default().record("a", "person")
}

fn car() -> RecordId {
    IdKey::default().record("a", "car")
}

/// A sighting of somebody in a city, at a time in hours.
fn seen(no: usize, who: RecordId, hours: i64, city: &str, at: Option<(f64, f64)>) -> Event {
    let local_id = no.to_string();
    Event {
        id: IdKey::default().event("a", &local_id, EventKind::Sighting),
        local_id,
        source: "s".into(),
        kind: EventKind::Sighting,
        at: Timestamp::from_micros(hours * HOUR).unwrap(),
        until: None,
        place: Some(Place {
            city: (!city.is_empty()).then(|| city.to_owned()),
            latitude: at.map(|at| at.0),
            longitude: at.map(|at| at.1),
            ..Place::default()
        }),
        participants: vec![Participant { role: Role::Subject, record: who }],
        text: None,
        amount: None,
        label: label(),
    }
}

/// A person and a car, which the person drives.
fn snapshot(mut events: Vec<Event>) -> Snapshot {
    let mut records = vec![
        record("person", Body::Person(Person::default())),
        record("car", Body::Vehicle(Vehicle::default())),
    ];
    records.sort_by_key(|record| record.id);
    events.sort_by_key(|event| event.id);
    let entities = (0u32..).zip(&records).map(|(index, record)| {
        let entity_type = record.entity_type();
        (
            IdKey::default().entity(entity_type, record.id),
            entity_type,
            [RecordIndex::new(index)].into(),
        )
    });
    let entities = Entity::list(entities);
    let drives = Tie {
        id: IdKey::default().tie("a", "t", TieKind::Drives, person(), car()),
        kind: TieKind::Drives,
        from: person(),
        to: car(),
        span: Span::default(),
        confidence: 1.0,
        local_id: "t".into(),
        label: label(),
    };
    Parts { records, entities, ties: vec![drives], events, ..Parts::default() }.snapshot()
}

fn of(entity_type: EntityType, events: Vec<Event>) -> Itinerary {
    let snapshot = snapshot(events);
    let mut entities = snapshot.entities().enumerated();
    let (entity, _) = entities.find(|(_, it)| it.entity_type == entity_type).unwrap();
    itinerary(&snapshot, entity, &MovementOptions::default())
}

fn of_person(events: Vec<Event>) -> Itinerary {
    of(EntityType::Person, events)
}

#[test]
fn distances_are_those_of_the_ellipsoid() {
    let km = |from, to| metres(from, to) / 1000.0;
    assert!((km(PARIS, LONDON) - 343.6).abs() < 1.0, "{}", km(PARIS, LONDON));
    let (jfk, lhr) = ((40.6398, -73.7789), (51.4775, -0.4614));
    assert!((km(jfk, lhr) - 5554.0).abs() < 6.0, "{}", km(jfk, lhr));
    assert!((km((0.0, 179.5), (0.0, -179.5)) - 111.3).abs() < 0.1, "over the date line");
}

#[test]
fn sightings_at_one_place_are_one_stay() {
    let near = (CHICAGO.0 + 0.003, CHICAGO.1);
    let found = of_person(vec![
        seen(1, person(), 0, "Chicago", Some(CHICAGO)),
        seen(2, person(), 12, "Chicago", Some(near)),
        seen(3, person(), 25, "Chicago", Some(CHICAGO)),
        seen(4, person(), 26, "chicago", None),
    ]);
    let stops: Vec<_> = found.stays.iter().map(|stay| stay.stops.clone()).collect();
    assert_eq!(stops, [vec![0, 1], vec![2, 3]]);
    assert!(found.routes.is_empty(), "one city is no route");
}

#[test]
fn impossible_travel_is_told_and_is_no_route() {
    let there = |hours| {
        of_person(vec![
            seen(1, person(), 0, "Paris", Some(PARIS)),
            seen(2, person(), hours, "Chicago", Some(CHICAGO)),
        ])
    };
    let slow = there(9);
    assert_eq!((slow.impossible_travel.len(), slow.routes.len()), (0, 1));
    let fast = there(5);
    assert_eq!((&fast.impossible_travel[..], fast.routes.len()), (&[0][..], 0));
    assert!(fast.legs[0].slack_metres.unwrap() < 0.0 && fast.legs[0].speed_kmh.unwrap() > 1000.0);
}

#[test]
fn a_vehicle_is_slower_than_a_person_and_a_stop_says_through_what() {
    let events = |who| {
        vec![seen(1, who, 0, "Chicago", Some(CHICAGO)), seen(2, who, 2, "Detroit", Some(DETROIT))]
    };
    assert!(of_person(events(person())).impossible_travel.is_empty());
    let through = of_person(events(car()));
    assert_eq!(through.impossible_travel, [0]);
    assert_eq!(through.stops[0].through.unwrap().relationship, TieKind::Drives);
    assert_eq!(of(EntityType::Vehicle, events(car())).impossible_travel, [0]);
    assert!(of(EntityType::Vehicle, events(person())).stops.is_empty());
}

#[test]
fn an_unknown_distance_is_unknown_and_a_gap_ends_a_route() {
    let found = of_person(vec![
        seen(1, person(), 0, "Chicago", None),
        seen(2, person(), 30, "Detroit", Some(DETROIT)),
        seen(3, person(), 30 + 24 * 15, "Paris", Some(PARIS)),
    ]);
    assert_eq!((found.legs[0].metres, found.legs[0].feasible), (None, Feasibility::Unknown));
    let cities: Vec<_> = found.routes[0].visits.iter().map(|visit| visit.city.as_str()).collect();
    assert_eq!((found.routes.len(), &cities[..]), (1, &["chicago", "detroit"][..]));
}

#[test]
fn an_advertisement_is_listed_and_shows_no_presence() {
    let mut ad = seen(2, person(), 1, "Paris", Some(PARIS));
    (ad.kind, ad.participants[0].role) = (EventKind::Ad, Role::Contact);
    let found = of_person(vec![seen(1, person(), 0, "Chicago", Some(CHICAGO)), ad]);
    assert_eq!((found.stops.len(), found.stays.len(), found.legs.len()), (2, 1, 0));
}

#[test]
fn a_circuit_recurs() {
    let cities = ["Chicago", "Detroit", "Toledo"];
    let events = (0..6).map(|no| seen(no, person(), no as i64 * 48, cities[no % 3], None));
    let found = of_person(events.collect());
    assert_eq!(found.patterns.len(), 1);
    assert_eq!(found.patterns[0].cities, ["chicago", "detroit", "toledo"]);
    let at: Vec<_> = found.patterns[0].occurrences.iter().map(|seen| seen.visit).collect();
    assert_eq!(at, [0, 3]);
}

fn wandering() -> impl Strategy<Value = Vec<Event>> {
    let known = [
        ("Chicago", Some(CHICAGO)),
        ("Detroit", Some(DETROIT)),
        ("Paris", Some(PARIS)),
        ("London", Some(LONDON)),
        ("Toledo", None),
        ("", Some((42.0, -85.0))),
    ];
    let one = (0i64..400, 0..known.len(), any::<bool>());
    proptest::collection::vec(one, 0..25).prop_map(move |all| {
        let event = |(no, (hours, place, by_car)): (usize, (i64, usize, bool))| {
            let (city, at) = known[place];
            seen(no, if by_car { car() } else { person() }, hours, city, at)
        };
        all.into_iter().enumerate().map(event).collect()
    })
}

proptest! {
    #[test]
    fn routes_advance_and_can_be_travelled(events in wandering()) {
        let found = of_person(events);
        for route in &found.routes {
            prop_assert!(route.visits.len() > 1);
            for pair in route.visits.windows(2) {
                prop_assert!(pair[0].to < pair[1].from && pair[0].city != pair[1].city);
            }
            let first = route.visits[0].stays[0];
            let last = *route.visits.last().unwrap().stays.last().unwrap();
            for leg in &found.legs[first..last] {
                prop_assert!(leg.feasible != Feasibility::Impossible);
            }
        }
    }

    #[test]
    fn a_feasible_leg_obeys_the_inequality_and_an_impossible_one_does_not(events in wandering()) {
        let found = of_person(events);
        prop_assert_eq!(found.legs.len(), found.stays.len().saturating_sub(1));
        for (at, leg) in found.legs.iter().enumerate() {
            let impossible = found.impossible_travel.contains(&at);
            prop_assert_eq!(impossible, leg.feasible == Feasibility::Impossible);
            let Some(metres) = leg.metres else { continue };
            let reach = leg.speed_max_kmh / 3.6 * (leg.seconds + 300.0);
            prop_assert_eq!(impossible, (metres - 1000.0).max(0.0) > reach + 1e-6);
        }
    }

    #[test]
    fn the_order_of_input_changes_nothing(events in wandering(), turn in 0usize..25) {
        let mut other = events.clone();
        if !other.is_empty() {
            other.rotate_left(turn % events.len());
            other.reverse();
        }
        prop_assert_eq!(of_person(other), of_person(events));
    }

    #[test]
    fn every_stop_with_presence_is_in_one_stay(events in wandering()) {
        let count = events.len();
        let found = of_person(events);
        let inside: Vec<usize> = found.stays.iter().flat_map(|stay| stay.stops.clone()).collect();
        prop_assert_eq!(inside, (0..count).collect::<Vec<_>>());
        let ids: Vec<EventId> = found.stops.iter().map(|stop| stop.event).collect();
        prop_assert_eq!(ids.len(), count);
    }
}
