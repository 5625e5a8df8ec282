//! Movement of an entity: its stops in order of time, its stays, the legs between them, and the
//! routes that follow.
//!
//! Gaps stay gaps: no road is invented between two places. A leg that nobody can have travelled says
//! something about the data (two people joined into one, a copied or misread plate, a wrong clock),
//! and is never part of a route.

mod distance;
mod legs;
mod options;
mod routes;
mod stays;
mod stops;
#[cfg(test)]
mod tests;

pub use distance::metres;
pub use legs::{Feasibility, Leg};
pub use options::MovementOptions;
pub use routes::{Occurrence, Pattern, Route, Visit};
pub use stays::Stay;
pub use stops::{Stop, Through};

use crate::graph::{EntityIndex, Snapshot};

/// The movement of one entity, as far as the view knows it.
#[derive(Debug, Clone, PartialEq)]
pub struct Itinerary {
    /// The entity.
    pub entity: EntityIndex,
    /// Every event with a place that it took part in, by time, then event id.
    pub stops: Vec<Stop>,
    /// Consecutive stops at one place, brought together. Stops without presence are in none.
    pub stays: Vec<Stay>,
    /// `legs[i]` leads from `stays[i]` to `stays[i + 1]`.
    pub legs: Vec<Leg>,
    /// Indexes of the legs that nobody can have travelled: a question about the data.
    pub impossible_travel: Vec<usize>,
    /// Cities in order of time, split where a leg is impossible, times do not advance or the
    /// gap is too long. Only routes of two cities or more.
    pub routes: Vec<Route>,
    /// City sequences that recur within or across routes, longest first, then by their names.
    pub patterns: Vec<Pattern>,
}

/// Computes the movement of an entity; an entity outside the snapshot has none.
pub fn itinerary(snapshot: &Snapshot, entity: EntityIndex, options: &MovementOptions) -> Itinerary {
    let stops = stops::stops(snapshot, entity, options);
    let stays = stays::stays(&stops, options);
    let is_vehicle = snapshot
        .entities()
        .get(entity)
        .is_some_and(|entity| entity.entity_type == crate::model::EntityType::Vehicle);
    let legs = legs::legs(&stops, &stays, is_vehicle, options);
    let routes = routes::routes(&stays, &legs, options);
    let patterns = routes::patterns(&routes, options);
    let impossible_travel =
        (0..legs.len()).filter(|leg| legs[*leg].feasible == Feasibility::Impossible).collect();
    Itinerary { entity, stops, stays, legs, impossible_travel, routes, patterns }
}

impl Itinerary {
    /// The city of a visit, as the first of its sources wrote it.
    pub fn city<'a>(&'a self, visit: &'a Visit) -> &'a str {
        let stay = visit.stays.first().and_then(|stay| self.stays.get(*stay));
        stay.and_then(|stay| stay.city.as_deref()).unwrap_or(&visit.city)
    }

    /// The cities of a pattern, as written where it is first seen.
    pub fn cities<'a>(&'a self, pattern: &'a Pattern) -> Vec<&'a str> {
        let first = pattern.occurrences.first();
        let route = first.and_then(|first| Some((self.routes.get(first.route)?, first.visit)));
        let visits = route.into_iter().flat_map(|(route, from)| route.visits.iter().skip(from));
        visits.take(pattern.cities.len()).map(|visit| self.city(visit)).collect()
    }
}
