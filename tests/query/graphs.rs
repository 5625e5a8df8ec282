//! Small random views, dense enough that every stored query finds something in most of them.

use std::collections::BTreeMap;

use accord::graph::{
    Entity, EntityIndex, Parts, Position, RecordIndex, Relationship, RelationshipKind, Snapshot,
};
use accord::model::{
    Body, EntityType, Event, EventKind, Handling, IdKey, Label, Link, Money, Participant, Person,
    PersonName, Phone, Place, Record, RecordId, Role, Span, SubjectCategory, TieKind, Timestamp,
};
use rand::{Rng, RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

const AGENCIES: [&str; 3] = ["labour", "police", "shelter"];
const FAMILIES: [&str; 4] = ["Núñez", "Okafor", "Van der Berg", "李"];
const CITIES: [&str; 3] = ["Łódź", "Porto", "𝔊raz"];
/// 2026-03-01T00:00:00Z.
const START: i64 = 1_772_323_200_000_000;
const MINUTE: i64 = 60_000_000;

/// A view with `size` entities, the same for the same seed.
pub fn random(seed: u64, size: usize) -> Snapshot {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    let id_key = IdKey::default();
    let mut records = records(&mut rng, &id_key, size);
    records.sort_by_key(|record| record.id);
    let entities = entities(&mut rng, &id_key, &records);
    let relationships = relationships(&mut rng, &entities);
    let events = events(&mut rng, &id_key, &records);
    let links = links(&entities, &records);
    Parts { id_key, records, entities, events, links, relationships, ..Parts::default() }.snapshot()
}

fn pick<'a, T>(rng: &mut impl Rng, items: &'a [T]) -> &'a T {
    &items[rng.random_range(0..items.len())]
}

fn label(rng: &mut impl Rng) -> Label {
    let category = if rng.random_bool(0.1) {
        SubjectCategory::PossibleVictim
    } else {
        SubjectCategory::Unknown
    };
    let agency = pick(rng, &AGENCIES).to_string();
    Label { agency, category, tier: 0, handling: Handling::Shared, ..Label::default() }
}

fn records(rng: &mut impl Rng, id_key: &IdKey, size: usize) -> Vec<Record> {
    let record = |rng: &mut _, index: usize| {
        let label = label(rng);
        let local_id = format!("R-{index}");
        let body = match index % 7 {
            0 => Body::Phone(Phone { number: format!("+4811{index:05}"), region: None }),
            1 => Body::Address(Default::default()),
            2 => Body::Vehicle(Default::default()),
            3 => Body::Organization(Default::default()),
            _ => Body::Person(Person {
                names: vec![PersonName {
                    family: Some(pick(rng, &FAMILIES).to_string()),
                    ..PersonName::default()
                }],
                ..Person::default()
            }),
        };
        let id = id_key.record(&label.agency, &local_id);
        let (source, raw) = ("random".into(), BTreeMap::new());
        Record {
            id,
            local_id,
            sibling: false,
            public: false,
            source,
            label,
            grade: None,
            nature: None,
            raw,
            body,
        }
    };
    (0..size + size / 2).map(|index| record(rng, index)).collect()
}

/// About every third record joins an entity of its type that is already there.
fn entities(rng: &mut impl Rng, id_key: &IdKey, records: &[Record]) -> Vec<Entity> {
    let mut members: Vec<Vec<RecordIndex>> = Vec::new();
    let of_type = |members: &[RecordIndex]| records[members[0].raw() as usize].entity_type();
    for (index, record) in (0u32..).map(RecordIndex::new).zip(records) {
        let entity_type = record.entity_type();
        let same: Vec<usize> =
            (0..members.len()).filter(|e| of_type(&members[*e]) == entity_type).collect();
        if !same.is_empty() && rng.random_bool(0.33) {
            members[*pick(rng, &same)].push(index);
        } else {
            members.push(vec![index]);
        }
    }
    Entity::list(members.into_iter().map(|members| {
        let entity_type = of_type(&members);
        let id = id_key.entity(entity_type, records[members[0].raw() as usize].id);
        (id, entity_type, members.into())
    }))
}

