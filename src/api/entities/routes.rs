//! `GET /v1/entities/{id}/routes`: the movements of an entity.

use serde::Serialize;
use utoipa::ToSchema;

use crate::analyze::movement::{
    Feasibility, Itinerary, Leg, MovementOptions, Pattern, Route, Stay, Through, Visit, itinerary,
};
use crate::api::examples;
use crate::api::formats::{Cell, Feature, Forms, Geometry, Place, Table};
use crate::api::input::Id;
use crate::api::operation::operation;
use crate::api::problem::Problem;
use crate::api::query::{Flag, query};
use crate::api::scope::CallerScope;
use crate::api::seen::Seen;
use crate::api::seen::Unmask;
use crate::api::wire::EntitySummary;
use crate::model::{EntityId, EventId, Timestamp};
use serde_json::json;

/// The movements of an entity.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct RoutesAnswer {
    /// The entity.
    pub entity: EntitySummary,
    /// True if the movement is masked because the entity may be a victim; `unmask` shows it to a victim specialist who
    /// may see it.
    pub masked: bool,
    /// The movement; absent when masked.
    #[serde(flatten, skip_serializing_if = "Option::is_none")]
    pub movement: Option<MovementView>,
    /// The snapshot of the view from which the answer was computed.
    pub snapshot: String,
}

/// The stays of an entity and its movements between them.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct MovementView {
    /// The stays of the entity, by time.
    pub stays: Vec<StayView>,
    /// The legs between consecutive stays: `legs[i]` leads from `stays[i]` to `stays[i + 1]`. No road between them is
    /// invented.
    pub legs: Vec<LegView>,
    /// Positions in `legs` of the legs that are impossible to travel in the time: a question about the data (two people
    /// joined into one, a copied or misread plate, a wrong clock). Never part of a route.
    pub impossible_travel: Vec<usize>,
    /// Routes: visits to cities in order of time, split at impossible legs and long gaps.
    pub routes: Vec<RouteView>,
    /// City sequences that recur, the longest first.
    pub patterns: Vec<PatternView>,
}

/// A stay at one place.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct StayView {
    /// First time seen there.
    pub from: Timestamp,
    /// Last time seen there.
    pub to: Timestamp,
    /// The place's name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub place: Option<String>,
    /// The city.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub city: Option<String>,
    /// The country, ISO 3166-1 alpha-2.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub country: Option<String>,
    /// WGS 84 latitude in degrees.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub latitude: Option<f64>,
    /// WGS 84 longitude in degrees.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub longitude: Option<f64>,
    /// The events that show the stay.
    pub sightings: Vec<SightingView>,
}

/// An event that shows a stay.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct SightingView {
    /// The event.
    pub event: EventId,
    /// The kind of the event: `sighting`, `booking`, `crossing`, ...
    #[schema(value_type = String)]
    pub kind: &'static str,
    /// The time of the event.
    pub at: Timestamp,
    /// The agency that owns the event.
    pub agency: String,
    /// The vehicle or phone that was seen, if it was not the entity itself; else absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub through: Option<ThroughView>,
}

/// A vehicle or phone through which an entity was seen.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct ThroughView {
    /// The vehicle or phone.
    pub entity: EntitySummary,
    /// The relationship of the entity to the vehicle or phone: `USES`, `DRIVES` or `OWNS`.
    #[schema(value_type = String)]
    pub relationship: &'static str,
}

/// A leg: the way from one stay to the next.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct LegView {
    /// Geodesic distance in metres; absent when a stay has no coordinates.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub metres: Option<f64>,
    /// Time between the two stays in seconds.
    pub seconds: f64,
    /// The speed that the leg requires in km/h; absent when the distance is unknown or no time is left at all.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub speed_kmh: Option<f64>,
    /// The greatest speed that is taken to be possible in km/h.
    pub speed_max_kmh: f64,
    /// The distance in metres that could have been travelled in the time beyond the distance of the leg; negative when
    /// the leg is impossible, absent when the distance is unknown.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub slack_metres: Option<f64>,
    /// The feasibility of the leg: `feasible`, `unknown` or `impossible`.
    #[schema(value_type = String)]
    pub feasible: &'static str,
}

