//! Events with a place that an entity took part in.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::MovementOptions;
use crate::graph::{EntityIndex, EventIndex, Snapshot};
use crate::model::{
    Body, EntityType, Event, EventId, EventKind, RecordId, Role, Span, TieKind, Timestamp,
};

/// One event with a place.
#[derive(Debug, Clone, PartialEq)]
pub struct Stop {
    /// The event.
    pub event: EventId,
    /// The kind of the event.
    pub kind: EventKind,
    /// The time at which it began.
    pub at: Timestamp,
    /// The end of the event as the source states it; for a booking it is a plan.
    pub until: Option<Timestamp>,
    /// Name of the camera, crossing, cell site or venue.
    pub name: Option<String>,
    /// City as written.
    pub city: Option<String>,
    /// Country, ISO 3166-1 alpha-2.
    pub country: Option<String>,
    /// WGS 84 latitude and longitude in degrees, when both are known and on the globe.
    pub coordinates: Option<(f64, f64)>,
    /// The agency that owns the event.
    pub agency: String,
    /// The vehicle or phone through which it is known; `None` when the entity itself took part.
    pub through: Option<Through>,
    /// True if the event shows that the entity was at the place. An advertisement, a payment received and a booking
    /// made for others do not; such stops are listed and are part of no stay.
    pub present: bool,
}

/// A vehicle or phone through which a stop of a person is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Through {
    /// The vehicle or phone.
    pub entity: EntityIndex,
    /// The relationship of the person to it: drives, owns or uses.
    pub relationship: TieKind,
}

/// A way by which a record counts for the entity: `None` if it is a record of the entity itself (sorted first), else
/// the vehicle or phone it is a record of; and the time for which it counts.
type Way = (Option<Through>, Span);

/// Returns the stops of an entity, by time, then event id.
pub(super) fn stops(
    snapshot: &Snapshot,
    entity: EntityIndex,
    options: &MovementOptions,
) -> Vec<Stop> {
    let ways = ways(snapshot, entity, options);
    let mut stops: Vec<Stop> =
        snapshot.events().enumerated().filter_map(|it| stop(snapshot, it, &ways)).collect();
    stops.sort_by_key(|stop| (stop.at, stop.event));
    stops
}

/// Returns every record that counts for the entity, with the ways in which it does.
fn ways(
    snapshot: &Snapshot,
    entity: EntityIndex,
    options: &MovementOptions,
) -> BTreeMap<RecordId, Vec<Way>> {
    let mut ways: BTreeMap<RecordId, Vec<Way>> = BTreeMap::new();
    let Some(itself) = snapshot.entities().get(entity) else { return ways };
    let ids = |entity: EntityIndex| {
        let records = &snapshot.entities()[entity].records;
        records.iter().map(|record| snapshot.records()[*record].id)
    };
    ids(entity).for_each(|id| ways.entry(id).or_default().push((None, Span::default())));
    if !options.through || itself.entity_type != EntityType::Person {
        return ways;
    }
    for tie in snapshot.ties().iter() {
        let of = |id| snapshot.stored(id).map(|record| snapshot.entity_of(record));
        let carries = matches!(tie.kind, TieKind::Drives | TieKind::Owns | TieKind::Uses);
        if !carries || tie.confidence < options.confidence_min || of(tie.from) != Some(entity) {
            continue;
        }
        let Some(carrier) = of(tie.to) else { continue };
        let carrier_type = snapshot.entities()[carrier].entity_type;
        if matches!(carrier_type, EntityType::Vehicle | EntityType::Phone) {
            let way = (Some(Through { entity: carrier, relationship: tie.kind }), held(tie.span));
            ids(carrier).for_each(|id| ways.entry(id).or_default().push(way));
        }
    }
    ways
}

/// Returns the time for which a tie counts. A span with one unknown end tells when the tie was seen, not when it began
/// or ended: then the tie counts at all times.
fn held(span: Span) -> Span {
    if span.from.is_some() && span.to.is_some() { span } else { Span::default() }
}

fn stop(
    snapshot: &Snapshot,
    (index, event): (EventIndex, &Arc<Event>),
    ways: &BTreeMap<RecordId, Vec<Way>>,
) -> Option<Stop> {
    let (at, until) = snapshot.time_of(index)?;
    let mut best: Option<(Option<Through>, bool)> = None;
    for part in &event.participants {
        for (through, span) in ways.get(&part.record).into_iter().flatten() {
            let holds = span.from.is_none_or(|from| from <= at) && span.to.is_none_or(|to| at < to);
            if holds {
                let found = (*through, shows_presence(event.kind, part.role));
                // The entity itself goes before its vehicles and phones, then presence, then the first way.
                let rank = |way: &(Option<Through>, bool)| (way.0.is_some(), !way.1, way.0);
                if best.as_ref().is_none_or(|best| rank(&found) < rank(best)) {
                    best = Some(found);
                }
            }
        }
    }
    let (through, present) = best?;
    let place = place(snapshot, event)?;
    Some(Stop {
        event: snapshot.event_id(index),
        kind: event.kind,
        at,
        until,
        name: place.name,
        city: place.city,
        country: place.country,
        coordinates: place.coordinates,
        agency: event.label.agency.clone(),
        through,
        present,
    })
}

/// Tells if a role in an event shows that the participant was there.
fn shows_presence(kind: EventKind, role: Role) -> bool {
    match kind {
        EventKind::Ad => false,
        EventKind::Payment => role == Role::Payer,
        EventKind::Booking => {
            matches!(role, Role::Guest | Role::Subject | Role::Vehicle | Role::Location)
        }
        // The place of a call is the place of the phone that the cell site saw: the caller's.
        EventKind::Call | EventKind::Message => matches!(role, Role::Caller | Role::Subject),
        EventKind::Sighting | EventKind::Crossing | EventKind::Incident => {
            !matches!(role, Role::Host | Role::Contact | Role::Payee | Role::Callee)
        }
    }
}

struct At {
    name: Option<String>,
    city: Option<String>,
    country: Option<String>,
    coordinates: Option<(f64, f64)>,
}

/// Returns the place of an event or, if it states neither coordinates nor city, the address of its location.
fn place(snapshot: &Snapshot, event: &Event) -> Option<At> {
    let stated = event.place.as_ref().map(|place| At {
        name: place.name.clone(),
        city: place.city.clone().filter(|city| !city.trim().is_empty()),
        country: place.country.clone(),
        coordinates: on_globe(place.latitude, place.longitude),
    });
    let known = |at: &At| at.coordinates.is_some() || at.city.is_some();
    stated.filter(known).or_else(|| {
        let locations = event.participants.iter().filter(|part| part.role == Role::Location);
        let mut records = locations.filter_map(|part| snapshot.stored(part.record));
        records.find_map(|record| match &snapshot.records()[record].body {
            Body::Address(address) => Some(At {
                name: None,
                city: address.city.clone().filter(|city| !city.trim().is_empty()),
                country: address.country.clone(),
                coordinates: on_globe(address.latitude, address.longitude),
            })
            .filter(known),
            _ => None,
        })
    })
}

/// Returns coordinates that are on the globe. Machines write 0, 0 when they know none, so that is none.
fn on_globe(latitude: Option<f64>, longitude: Option<f64>) -> Option<(f64, f64)> {
    latitude.zip(longitude).filter(|(latitude, longitude)| {
        latitude.abs() <= 90.0 && longitude.abs() <= 180.0 && (*latitude, *longitude) != (0.0, 0.0)
    })
}