fn relationships(rng: &mut impl Rng, entities: &[Entity]) -> Vec<Relationship> {
    use EntityType::{Address, Organization, Person, Phone, Vehicle};
    let tie = RelationshipKind::Tie;
    let kinds: [(EntityType, RelationshipKind, EntityType, f64); 13] = [
        (Person, tie(TieKind::Uses), Phone, 2.0),
        (Organization, tie(TieKind::Uses), Phone, 1.5),
        (Person, tie(TieKind::LivesAt), Address, 1.0),
        (Organization, tie(TieKind::LivesAt), Address, 1.0),
        (Person, tie(TieKind::StayedAt), Address, 0.5),
        (Person, tie(TieKind::Drives), Vehicle, 0.8),
        (Person, tie(TieKind::Owns), Vehicle, 0.3),
        (Person, tie(TieKind::WorksFor), Organization, 0.5),
        (Person, tie(TieKind::AssociatedWith), Person, 0.7),
        (Phone, RelationshipKind::Called, Phone, 3.0),
        (Phone, RelationshipKind::Messaged, Phone, 1.5),
        (Person, RelationshipKind::Paid, Person, 0.5),
        (Organization, RelationshipKind::SameEvent, Person, 0.5),
    ];
    let of = |wanted| -> Vec<EntityIndex> {
        let all = (0u32..).map(EntityIndex::new).zip(entities);
        all.filter(|(_, e)| e.entity_type == wanted).map(|(index, _)| index).collect()
    };
    let mut found = BTreeMap::new();
    for (from, kind, to, per_entity) in kinds {
        let (sources, targets) = (of(from), of(to));
        if sources.is_empty() || targets.is_empty() {
            continue;
        }
        for _ in 0..(sources.len() as f64 * per_entity) as usize {
            let (source, target) = (*pick(rng, &sources), *pick(rng, &targets));
            let at =
                Timestamp::from_micros(START + rng.random_range(0..200) * 1440 * MINUTE).unwrap();
            let span = if rng.random_bool(0.7) {
                Span { from: Some(at), to: rng.random_bool(0.5).then_some(at) }
            } else {
                Span::default()
            };
            let events = rng.random_range(0..4);
            let relationship = Relationship::new((source, target), kind, (0, events), span);
            found.insert((source, target, kind), relationship);
        }
    }
    found.into_values().collect()
}

fn events(rng: &mut impl Rng, id_key: &IdKey, records: &[Record]) -> Vec<Event> {
    let mut events: Vec<Event> =
        (0..records.len() * 3).map(|index| event(rng, id_key, records, index)).collect();
    events.sort_by_key(|event| event.id);
    events
}

fn event(rng: &mut impl Rng, id_key: &IdKey, records: &[Record], index: usize) -> Event {
    let kinds = [
        EventKind::Sighting,
        EventKind::Sighting,
        EventKind::Booking,
        EventKind::Payment,
        EventKind::Ad,
        EventKind::Crossing,
    ];
    let kind = *pick(rng, &kinds);
    let roles: &[(Role, Option<EntityType>)] = match kind {
        EventKind::Booking => &[
            (Role::Payer, None),
            (Role::Guest, Some(EntityType::Person)),
            (Role::Guest, Some(EntityType::Person)),
            (Role::Host, Some(EntityType::Organization)),
        ],
        EventKind::Payment => {
            &[(Role::Payer, Some(EntityType::Person)), (Role::Payee, Some(EntityType::Person))]
        }
        EventKind::Ad => &[(Role::Contact, Some(EntityType::Phone))],
        _ => &[(Role::Subject, None), (Role::Vehicle, Some(EntityType::Vehicle))],
    };
    let participants = roles
        .iter()
        .map(|(role, wanted)| Participant {
            role: *role,
            record: some_record(rng, records, *wanted),
        })
        .collect();
    let local_id = format!("E-{index}");
    let label = label(rng);
    Event {
        id: id_key.event(&label.agency, &local_id, kind),
        local_id,
        source: "random".into(),
        kind,
        at: Timestamp::from_micros(START + rng.random_range(0..600) * 5 * MINUTE).unwrap(),
        until: None,
        place: rng.random_bool(0.9).then(|| place(rng)),
        participants,
        text: None,
        amount: (kind == EventKind::Payment)
            .then(|| Money { cents: rng.random_range(1..100_000), currency: "EUR".into() }),
        label,
    }
}

fn some_record(rng: &mut impl Rng, records: &[Record], wanted: Option<EntityType>) -> RecordId {
    let fitting: Vec<RecordId> = records
        .iter()
        .filter(|record| wanted.is_none_or(|wanted| record.entity_type() == wanted))
        .map(|record| record.id)
        .collect();
    *pick(rng, &fitting)
}

fn place(rng: &mut impl Rng) -> Place {
    let camera = rng.random_range(0..5);
    Place {
        name: Some(format!("camera {camera}")),
        city: (camera > 0).then(|| CITIES[camera % 3].to_owned()),
        country: None,
        latitude: Some(50.1 + camera as f64 / 7.0),
        longitude: (camera > 2).then_some(-0.3),
    }
}

/// Consecutive records of an entity are linked.
fn links(entities: &[Entity], records: &[Record]) -> Vec<Link> {
    let pairs = entities.iter().flat_map(|entity| entity.records.windows(2));
    let mut links: Vec<Link> = pairs
        .map(|pair| Link {
            a: records[pair[0].raw() as usize].id,
            b: records[pair[1].raw() as usize].id,
            bits: 7.25,
            levels: vec![],
            model: "test".into(),
        })
        .collect();
    links.sort_by_key(|link| (link.a, link.b));
    links
}