/// A route: visits to cities in order of time.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct RouteView {
    /// The visits in order of time.
    pub visits: Vec<VisitView>,
}

/// A visit to a city.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct VisitView {
    /// The city.
    pub city: String,
    /// First time seen there.
    pub from: Timestamp,
    /// Last time seen there.
    pub to: Timestamp,
    /// Positions in `stays` of the stays in the city.
    pub stays: Vec<usize>,
}

/// A sequence of cities that recurs.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct PatternView {
    /// The cities in order.
    pub cities: Vec<String>,
    /// The occurrences of the sequence, each as two numbers: the position of the route in `routes`, and the position in
    /// it of the sequence's first visit.
    #[schema(value_type = Vec<Vec<usize>>)]
    pub occurrences: Vec<(usize, usize)>,
}

query! {
    /// The query parameters of the routes.
    RoutesQuery {
        /// For a person, `true` also follows the vehicles and phones that the records say the person uses
        through "through": Flag<true>,
        /// `true` unmasks people who may be victims, for a victim specialist in whose case the victim is; logged
        unmask "unmask": Unmask,
    }
}

operation! {
    /// Routes of an entity
    ///
    /// The entity's stays and its movements between them, from sightings, bookings and other events with a place; for a
    /// person also through the vehicles and phones that the person uses (a sighting names the vehicle or phone). A
    /// route exists only where times advance and the travel was possible. Masked for people who may be victims unless
    /// `unmask` is set, which is logged.
    get_routes = routes;
    "entities", Consultation, Heavy;
    forms Forms::json().with_table(place, table).with_features(features);
    examples {
        "id": examples::VEHICLE,
    };
    404 "No such entity in the caller's view";
}

fn routes(
    scope: &CallerScope,
    (Id(id), query): (Id<EntityId>, RoutesQuery),
) -> Result<RoutesAnswer, Problem> {
    let seen = scope.seen_as(query.unmask)?;
    let entity = seen.find_entity(id)?;
    let options = MovementOptions { through: query.through.0, ..MovementOptions::default() };
    let content = seen.content_of(&[entity]);
    let found = content.map(|content| itinerary(content, entity, &options));
    Ok(RoutesAnswer {
        entity: EntitySummary::of(&seen, entity),
        masked: found.is_none(),
        movement: found.map(|found| MovementView::of(&seen, found)),
        snapshot: seen.name(),
    })
}

impl MovementView {
    fn of(seen: &Seen<'_>, found: Itinerary) -> Self {
        let visit = |visit: &Visit| VisitView {
            city: found.city(visit).to_owned(),
            from: visit.from,
            to: visit.to,
            stays: visit.stays.clone(),
        };
        let route = |route: &Route| RouteView { visits: route.visits.iter().map(visit).collect() };
        let pattern = |pattern: &Pattern| PatternView {
            cities: found.cities(pattern).into_iter().map(str::to_owned).collect(),
            occurrences: pattern.occurrences.iter().map(|it| (it.route, it.visit)).collect(),
        };
        Self {
            stays: found.stays.iter().map(|it| StayView::of(seen, &found, it)).collect(),
            legs: found.legs.iter().map(LegView::of).collect(),
            routes: found.routes.iter().map(route).collect(),
            patterns: found.patterns.iter().map(pattern).collect(),
            impossible_travel: found.impossible_travel,
        }
    }
}

