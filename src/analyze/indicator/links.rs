//! The links of a view between people and things (phones, addresses, vehicles), with their times.

use std::collections::{BTreeMap, BTreeSet};

use crate::graph::{EntityIndex, EventIndex, Snapshot, Statement};
use crate::model::{EntityType, Event, Participant, RecordId, Role, Span, Tie, TieKind};

/// One statement that links a person with a thing.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Link {
    /// The person's entity.
    pub person: EntityIndex,
    /// The tie or event that states the link.
    pub statement: Statement,
    /// The person's record in the statement, by its id as shown.
    pub person_record: RecordId,
    /// The thing's record in the statement, by its id as shown.
    pub thing_record: RecordId,
    /// The time of the link, `[from, to)` in microseconds, never empty; `None` when undated.
    pub when: Option<(i64, i64)>,
}

/// Returns all links to things of these types, by thing, each list ascending. Ties with less confidence than
/// `confidence_min` make none.
pub(super) fn by_thing(
    snapshot: &Snapshot,
    types: &[EntityType],
    confidence_min: f64,
) -> BTreeMap<EntityIndex, Vec<Link>> {
    let mut found: BTreeMap<EntityIndex, Vec<Link>> = BTreeMap::new();
    for (index, tie) in snapshot.ties().enumerated() {
        if !is_use(tie.kind) || tie.confidence < confidence_min {
            continue;
        }
        if let Some((person, thing)) = ends(snapshot, types, tie) {
            found.entry(thing).or_default().push(Link {
                person,
                statement: Statement::Tie(index),
                person_record: shown(snapshot, tie.from),
                thing_record: shown(snapshot, tie.to),
                when: when(tie.span),
            });
        }
    }
    for (index, event) in snapshot.events().enumerated() {
        of_event((snapshot, types), index, event, &mut found);
    }
    for links in found.values_mut() {
        links.sort_unstable();
        links.dedup();
    }
    found
}

fn is_use(kind: TieKind) -> bool {
    matches!(
        kind,
        TieKind::Uses | TieKind::LivesAt | TieKind::StayedAt | TieKind::Drives | TieKind::Owns
    )
}

/// The person and the thing that a tie relates.
fn ends(
    snapshot: &Snapshot,
    types: &[EntityType],
    tie: &Tie,
) -> Option<(EntityIndex, EntityIndex)> {
    let (person, thing) = (entity(snapshot, tie.from)?, entity(snapshot, tie.to)?);
    let is_so = is(snapshot, person, EntityType::Person) && is_among(snapshot, types, thing);
    is_so.then_some((person, thing))
}

pub(super) fn entity(snapshot: &Snapshot, record: RecordId) -> Option<EntityIndex> {
    snapshot.stored(record).map(|record| snapshot.entity_of(record))
}

/// Returns the shown id of a record, given the stored one.
fn shown(snapshot: &Snapshot, record: RecordId) -> RecordId {
    snapshot.stored(record).map_or(record, |index| snapshot.record_id(index))
}

pub(super) fn is(snapshot: &Snapshot, entity: EntityIndex, entity_type: EntityType) -> bool {
    snapshot.entities()[entity].entity_type == entity_type
}

fn is_among(snapshot: &Snapshot, types: &[EntityType], entity: EntityIndex) -> bool {
    types.contains(&snapshot.entities()[entity].entity_type)
}

/// Returns a tie's span in microseconds, `[from, to)`. A span with one unknown end tells when the source saw the tie,
/// not that it held for ever: it counts at the end that is known.
fn when(span: Span) -> Option<(i64, i64)> {
    let (from, to) = (span.from.map(|at| at.as_micros()), span.to.map(|at| at.as_micros()));
    match (from, to) {
        (None, None) => None,
        (Some(from), None) => Some((from, from.saturating_add(1))),
        (None, Some(to)) => Some((to.saturating_sub(1), to)),
        (Some(from), Some(to)) => Some((from, to.max(from.saturating_add(1)))),
    }
}

/// Adds the links that an event shows. The participants are linked with the place and the vehicle; a phone or address
/// left as contact is linked only where one person took part, because otherwise the event does not tell to whom it
/// belongs.
fn of_event(
    (snapshot, types): (&Snapshot, &[EntityType]),
    index: EventIndex,
    event: &Event,
    found: &mut BTreeMap<EntityIndex, Vec<Link>>,
) {
    let with_entity = |part: &Participant| Some((*part, entity(snapshot, part.record)?));
    let parts: Vec<(Participant, EntityIndex)> =
        event.participants.iter().filter_map(with_entity).collect();
    let (people, others): (Vec<_>, Vec<_>) =
        parts.into_iter().partition(|(_, entity)| is(snapshot, *entity, EntityType::Person));
    let one_person = people.iter().map(|(_, entity)| entity).collect::<BTreeSet<_>>().len() == 1;
    let when = snapshot.time_of(index).map(|(at, until)| {
        let from = at.as_micros();
        let to = until.map_or(from, |until| until.as_micros());
        (from, to.max(from.saturating_add(1)))
    });
    let is_thing = |entity| is_among(snapshot, types, entity);
    for (its_part, thing) in others.into_iter().filter(|(_, entity)| is_thing(*entity)) {
        for (part, person) in &people {
            if shows(part.role, its_part.role, one_person) {
                found.entry(thing).or_default().push(Link {
                    person: *person,
                    statement: Statement::Event(index),
                    person_record: shown(snapshot, part.record),
                    thing_record: shown(snapshot, its_part.record),
                    when,
                });
            }
        }
    }
}

/// Tells if an event links a person in one role with a thing in another.
fn shows(person: Role, thing: Role, one_person: bool) -> bool {
    match thing {
        Role::Vehicle | Role::Location => matches!(person, Role::Subject | Role::Guest),
        Role::Contact => one_person,
        same => person == same,
    }
}