impl StayView {
    fn of(seen: &Seen<'_>, found: &Itinerary, stay: &Stay) -> Self {
        let sightings = stay.stops.iter().map(|stop| {
            let stop = &found.stops[*stop];
            SightingView {
                event: seen.noted_event(stop.event),
                kind: stop.kind.as_str(),
                at: stop.at,
                agency: stop.agency.clone(),
                through: stop.through.as_ref().map(|through| ThroughView::of(seen, through)),
            }
        });
        Self {
            from: stay.from,
            to: stay.to,
            place: stay.name.clone(),
            city: stay.city.clone(),
            country: stay.country.clone(),
            latitude: stay.coordinates.map(|(latitude, _)| latitude),
            longitude: stay.coordinates.map(|(_, longitude)| longitude),
            sightings: sightings.collect(),
        }
    }
}

impl ThroughView {
    fn of(seen: &Seen<'_>, through: &Through) -> Self {
        Self {
            entity: EntitySummary::of(seen, through.entity),
            relationship: through.relationship.as_str(),
        }
    }
}

impl LegView {
    fn of(leg: &Leg) -> Self {
        Self {
            metres: leg.metres,
            seconds: leg.seconds,
            speed_kmh: leg.speed_kmh,
            speed_max_kmh: leg.speed_max_kmh,
            slack_metres: leg.slack_metres,
            feasible: match leg.feasible {
                Feasibility::Feasible => "feasible",
                Feasibility::Unknown => "unknown",
                Feasibility::Impossible => "impossible",
            },
        }
    }
}

fn place(answer: &RoutesAnswer) -> Place {
    let stays = answer.movement.as_ref().map_or(0, |movement| movement.stays.len());
    Place::of_whole(stays, &answer.snapshot)
}

/// A table with a row for each stay, together with the leg to the next stay.
fn table(answer: &RoutesAnswer) -> Table {
    let movement = answer.movement.iter();
    let rows =
        movement.flat_map(|it| (0..).zip(&it.stays).map(|(at, stay)| (stay, it.legs.get(at))));
    let rows = rows.map(|(stay, leg)| {
        vec![
            Cell::of(stay.from),
            Cell::of(stay.to),
            Cell::maybe(stay.place.as_ref()),
            Cell::maybe(stay.city.as_ref()),
            Cell::maybe(stay.country.as_ref()),
            Cell::number(stay.latitude),
            Cell::number(stay.longitude),
            Cell::texts(stay.sightings.iter().map(|sighting| sighting.event)),
            Cell::number(leg.and_then(|leg| leg.metres)),
            Cell::number(leg.map(|leg| leg.seconds)),
            Cell::number(leg.and_then(|leg| leg.speed_kmh)),
            Cell::maybe(leg.map(|leg| leg.feasible)),
        ]
    });
    let stay = ["from", "to", "place", "city", "country", "latitude", "longitude", "events"];
    let leg = ["leg_metres", "leg_seconds", "leg_speed_kmh", "leg_feasible"];
    Table::new(stay.into_iter().chain(leg), rows)
}

/// The stays with coordinates as points, and the legs between two of these as straight lines.
fn features(answer: &RoutesAnswer) -> Vec<Feature> {
    let Some(movement) = &answer.movement else { return Vec::new() };
    let at = |stay: &StayView| stay.latitude.zip(stay.longitude);
    let stays = (0usize..).zip(&movement.stays).filter_map(|(number, stay)| {
        let events: Vec<EventId> = stay.sightings.iter().map(|it| it.event).collect();
        let properties = json!({
            "kind": "stay",
            "number": number,
            "from": stay.from,
            "to": stay.to,
            "place": stay.place,
            "city": stay.city,
            "country": stay.country,
            "events": events,
        });
        Some(Feature::new(Geometry::Point(at(stay)?), properties))
    });
    let ends = movement.stays.windows(2).zip(&movement.legs);
    let legs = (0usize..).zip(ends).filter_map(|(number, (stays, leg))| {
        let properties = json!({
            "kind": "leg",
            "number": number,
            "metres": leg.metres,
            "seconds": leg.seconds,
            "speed_kmh": leg.speed_kmh,
            "feasible": leg.feasible,
        });
        Some(Feature::new(Geometry::Line(at(&stays[0])?, at(&stays[1])?), properties))
    });
    stays.chain(legs).collect()
}
